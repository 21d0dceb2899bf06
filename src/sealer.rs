//! Adds what was written down to the chain of the record; one instance at a time does it.

use std::time::Duration;

use domain::{
    Store,
    audit::seal,
    bell::{Listener, Topic},
    lease::{Duty, Term, while_held},
};
use tokio_util::sync::CancellationToken;

/// How often to look when no bell rings.
const POLL: Duration = Duration::from_secs(5);

/// What is written within this time is sealed together.
const GATHER: Duration = Duration::from_millis(500);

/// Seals until the stop, whenever this instance holds the lease.
pub async fn run(store: Store, instance: String, stop: CancellationToken) -> anyhow::Result<()> {
    let sealer = Sealer {
        store: store.clone(),
    };
    while_held(&store, "audit", &instance, &stop, &sealer).await;
    Ok(())
}

struct Sealer {
    store: Store,
}

impl Duty for Sealer {
    async fn work(&self, Term { fence, stop, .. }: Term) {
        // Nearly everything that is recorded is an event too.
        let mut ear = self.store.bell().listen(Topic::Events);
        while !stop.is_cancelled() {
            match seal::seal(&self.store, &fence).await {
                Ok(seal::BATCH..) => {}
                // What is written meanwhile waits, so that the sealer does not write as often as everybody else together.
                Ok(_) => {
                    stop.run_until_cancelled(rest(&mut ear)).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the record waits to be sealed");
                    return;
                }
            }
        }
    }
}

async fn rest(ear: &mut Listener) {
    ear.wait(POLL).await;
    tokio::time::sleep(GATHER).await;
}
