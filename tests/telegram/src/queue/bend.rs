//! How a test bends the order, the ids and the number of updates.

use rand::seq::SliceRandom;
use serde_json::Value;

use super::{Pending, Queue};

impl Queue {
    /// Holds the next `count` updates back and then hands them out in another order.
    pub fn shuffle_next(&mut self, count: usize) {
        self.hold = count;
    }

    /// Hands out what `shuffle_next` holds back, in another order than it came.
    #[expect(clippy::disallowed_methods, reason = "any other order will do")]
    pub fn release(&mut self) {
        self.hold = 0;
        let mut held = std::mem::take(&mut self.held);
        let before: Vec<i64> = held.iter().map(|update| update.id).collect();
        held.shuffle(&mut rand::rng());
        if held.iter().map(|update| update.id).eq(before) {
            held.reverse();
        }
        self.pending.extend(held);
    }

    /// The next update gets this id; Telegram itself jumps like that after an idle week.
    pub fn jump_to(&mut self, id: i64) {
        self.next_id = id;
    }

    /// Leaves some ids out.
    pub fn skip(&mut self, ids: i64) {
        self.next_id += ids;
    }

    /// Delivers an update of the past `times` more, whatever the bot confirmed.
    pub fn repeat(&mut self, id: i64, times: usize, webhook: bool) -> bool {
        let Some(update) = self.log.iter().find(|update| update.id == id).cloned() else {
            return false;
        };
        for _ in 0..times {
            let copy = Pending {
                ticket: self.ticket(),
                ..update.clone()
            };
            if webhook {
                self.pending.push_back(copy);
            } else {
                self.again.push_back(copy);
            }
        }
        true
    }

    /// Every update of the past that is still remembered, oldest first.
    pub fn past(&self) -> Vec<Value> {
        self.log.iter().map(Pending::json).collect()
    }
}
