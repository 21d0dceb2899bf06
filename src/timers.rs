//! Works off what falls due.

use std::time::Duration;

use anyhow::Result;
use bot::fetch::Fetch;
use domain::{
    Store,
    bell::{Listener, Topic},
    timer::{self, Claim, Due},
};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::backup::daily::Nights;

/// How often to look when no bell rings.
const POLL: Duration = Duration::from_secs(2);

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// How many are taken, and worked on, at once.
const AT_ONCE: usize = 8;

/// Does what is due until the stop; without a bot, files stay at Telegram.
pub struct Worker {
    pub store: Store,
    pub fetch: Option<Fetch>,
    pub nights: Nights,
    pub stop: CancellationToken,
}

impl Worker {
    pub async fn run(self) -> Result<()> {
        let mut ear = self.store.bell().listen(Topic::Timers);
        while !self.stop.is_cancelled() {
            if self.work().await == 0 {
                self.stop.run_until_cancelled(self.rest(&mut ear)).await;
            }
        }
        Ok(())
    }

    /// Returns how many timers were worked on.
    async fn work(&self) -> usize {
        let claims = match timer::claim(&self.store, AT_ONCE as u64).await {
            Ok(claims) => claims,
            Err(error) => {
                tracing::warn!(%error, "timers wait: the database cannot be read");
                tokio::time::sleep(PAUSE).await;
                return 0;
            }
        };
        stream::iter(&claims)
            .for_each_concurrent(AT_ONCE, |claim| self.settle(claim))
            .await;
        claims.len()
    }

    async fn settle(&self, claim: &Claim) {
        let done = match (&claim.due, &self.fetch) {
            (Due::Fetch { .. }, Some(fetch)) => {
                fetch.begin(claim);
                Ok(())
            }
            (Due::Backup, _) => {
                self.nights.begin(claim);
                Ok(())
            }
            (Due::Fetch { .. }, None) => {
                timer::failed(&self.store, claim, "the bot is off".into()).await
            }
            _ => timer::run(&self.store, claim).await,
        };
        let Err(error) = done else { return };
        tracing::warn!(timer.id = claim.id, timer.due = ?claim.due, %error, "a timer failed and comes again");
        if let Err(error) = timer::failed(&self.store, claim, error.to_string()).await {
            tracing::warn!(timer.id = claim.id, %error, "it comes again when its claim has run out");
        }
    }

    /// Waits for the bell, or until the next timer falls due.
    async fn rest(&self, ear: &mut Listener) {
        let next = timer::next(&self.store).await.ok().flatten();
        let clock = self.store.clock();
        let due = async {
            match next {
                Some(at) => clock.until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = ear.wait(POLL) => {}
            () = due => {}
        }
    }
}
