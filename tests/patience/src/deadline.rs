//! When a wait has been long enough.

use std::{future::Future, pin::pin, time::Duration};

use tokio::time::timeout;

use crate::Stopwatch;

/// A limit to waiting.
#[derive(Debug)]
pub struct Deadline {
    limit: Duration,
    left: Duration,
    /// From the beginning: of pieces shorter than a look at the machine, what it took away meanwhile would be lost.
    watch: Stopwatch,
}

impl Deadline {
    /// A wait of this length, from now on.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self {
            limit,
            left: limit,
            watch: Stopwatch::start(),
        }
    }

    pub fn is_over(&mut self) -> bool {
        self.left = self.limit.saturating_sub(self.watch.elapsed());
        self.left.is_zero()
    }

    /// What the future gives, unless the deadline comes first.
    pub async fn bound<F: Future>(&mut self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        while !self.is_over() {
            if let Ok(output) = timeout(self.left, &mut future).await {
                return Some(output);
            }
        }
        None
    }
}

/// What the future gives, unless that takes longer than the limit.
pub async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    Deadline::after(limit).bound(future).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_there_is_given() {
        assert_eq!(within(Duration::from_secs(1), async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn what_never_comes_is_given_up() {
        let limit = Duration::from_millis(120);
        let begun = tokio::time::Instant::now();
        assert!(within(limit, std::future::pending::<()>()).await.is_none());
        assert!(begun.elapsed() >= limit);
    }
}
