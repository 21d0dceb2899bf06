//! Who is at a board: supervisors with an open socket, at this instance and, as far as they tell, at the others.

use std::{
    collections::BTreeSet,
    sync::PoisonError,
    time::{Duration, Instant},
};

use domain::actor::Level;

use super::Hub;

/// What all instances told together, and how long it is believed.
#[derive(Default)]
pub(super) struct Told {
    user_ids: BTreeSet<i64>,
    until: Option<Instant>,
}

impl Hub {
    /// The supervisors and admins with a socket at this instance.
    pub fn supervisors_here(&self) -> BTreeSet<i64> {
        let connections = self.lock();
        let actors = connections.by_id.values().map(|one| &one.actor);
        actors
            .filter(|actor| actor.level >= Level::Supervisor)
            .filter_map(|actor| actor.user_id)
            .collect()
    }

    /// Takes in who is at the boards of all instances; after `fresh` only those here count again.
    pub fn learn_supervisors(&self, user_ids: BTreeSet<i64>, fresh: Duration) {
        *self.told() = Told {
            user_ids,
            until: Some(Instant::now() + fresh),
        };
    }

    /// How many supervisors and admins have a board open, each once.
    pub fn supervisors_online(&self) -> usize {
        let mut online = self.supervisors_here();
        let told = self.told();
        if told.until.is_some_and(|until| Instant::now() < until) {
            online.extend(&told.user_ids);
        }
        online.len()
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
