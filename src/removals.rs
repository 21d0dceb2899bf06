//! Removes the files that have to go, until they are gone.

use std::{sync::Arc, time::Duration};

use domain::{Store, bell::Topic, erase::files::remove_some, files::Files};
use tokio_util::sync::CancellationToken;

/// How often to look when no bell rings.
const POLL: Duration = Duration::from_secs(5);

/// Looks until the stop; whoever wants files removed also ends sessions, and that rings.
pub async fn run(
    store: Store,
    files: Arc<dyn Files>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut ear = store.bell().listen(Topic::Sessions);
    while !stop.is_cancelled() {
        let idle = match remove_some(&store, &*files).await {
            Ok(gone) => gone == 0,
            Err(error) => {
                tracing::warn!(%error, "files that have to go wait");
                true
            }
        };
        if idle {
            stop.run_until_cancelled(ear.wait(POLL)).await;
        }
    }
    Ok(())
}
