//! How long something took.

use std::time::Duration;

use tokio::time::Instant;

use crate::machine::taken;

/// Measures the time that the machine was given.
#[derive(Debug)]
pub struct Stopwatch {
    at: Instant,
    /// What had been taken away by then.
    taken: Duration,
}

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        Self {
            at: Instant::now(),
            taken: taken(),
        }
    }

    /// Since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.at.elapsed().saturating_sub(taken() - self.taken)
    }
}
