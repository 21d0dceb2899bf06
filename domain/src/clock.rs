//! The one clock of all instances: the database's time in service, set by hand in tests.

use std::{
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use tokio::sync::watch;

/// Tells the time and lets tasks wait for it; cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
enum Inner {
    /// A moment of the database's time and when we learnt it.
    Running(RwLock<(Instant, DateTime<Utc>)>),
    ByHand(watch::Sender<DateTime<Utc>>),
}

impl Clock {
    /// A clock that starts from this machine's time until [`Clock::set`] brings the database's.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn running() -> Self {
        Self(Arc::new(Inner::Running(RwLock::new((
            Instant::now(),
            Utc::now(),
        )))))
    }

    /// A clock that stands still until it is told to move.
    pub fn by_hand(start: DateTime<Utc>) -> Self {
        Self(Arc::new(Inner::ByHand(watch::Sender::new(start))))
    }

    /// Now, in whole microseconds, which is what both databases keep.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &*self.0 {
            Inner::Running(anchor) => {
                let (since, time) = *anchor
                    .read()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                time + since.elapsed()
            }
            Inner::ByHand(time) => *time.borrow(),
        };
        now.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now)
    }

    /// Sets the clock: in service to the database's time, in tests to any.
    pub fn set(&self, time: DateTime<Utc>) {
        match &*self.0 {
            Inner::Running(anchor) => {
                *anchor
                    .write()
                    .unwrap_or_else(std::sync::PoisonError::into_inner) = (Instant::now(), time);
            }
            Inner::ByHand(now) => {
                now.send_replace(time);
            }
        }
    }

    /// Brings a running clock to the database's time; one that is set by hand keeps its own.
    pub fn follow(&self, time: DateTime<Utc>) {
        if matches!(*self.0, Inner::Running(_)) {
            self.set(time);
        }
    }

    /// Moves a clock that is set by hand.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }

    /// Waits until `due`; at once when it has passed.
    pub async fn until(&self, due: DateTime<Utc>) {
        match &*self.0 {
            Inner::Running(_) => {
                let wait = (due - self.now()).to_std().unwrap_or(Duration::ZERO);
                tokio::time::sleep(wait).await;
            }
            Inner::ByHand(now) => {
                // The sender lives as long as self, so waiting cannot fail.
                let _ = now.subscribe().wait_for(|now| *now >= due).await;
            }
        }
    }
}
