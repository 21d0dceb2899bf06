//! The rules once more, plainly, over values in memory: what is refused, and what becomes of the rest.

use chrono::TimeDelta;
use domain::{Rules, zone};

use super::command::{Command, Minutes, Verb, What};
use crate::support::start;
use task::{Moment, Span, meet};

mod crew;
mod steps;
mod task;
mod trace;

pub use task::{Post, Task, held};
pub use trace::Trace;

/// What becomes of a command, or the class of its refusal.
pub type Outcome<T = Trace> = Result<T, &'static str>;

pub struct Model {
    pub now: Moment,
    pub tasks: Vec<Task>,
    leaves: Vec<(usize, Span)>,
    shifts: Vec<(usize, Span)>,
}

impl Model {
    pub fn new() -> Self {
        Self {
            now: start(),
            tasks: Vec::new(),
            leaves: Vec::new(),
            shifts: Vec::new(),
        }
    }

    fn at(&self, minutes: Minutes) -> Moment {
        self.now + TimeDelta::minutes(minutes)
    }

    /// When the day began, by the clock of the installation.
    fn midnight(&self) -> Moment {
        let zone = Rules::default().zone;
        zone::midnight(zone::to_local(self.now, zone).date(), zone)
    }

    /// Predicts a command; what is refused changes nothing.
    pub fn run(&mut self, command: &Command) -> Outcome {
        let before = self.tasks.clone();
        let outcome = self.try_it(command);
        if outcome.is_err() {
            self.tasks = before;
        }
        outcome
    }

    fn try_it(&mut self, Command { by, what }: &Command) -> Outcome {
        match what {
            What::Create { .. } => self.create(*by, what),
            What::Assign {
                task,
                crew,
                lead,
                reason,
            } => {
                let seen = &self.tasks[*task];
                if !seen.sees(*by) {
                    return Err("not found");
                }
                self.assign(*by, *task, (crew, *lead, *reason))
            }
            What::Answer { task, says } => self.answer(*by, *task, *says),
            What::Step {
                task,
                verb,
                reason,
                at,
                began,
            } => {
                if !self.tasks[*task].sees(*by) {
                    return Err("not found");
                }
                match verb {
                    Verb::Start => self.begin(*by, *task, *at),
                    Verb::Pause => self.pause(*by, *task, *reason, *at),
                    Verb::Resume => self.resume(*by, *task, *at),
                    Verb::Complete => self.complete(*by, *task, *reason, (*at, *began)),
                    Verb::Cancel => self.cancel(*by, *task, *reason, *at),
                    Verb::Reopen => self.reopen(*by, *task, *reason),
                }
            }
            What::Edit {
                task,
                change,
                stale,
            } => self.edit(*by, *task, *change, *stale),
            What::Wait { seconds } => Ok(self.wait(*seconds)),
            What::Leave {
                agent,
                from,
                length,
            } => {
                let span = (self.at(*from), self.at(from + length));
                if span.0 < self.midnight() {
                    return Err("invalid");
                }
                let mut leaves = self.leaves.iter().filter(|(one, _)| one == agent);
                if leaves.any(|(_, leave)| meet(*leave, span)) {
                    return Err("leave twice");
                }
                self.leaves.push((*agent, span));
                Ok(Trace::audited(&["leave.request", "leave.decide"]))
            }
            What::Shift {
                agent,
                from,
                length,
            } => {
                let span = (self.at(*from), self.at(from + length));
                let mut others = self.shifts.iter().filter(|(one, _)| one == agent);
                if others.any(|(_, other)| meet(*other, span)) {
                    return Err("taken");
                }
                let mut leaves = self.leaves.iter().filter(|(one, _)| one == agent);
                if leaves.any(|(_, leave)| meet(*leave, span)) {
                    return Err("on leave");
                }
                self.shifts.push((*agent, span));
                Ok(Trace::audited(&["shift.create"]))
            }
        }
    }
}
