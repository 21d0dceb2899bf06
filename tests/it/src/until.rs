//! Waiting for something to become true, with a deadline instead of a sleep.

use std::{future::Future, time::Duration};

use anyhow::{Result, anyhow};
use patience::Deadline;

/// How long a test waits for anything.
pub const DEADLINE: Duration = Duration::from_secs(15);

const LOOK: Duration = Duration::from_millis(10);

/// Asks again and again until there is an answer; `what` says in the failure what was waited for.
pub async fn until<T, F, Fut>(what: &str, ask: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>>>,
{
    within(DEADLINE, what, ask).await
}

/// The same with a deadline of the caller's.
pub async fn within<T, F, Fut>(deadline: Duration, what: &str, mut ask: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>>>,
{
    let mut end = Deadline::after(deadline);
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if end.is_over() {
            return Err(patience::failed(anyhow!(
                "waited {deadline:?} in vain for {what}"
            )));
        }
        pause().await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where tests wait, with a deadline"
)]
async fn pause() {
    tokio::time::sleep(LOOK).await;
}
