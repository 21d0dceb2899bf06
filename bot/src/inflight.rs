//! The updates that handlers work on at this moment.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::inbox::Claim;
use teloxide::types::UpdateId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The inbox row of the update a handler works on; its transaction marks it done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxId(pub i64);

/// A bounded set of claimed updates; cheap to clone.
#[derive(Clone)]
pub(crate) struct InFlight {
    slots: Arc<Semaphore>,
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

    /// The inbox rows of all.
    pub fn ids(&self) -> Vec<i64> {
        self.lock().values().map(|seat| seat.claim.id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UpdateId, Seat>> {
        self.aboard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
