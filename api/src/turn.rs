//! Work that few may do at once, and for which nobody waits long.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Problem, Result};

/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// When it is worth asking again, in seconds.
const AGAIN: i64 = 5;

/// A turn, or 503 when none comes free in time.
pub(crate) async fn take(turns: &Semaphore) -> Result<SemaphorePermit<'_>> {
    within(PATIENCE, turns).await
}

async fn within(patience: Duration, turns: &Semaphore) -> Result<SemaphorePermit<'_>> {
    match tokio::time::timeout(patience, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(Problem::away().wait(AGAIN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_would_wait_long_is_told_when_to_come_again() {
        let (turns, patience) = (Semaphore::new(1), Duration::from_millis(20));
        let first = within(patience, &turns).await.ok().expect("it is free");
        let second = within(patience, &turns).await.expect_err("taken");
        let answer = second.render(locales::Lang::Es, chrono_tz::UTC, None);
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "5");
        drop(first);
        assert!(within(patience, &turns).await.is_ok());
    }
}
