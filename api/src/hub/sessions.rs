//! Sessions that end take their sockets with them, and whoever may see something else from now on is sent that.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use domain::{Actor, bell::Topic as Bell, session};

use super::{Connection, End, Hub};

/// How often sessions and scopes are looked at when no bell rings.
const SESSIONS: Duration = Duration::from_millis(500);

impl Hub {
    /// Looks at the sessions of sockets as long as it is polled.
    pub(super) async fn watch_sessions(&self) {
        let mut bell = self.0.store.bell().listen(Bell::Sessions);
        loop {
            // A minimum pause keeps many logouts at once from being many looks.
            tokio::time::sleep(Duration::from_millis(50)).await;
            bell.wait(SESSIONS).await;
            if let Err(error) = self.look().await {
                tracing::debug!(%error, "sessions of sockets could not be looked at");
            }
        }
    }

    /// Ends the connections whose session is over, and gives the others their present scope.
    async fn look(&self) -> domain::Result<()> {
        let ids: HashSet<String> = self
            .lock()
            .by_id
            .values()
            .map(|one| one.session_id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let living = session::living(&self.0.store, &ids).await?;
        let living: HashMap<String, Arc<Actor>> = living
            .into_iter()
            .map(|(id, actor)| (id, Arc::new(actor)))
            .collect();
        for connection in self
            .lock()
            .by_id
            .values_mut()
            .filter(|one| ids.contains(&one.session_id))
        {
            match living.get(&connection.session_id) {
                Some(actor) => connection.actor = actor.clone(),
                None => connection.finish(End::SessionOver),
            }
        }
        Ok(())
    }
}

impl Connection {
    /// The first reason stays.
    fn finish(&self, end: End) {
        self.end.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(end);
            first
        });
    }
}
