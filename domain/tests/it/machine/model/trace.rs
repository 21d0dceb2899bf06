//! What an accepted command leaves behind.

use domain::task::Status;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub audit: Vec<&'static str>,
    pub history: Vec<Status>,
    pub events: Vec<&'static str>,
    /// After a reopening: who could not come back.
    pub missing: Vec<&'static str>,
}

impl Trace {
    pub(super) fn of(audit: &'static str, event: &'static str) -> Self {
        Self {
            audit: vec![audit],
            events: vec![event],
            ..Self::default()
        }
    }

    pub(super) fn audited(audit: &[&'static str]) -> Self {
        Self {
            audit: audit.to_vec(),
            ..Self::default()
        }
    }

    pub(super) fn step(to: Status) -> Self {
        Self {
            history: vec![to],
            ..Self::of("task.status", "task_status_changed")
        }
    }

    pub(super) fn add(&mut self, more: Self) {
        self.audit.extend(more.audit);
        self.history.extend(more.history);
        self.events.extend(more.events);
        self.missing.extend(more.missing);
    }
}
