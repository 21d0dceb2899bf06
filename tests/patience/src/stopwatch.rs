//! How long something took.

use std::time::Duration;

use tokio::time::Instant;

use crate::machine::Reading;

/// Measures the time that the machine was given.
#[derive(Debug)]
pub struct Stopwatch {
    at: Instant,
    reading: Reading,
}

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        Self {
            at: Instant::now(),
            reading: Reading::now(),
        }
    }

    /// Since the start, or the last lap.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.reading.counted(Reading::now(), self.at.elapsed())
    }

    /// The same; the next lap begins.
    pub fn lap(&mut self) -> Duration {
        let lap = self.elapsed();
        *self = Self::start();
        lap
    }
}
