//! The updates that handlers work on at this moment.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::inbox::Claim;
use teloxide::types::UpdateId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The inbox row of the update a handler works on; its transaction marks it done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxId(pub i64);

/// Says that the transaction of an update has marked it done, so that nobody has to look; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marked(Arc<AtomicBool>);

impl Marked {
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A bounded set of claimed updates; cheap to clone.
#[derive(Clone)]
pub(crate) struct InFlight {
    slots: Arc<Semaphore>,
    half: u32,
    aboard: Arc<Mutex<HashMap<UpdateId, Seat>>>,
}

struct Seat {
    claim: Claim,
    _slot: OwnedSemaphorePermit,
}

impl InFlight {
    /// With room for so many.
    pub fn of(slots: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(slots)),
            half: slots.div_ceil(2) as u32,
            aboard: Arc::default(),
        }
    }

    /// Waits for a free slot and says how many there are.
    pub async fn room(&self) -> u64 {
        drop(
            self.slots
                .acquire()
                .await
                .expect("the semaphore is never closed"),
        );
        self.slots.available_permits() as u64
    }

    /// Waits until half of the slots are free.
    pub async fn half(&self) {
        drop(
            self.slots
                .acquire_many(self.half)
                .await
                .expect("the semaphore is never closed"),
        );
    }

    /// Takes a claimed update in; false when there was no room.
    pub fn board(&self, update: UpdateId, claim: Claim) -> bool {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            return false;
        };
        self.lock().insert(update, Seat { claim, _slot: slot });
        true
    }

    /// The claim of an update that a handler is given.
    pub fn claim(&self, update: UpdateId) -> Option<Claim> {
        self.lock().get(&update).map(|seat| seat.claim.clone())
    }

    /// Lets an update go.
    pub fn land(&self, update: UpdateId) {
        self.lock().remove(&update);
    }

    /// Whether nobody works on anything.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The inbox rows of all.
    pub fn ids(&self) -> Vec<i64> {
        self.lock().values().map(|seat| seat.claim.id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UpdateId, Seat>> {
        self.aboard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use futures::FutureExt;

    use super::*;

    fn claim() -> Claim {
        Claim {
            id: 4,
            update_id: 9,
            actor: 7,
            kind: "message".into(),
            payload: "{}".into(),
            tries: 0,
            received_at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn half_of_the_slots_are_waited_for_and_none_is_kept() {
        let inflight = InFlight::of(3);
        for update in 1..=2 {
            assert!(inflight.board(UpdateId(update), claim()));
        }
        assert!(inflight.half().now_or_never().is_none());
        // Whoever waited in vain has taken nothing.
        assert_eq!(inflight.room().await, 1);
        inflight.land(UpdateId(1));
        assert!(inflight.half().now_or_never().is_some());
        assert_eq!(inflight.room().await, 2);
    }
}
