//! Keeps updates that come at once together: one transaction for all of them, and whoever brought one hears when it is committed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    Error, Store,
    inbox::{self, Arrival},
};
use tokio::{
    sync::{Mutex as Turn, oneshot},
    time::Instant,
};

/// Transactions are so far apart: what comes meanwhile is kept together. The first of many is not kept waiting.
const GATHER: Duration = Duration::from_millis(10);

/// How long the others wait for one transaction.
const TURN: Duration = Duration::from_millis(500);

/// Updates to a statement.
const MOST: usize = 500;

/// What became of one: why it could not be kept, in words for the log.
type Kept = Result<(), String>;

/// Keeps updates in the inbox, in the order in which they came.
pub(super) struct Keeper {
    store: Store,
    bot_id: i64,
    waiting: Mutex<Vec<(Arrival, oneshot::Sender<Kept>)>>,
    /// Held by whoever keeps what waits; when that was over last.
    turn: Turn<Option<Instant>>,
}

impl Keeper {
    pub fn new(store: Store, bot_id: i64) -> Self {
        Self {
            store,
            bot_id,
            waiting: Mutex::default(),
            turn: Turn::default(),
        }
    }

    /// Returns once it is committed, or cannot be. Whoever brought it may go meanwhile: others may have come with it.
    pub async fn keep(self: &Arc<Self>, arrival: Arrival) -> Kept {
        let (tell, kept) = oneshot::channel();
        self.waiting().push((arrival, tell));
        tokio::spawn(Arc::clone(self).keep_waiting());
        let gone = |_| Err("nobody kept it".into());
        kept.await.unwrap_or_else(gone)
    }

    /// Keeps what waits, which is nothing when another took it along.
    async fn keep_waiting(self: Arc<Self>) {
        let mut last = self.turn.lock().await;
        if self.waiting().is_empty() {
            return;
        }
        if let Some(last) = *last {
            tokio::time::sleep_until(last + GATHER).await;
        }
        let (arrivals, tell) = self.take();
        let keeper = Arc::clone(&self);
        let work = tokio::spawn(async move {
            for (kept, tell) in keeper.keep_all(arrivals).await.into_iter().zip(tell) {
                // Whoever has gone brings it again, and it is known then.
                let _ = tell.send(kept);
            }
        });
        // A connection that says nothing keeps only those waiting who were taken with it.
        let _ = tokio::time::timeout(TURN, work).await;
        *last = Some(Instant::now());
    }

    fn take(&self) -> (Vec<Arrival>, Vec<oneshot::Sender<Kept>>) {
        let mut waiting = self.waiting();
        let some = waiting.len().min(MOST);
        waiting.drain(..some).unzip()
    }

    /// One that the database does not take must not keep the others out.
    async fn keep_all(&self, arrivals: Vec<Arrival>) -> Vec<Kept> {
        let many = arrivals.len();
        match inbox::receive(&self.store, self.bot_id, arrivals.clone()).await {
            Ok(_) => vec![Ok(()); many],
            Err(Error::Database(_)) if many > 1 => {
                let mut kept = Vec::with_capacity(many);
                for arrival in arrivals {
                    let one = inbox::receive(&self.store, self.bot_id, vec![arrival]).await;
                    kept.push(one.map(drop).map_err(|error| error.to_string()));
                }
                kept
            }
            Err(error) => vec![Err(error.to_string()); many],
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(Arrival, oneshot::Sender<Kept>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
