//! What is wrong, taken down as it is found, and how to get past it.

use std::collections::BTreeMap;

use crate::error::FieldError;

/// The most that are named at once.
pub(super) const MOST: usize = 50;

/// So many values are looked at before it is left at what was found by then: a long list is not gone through for each of its faults.
pub(super) const ENOUGH: usize = 100_000;

/// Texts that stand for one which cannot be read, tried one after the other.
pub(super) const STAND_INS: [&str; 3] = ["2026-01-01T00:00:00Z", "2026-01-01", "12:00"];

/// What was found on the way, and what stands in for it.
#[derive(Default)]
pub(super) struct Notes {
    pub found: Vec<FieldError>,
    /// Where something stands in, and how many stand-ins did not fit.
    pub made_up: BTreeMap<String, usize>,
    /// Whether fields that nobody knows are left aside.
    pub bears_unknown: bool,
    /// How many values were looked at.
    pub looked: usize,
}

impl Notes {
    /// Takes down what is wrong; false when there is no way past it.
    pub fn take(&mut self, wrong: FieldError) -> bool {
        if self.looked > ENOUGH {
            self.note(wrong);
            return false;
        }
        if let Some(tries) = self.made_up.get_mut(&wrong.field) {
            *tries += 1;
            return *tries < STAND_INS.len() || self.give_up(&wrong.field);
        }
        self.made_up.insert(wrong.field.clone(), 0);
        self.note(wrong);
        self.found.len() < MOST
    }

    /// Where nothing can stand in for a part, something does for the whole.
    fn give_up(&mut self, path: &str) -> bool {
        let whole = path.rfind(['.', '[']).map(|end| path[..end].to_owned());
        whole.is_some_and(|whole| self.made_up.insert(whole, 0).is_none())
    }

    /// What is wrong with a whole because a part of it is wrong is not said besides.
    pub fn note(&mut self, wrong: FieldError) {
        let known = self.found.iter().any(|one| {
            let rest = one.field.strip_prefix(&wrong.field);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        if !known && self.found.len() < MOST {
            self.found.push(wrong);
        }
    }
}
