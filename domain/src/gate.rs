//! The way to the connections of a pool: there are as many places as connections, so whoever waits for one waits here, in
//! order. Somebody in a hurry is let go as soon as it is clear that none comes free.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task_local,
    time::timeout,
};

/// How often who waits looks whether it is in vain.
const LOOK: Duration = Duration::from_millis(20);

/// When so many looks in a row find that nothing has moved, connections do not come free by turns any more. Looks are
/// counted, not time: when the whole process stands still, nobody looks.
const STANDSTILL: u32 = 7;

task_local! {
    static HURRY: Hurry;
}

/// How little patience somebody has.
#[derive(Clone)]
struct Hurry {
    only_at_first: bool,
    /// He has had a place before.
    served: Arc<AtomicBool>,
}

impl Hurry {
    fn is_over(&self) -> bool {
        self.only_at_first && self.served.load(Ordering::Relaxed)
    }
}

/// Lets this work fail with [`crate::Error::Away`] within 200 ms instead of waiting for a connection while none comes free;
/// `only_at_first`: not once it has had one, because then it may have changed something.
pub async fn hurried<T>(only_at_first: bool, work: impl Future<Output = T>) -> T {
    let hurry = Hurry {
        only_at_first,
        served: Arc::default(),
    };
    HURRY.scope(hurry, work).await
}

/// The same haste in a task of its own.
pub(crate) fn as_hurried<F: Future + Send>(work: F) -> impl Future<Output = F::Output> + Send {
    let hurry = HURRY.try_with(Hurry::clone).ok();
    async move {
        match hurry {
            Some(hurry) => HURRY.scope(hurry, work).await,
            None => work.await,
        }
    }
}

/// The places of one pool; cheap to clone.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    places: Arc<Semaphore>,
    /// How long a place is waited for.
    patience: Duration,
    /// How often a place came free, or a transaction went one statement on.
    moved: AtomicU64,
    /// How often somebody got no connection though he had a place.
    failed: AtomicU64,
}

/// The right to use a connection, until it is dropped.
pub(crate) struct Place {
    gate: Gate,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Its user goes on.
    pub fn moves(&self) {
        self.gate.0.moved.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.moves();
    }
}

impl Gate {
    pub fn new(connections: u32, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            places: Arc::new(Semaphore::new(connections as usize)),
            patience,
            moved: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }))
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// None came free in time, or none does any more.
    pub async fn enter(&self) -> Result<Place, DbErr> {
        let hurry = HURRY.try_with(Hurry::clone).ok();
        let hurried = hurry.as_ref().is_some_and(|hurry| !hurry.is_over());
        let mut place = pin!(Arc::clone(&self.0.places).acquire_owned());
        let mut wait = self.wait(hurried);
        let permit = loop {
            match timeout(LOOK, &mut place).await {
                Ok(permit) => break permit.map_err(|_| closed())?,
                Err(_) if wait.is_in_vain() => {
                    return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
                }
                Err(_) => {}
            }
        };
        if let Some(hurry) = hurry {
            hurry.served.store(true, Ordering::Relaxed);
        }
        Ok(Place {
            gate: self.clone(),
            _permit: permit,
        })
    }

    fn wait(&self, hurried: bool) -> Wait<'_> {
        Wait {
            inner: &self.0,
            asked: Instant::now(),
            hurried,
            moved: self.0.moved.load(Ordering::Relaxed),
            failed: self.0.failed.load(Ordering::Relaxed),
            still: 0,
        }
    }

    /// What became of somebody's use of his place: when there is no connection, nobody in a hurry waits for another such place.
    pub fn learn<T>(&self, outcome: &Result<T, DbErr>) {
        if matches!(outcome, Err(DbErr::ConnectionAcquire(_))) {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Somebody's wait for a place, and what he has seen.
struct Wait<'a> {
    inner: &'a Inner,
    asked: Instant,
    hurried: bool,
    moved: u64,
    failed: u64,
    /// Looks in a row that found nothing moved.
    still: u32,
}

impl Wait<'_> {
    /// Somebody who had a place got no connection meanwhile.
    fn has_failed(&self) -> bool {
        self.inner.failed.load(Ordering::Relaxed) != self.failed
    }

    /// One more look.
    fn is_in_vain(&mut self) -> bool {
        let moved = self.inner.moved.load(Ordering::Relaxed);
        self.still = if moved == self.moved {
            self.still + 1
        } else {
            0
        };
        self.moved = moved;
        self.asked.elapsed() >= self.inner.patience
            || (self.hurried && (self.still >= STANDSTILL || self.has_failed()))
    }
}

fn closed() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new(1, Duration::from_secs(60))
    }

    /// How many looks tell that it is in vain, of a hundred.
    fn in_vain(mut wait: Wait<'_>) -> usize {
        (0..100).filter(|_| wait.is_in_vain()).count()
    }

    #[test]
    fn a_hurry_ends_with_a_standstill_and_patience_does_not() {
        let gate = gate();
        assert_eq!(in_vain(gate.wait(true)), 94);
        assert_eq!(in_vain(gate.wait(false)), 0);
        assert_eq!(in_vain(Gate::new(1, Duration::ZERO).wait(false)), 100);
    }

    #[tokio::test]
    async fn while_somebody_goes_on_a_hurry_waits() {
        let gate = gate();
        let held = gate.enter().await.expect("the first");
        let mut wait = gate.wait(true);
        for _ in 0..100 {
            let early = (1..STANDSTILL).any(|_| wait.is_in_vain());
            assert!(!early);
            held.moves();
            assert!(!wait.is_in_vain());
        }
        assert_eq!(in_vain(wait), 94);
    }

    #[test]
    fn where_there_is_no_connection_a_hurry_waits_for_no_other_such_place() {
        let gate = gate();
        let (mut hurried, mut patient) = (gate.wait(true), gate.wait(false));
        assert!(!hurried.is_in_vain());
        gate.learn::<()>(&Err(closed()));
        assert_eq!((hurried.is_in_vain(), patient.is_in_vain()), (true, false));
        // Whoever comes now may find one.
        assert!(!gate.wait(true).is_in_vain());
    }

    #[tokio::test]
    async fn a_place_is_had_by_one_and_given_back() {
        let gate = Gate::new(1, Duration::ZERO);
        let held = gate.enter().await.expect("the first");
        assert!(gate.enter().await.is_err());
        drop(held);
        assert!(gate.enter().await.is_ok());
    }

    #[tokio::test]
    async fn whoever_has_had_a_place_may_have_changed_something_and_is_in_no_hurry_any_more() {
        let over = || HURRY.with(Hurry::is_over);
        for only_at_first in [true, false] {
            let gate = gate();
            let work = async {
                let before = over();
                let enter = as_hurried(async move { gate.enter().await.map(drop) });
                let entered = tokio::spawn(enter).await.expect("it does not panic");
                (before, entered.is_ok(), over())
            };
            let seen = hurried(only_at_first, work).await;
            assert_eq!(seen, (false, true, only_at_first));
        }
    }
}
