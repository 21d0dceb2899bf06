//! Whether a connection that comes back to the pool may be dead. Whoever let go of it without an answer knows; the driver
//! would ask it without end, and its place in the pool would be lost for as long.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Connection, PgConnection};

/// How long connections that come back are asked after somebody got no answer.
const DOUBTFUL: Duration = Duration::from_secs(2);

/// How long their answer may take.
const DEAD: Duration = Duration::from_secs(2);

/// What is known of the connections of a pool; cheap to clone.
#[derive(Clone)]
pub(crate) struct Doubt(Arc<Inner>);

struct Inner {
    opened: Instant,
    /// In milliseconds after `opened`.
    until: AtomicU64,
}

impl Default for Doubt {
    fn default() -> Self {
        Self(Arc::new(Inner {
            opened: Instant::now(),
            until: AtomicU64::new(0),
        }))
    }
}

impl Doubt {
    /// Something is asked now: dropped before it is answered, it casts doubt.
    pub fn question(&self) -> Question<'_> {
        Question {
            doubt: self,
            open: true,
        }
    }

    /// Whether a connection that comes back is there; without doubt nobody asks.
    ///
    /// # Errors
    /// It is not, or does not say so in time.
    pub async fn settle(&self, connection: &mut PgConnection) -> sqlx::Result<bool> {
        if self.age() >= self.0.until.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let answer = tokio::time::timeout(DEAD, connection.ping()).await;
        answer.map_err(io::Error::from)??;
        Ok(true)
    }

    fn cast(&self) {
        let until = self.age() + DOUBTFUL.as_millis() as u64;
        self.0.until.store(until, Ordering::Relaxed);
    }

    fn age(&self) -> u64 {
        u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// What somebody waits for.
pub(crate) struct Question<'a> {
    doubt: &'a Doubt,
    open: bool,
}

impl Question<'_> {
    pub fn answered(mut self) {
        self.open = false;
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if self.open {
            self.doubt.cast();
        }
    }
}
