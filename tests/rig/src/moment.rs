//! The moments at which something goes wrong: nothing is waited for, the moment is the point.

use std::time::Duration;

/// Lets this much time pass.
pub async fn pass(time: Duration) {
    // Nothing can become true: only the time runs out.
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
