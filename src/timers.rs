//! Works off what falls due.

use std::time::Duration;

use anyhow::Result;
use bot::{exports::Exports, fetch::Fetch};
use domain::{
    Store,
    bell::{Listener, Topic},
    timer::{self, Claim, Due, Turn},
};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::{backup::daily::Nights, files::sweep::Sweep};

/// How often to look when no bell rings.
const POLL: Duration = Duration::from_secs(2);

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// How many are taken, and worked on, at once; some places are kept for what cannot wait behind the others.
const AT_ONCE: usize = 8;
const KEPT: usize = 4;

/// Does what is due until the stop; without a bot, files stay at Telegram.
pub struct Worker {
    pub store: Store,
    pub fetch: Option<Fetch>,
    pub exports: Exports,
    pub nights: Nights,
    pub sweep: Sweep,
    pub stop: CancellationToken,
}

impl Worker {
    pub async fn run(self) -> Result<()> {
        tokio::join!(
            self.turn(Turn::Pressing, KEPT),
            self.turn(Turn::Any, AT_ONCE)
        );
        Ok(())
    }

    async fn turn(&self, turn: Turn, at_once: usize) {
        let mut ear = self.store.bell().listen(Topic::Timers);
        while !self.stop.is_cancelled() {
            if self.work(turn, at_once).await == 0 {
                let rest = self.rest(turn, &mut ear);
                self.stop.run_until_cancelled(rest).await;
            }
        }
    }

    /// Returns how many timers were worked on.
    async fn work(&self, turn: Turn, at_once: usize) -> usize {
        let claims = match timer::claim_for(&self.store, turn, at_once as u64).await {
            Ok(claims) => claims,
            Err(error) => {
                tracing::warn!(%error, "timers wait: the database cannot be read");
                tokio::time::sleep(PAUSE).await;
                return 0;
            }
        };
        stream::iter(&claims)
            .for_each_concurrent(at_once, |claim| self.settle(claim))
            .await;
        claims.len()
    }

    async fn settle(&self, claim: &Claim) {
        let done = match (&claim.due, &self.fetch) {
            (Due::Fetch { .. }, Some(fetch)) => {
                fetch.begin(claim);
                Ok(())
            }
            (Due::Export { .. } | Due::ExportGone { .. }, _) => {
                self.exports.begin(claim);
                Ok(())
            }
            (Due::Backup, _) => {
                self.nights.begin(claim);
                Ok(())
            }
            (Due::Sweep, _) => {
                self.sweep.begin(claim);
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
    async fn rest(&self, turn: Turn, ear: &mut Listener) {
        let next = timer::next_for(&self.store, turn).await.ok().flatten();
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
