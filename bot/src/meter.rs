//! How dialogues end and how long their steps take, counted once the transaction that says so is committed.

use std::sync::{Arc, Mutex, PoisonError};

use domain::Tx;
use metrics::{counter, histogram};

use crate::{
    reply::Reply,
    state::{Stage, State},
};

/// What one update tells about dialogues.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Vec<Mark>>>);

enum Mark {
    Left {
        name: &'static str,
        seconds: f64,
    },
    Ended {
        name: &'static str,
        outcome: &'static str,
    },
}

impl Meter {
    /// Forgets what a transaction noted that was taken back.
    pub(crate) fn begin(&self) {
        self.marks(Vec::clear);
    }

    /// The person leaves a step.
    pub(crate) fn left(&self, tx: &Tx, state: &State) {
        let Some((name, since)) = dialogue(state).zip(state.since) else {
            return;
        };
        let seconds = (tx.now() - since).as_seconds_f64().max(0.0);
        self.marks(|marks| marks.push(Mark::Left { name, seconds }));
    }

    /// The dialogue of this step is over.
    pub(crate) fn ended(&self, state: &State, outcome: &'static str) {
        if let Some(name) = dialogue(state) {
            self.marks(|marks| marks.push(Mark::Ended { name, outcome }));
        }
    }

    /// A step of this dialogue was too old when the person came back.
    pub(crate) fn expired(&self, name: &'static str) {
        let outcome = Reply::Expired.outcome();
        self.marks(|marks| marks.push(Mark::Ended { name, outcome }));
    }

    /// Counts what was noted.
    pub(crate) fn count(&self) {
        for mark in self.marks(std::mem::take) {
            match mark {
                Mark::Left { name, seconds } => {
                    histogram!("gad_dialogue_step_seconds", "name" => name).record(seconds);
                }
                Mark::Ended { name, outcome } => {
                    counter!("gad_dialogue_total", "name" => name, "outcome" => outcome)
                        .increment(1);
                }
            }
        }
    }

    fn marks<T>(&self, change: impl FnOnce(&mut Vec<Mark>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The name of the dialogue a step belongs to; none outside of any.
fn dialogue(state: &State) -> Option<&'static str> {
    (!matches!(state.stage, Stage::Idle)).then(|| state.stage.name())
}
