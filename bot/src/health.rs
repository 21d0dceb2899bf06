//! How the bot is doing, for the health check and the log.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

/// The worst of what the parts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// Trouble that may pass: Telegram is away, or somebody else receives the updates.
    Degraded,
    /// Somebody has to mend something: the token is not valid.
    Error,
}

/// A part that can be in trouble by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Receiving,
    Handling,
    Sending,
}

/// Shared by all parts; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<[AtomicU8; 3]>);

impl Health {
    /// The worst state of all parts.
    pub fn state(&self) -> State {
        match self.0.iter().map(|part| part.load(Ordering::Relaxed)).max() {
            None | Some(0) => State::Ok,
            Some(1) => State::Degraded,
            Some(_) => State::Error,
        }
    }

    /// Returns whether that is new.
    pub(crate) fn set(&self, part: Part, state: State) -> bool {
        self.0[part as usize].swap(state as u8, Ordering::Relaxed) != state as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_part_speaks() {
        let health = Health::default();
        assert_eq!(health.state(), State::Ok);
        assert!(health.set(Part::Sending, State::Degraded));
        assert!(health.set(Part::Receiving, State::Error));
        assert!(!health.set(Part::Receiving, State::Error));
        assert_eq!(health.state(), State::Error);
        health.set(Part::Receiving, State::Ok);
        assert_eq!(health.state(), State::Degraded);
    }
}
