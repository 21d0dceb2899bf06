//! Work that one instance does at a time: taken, prolonged while it goes on, and given back.

use std::time::Duration;

use domain::{Store, lease};
use tokio_util::sync::CancellationToken;

/// How long a lease lasts without being prolonged, in wall time.
const SPAN: Duration = Duration::from_secs(15);

const PROLONG: Duration = Duration::from_secs(5);

/// How soon to ask again while somebody else holds it.
const ASK: Duration = Duration::from_secs(2);

/// What is done under a lease.
pub trait Duty: Sync {
    /// Works until `stop`; `fence` proves to the database that the lease is still held.
    fn work(&self, fence: lease::Fence, stop: CancellationToken)
    -> impl Future<Output = ()> + Send;
}

/// Does the duty whenever this instance holds the lease, until `stop`.
pub async fn while_held(
    store: &Store,
    name: &str,
    holder: &str,
    stop: &CancellationToken,
    duty: &impl Duty,
) {
    while !stop.is_cancelled() {
        match lease::take(store, name.into(), holder.into(), SPAN).await {
            Ok(Some(fence)) => hold(store, fence, stop, duty).await,
            Ok(None) => tracing::debug!(lease.name = name, "another instance does this"),
            Err(error) => {
                tracing::warn!(lease.name = name, %error, "the lease cannot be asked for");
            }
        }
        // Both a lost lease and a database that is away want a pause.
        let _ = stop.run_until_cancelled(tokio::time::sleep(ASK)).await;
    }
}

async fn hold(store: &Store, fence: lease::Fence, stop: &CancellationToken, duty: &impl Duty) {
    let term = stop.child_token();
    tokio::join!(
        async {
            // A panic or an early end of the duty must not leave the prolonging behind.
            let _ends = term.clone().drop_guard();
            duty.work(fence.clone(), term.clone()).await;
        },
        prolong(store, &fence, &term)
    );
    if let Err(error) = lease::release(store, fence).await {
        tracing::warn!(%error, "a lease could not be given back; it ends by itself");
    }
}

/// Ends the term when the lease is lost, or could not be prolonged for as long as it lasts.
async fn prolong(store: &Store, fence: &lease::Fence, term: &CancellationToken) {
    let mut since = tokio::time::Instant::now();
    while term
        .run_until_cancelled(tokio::time::sleep(PROLONG))
        .await
        .is_some()
    {
        match lease::prolong(store, fence.clone(), SPAN).await {
            Ok(true) => since = tokio::time::Instant::now(),
            Ok(false) => term.cancel(),
            Err(_) if since.elapsed() >= SPAN => term.cancel(),
            Err(error) => {
                tracing::warn!(lease.name = fence.name, %error, "the lease could not be prolonged");
            }
        }
    }
}
