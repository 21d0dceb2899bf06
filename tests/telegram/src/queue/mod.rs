//! The updates of one bot: ids, order, expiry, confirmation, and how a test bends them.

mod bend;
mod lines;

use std::collections::VecDeque;
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Kinds a bot gets only when it asks for them by name.
const ONLY_ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Updates of one line are delivered to a webhook one after the other; lines go in parallel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Line {
    Chat(i64),
    Presses(i64),
    Other(i64),
}

/// An update that waits for the bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub id: i64,
    pub kind: String,
    pub body: Value,
    pub line: Line,
    pub expires: DateTime<Utc>,
    #[serde(skip)]
    pub ticket: u64,
    #[serde(skip)]
    in_flight: bool,
    #[serde(skip)]
    fails: u32,
    #[serde(skip)]
    not_before: Option<Instant>,
}

impl Pending {
    pub fn json(&self) -> Value {
        json!({"update_id": self.id, self.kind.as_str(): self.body})
    }
}

/// The queue of one bot.
#[derive(Serialize, Deserialize)]
pub(crate) struct Queue {
    next_id: i64,
    pending: VecDeque<Pending>,
    allowed: Vec<String>,
    /// Rises with every `getUpdates`; an older call that still waits then ends in a conflict.
    #[serde(skip)]
    pub generation: u64,
    #[serde(skip)]
    tickets: u64,
    #[serde(skip)]
    again: VecDeque<Pending>,
    #[serde(skip)]
    log: VecDeque<Pending>,
    #[serde(skip)]
    held: Vec<Pending>,
    #[serde(skip)]
    hold: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            next_id: i64::from(rand::random_range(100_000_000..900_000_000_u32)),
            pending: VecDeque::new(),
            allowed: Vec::new(),
            generation: 0,
            tickets: 0,
            again: VecDeque::new(),
            log: VecDeque::new(),
            held: Vec::new(),
            hold: 0,
        }
    }
}

impl Queue {
    /// Which kinds the bot asked for; an empty list is Telegram's default.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = kinds;
    }

    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    fn wants(&self, kind: &str) -> bool {
        match self.allowed.is_empty() {
            true => !ONLY_ON_REQUEST.contains(&kind),
            false => self.allowed.iter().any(|allowed| allowed == kind),
        }
    }

    /// Queues an update unless the bot does not want its kind; returns its id.
    pub fn push(
        &mut self,
        kind: &str,
        body: Value,
        line: Line,
        expires: DateTime<Utc>,
        keep: usize,
    ) -> Option<i64> {
        if !self.wants(kind) {
            return None;
        }
        let mut update = Pending {
            id: self.next_id,
            kind: kind.to_owned(),
            body,
            line,
            expires,
            ticket: 0,
            in_flight: false,
            fails: 0,
            not_before: None,
        };
        self.next_id += 1;
        update.ticket = self.ticket();
        self.log.push_back(update.clone());
        while self.log.len() > keep {
            self.log.pop_front();
        }
        let id = update.id;
        self.hold_or_queue(update);
        Some(id)
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    fn hold_or_queue(&mut self, update: Pending) {
        if self.hold == 0 {
            self.pending.push_back(update);
            return;
        }
        self.held.push(update);
        if self.held.len() >= self.hold {
            self.release();
        }
    }

    pub fn len(&self) -> usize {
        self.pending.len() + self.again.len() + self.held.len()
    }

    pub fn clear(&mut self) {
        self.pending.clear();
        self.again.clear();
        self.held.clear();
    }

    pub fn expire(&mut self, now: DateTime<Utc>) {
        self.pending
            .retain(|update| update.expires > now || update.in_flight);
    }

    /// Forgets what an offset of `getUpdates` confirms; a negative one keeps only the newest.
    pub fn confirm(&mut self, offset: i64) {
        if offset > 0 {
            self.pending.retain(|update| update.id >= offset);
        } else if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let surplus = self.pending.len().saturating_sub(keep);
            self.pending.drain(..surplus);
        }
    }

    /// What the next `getUpdates` answers. Held-back updates leave with rising ids, because
    /// polling confirms by the highest one.
    pub fn read(&mut self, limit: usize) -> Vec<Value> {
        let again = self
            .again
            .drain(..)
            .map(|update| update.json())
            .collect::<Vec<_>>();
        self.rise();
        let rest = limit.saturating_sub(again.len());
        again
            .into_iter()
            .chain(self.pending.iter().take(rest).map(Pending::json))
            .collect()
    }

    fn rise(&mut self) {
        if self.pending.iter().is_sorted_by_key(|update| update.id) {
            return;
        }
        let mut ids: Vec<i64> = self.pending.iter().map(|update| update.id).collect();
        ids.sort_unstable();
        for (update, id) in self.pending.iter_mut().zip(ids) {
            update.id = id;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::queue) fn queue(count: i64) -> Queue {
        let mut queue = Queue::default();
        queue.jump_to(10);
        for n in 0..count {
            queue.push(
                "message",
                json!({"n": n}),
                Line::Chat(n % 2),
                DateTime::<Utc>::MAX_UTC,
                100,
            );
        }
        queue
    }

    fn ids(updates: &[Value]) -> Vec<i64> {
        updates
            .iter()
            .filter_map(|update| update["update_id"].as_i64())
            .collect()
    }

    #[test]
    fn offsets_confirm() {
        let mut queue = queue(5);
        queue.confirm(12);
        assert_eq!(ids(&queue.read(2)), [12, 13]);
        queue.confirm(-1);
        assert_eq!(ids(&queue.read(100)), [14]);
    }

    #[test]
    fn a_repeat_comes_back_after_its_confirmation() {
        let mut queue = queue(2);
        queue.confirm(12);
        assert!(queue.repeat(10, 2, false));
        assert_eq!(ids(&queue.read(100)), [10, 10]);
        assert_eq!(ids(&queue.read(100)), [] as [i64; 0]);
    }

    #[test]
    fn shuffled_updates_change_their_order_but_polling_ids_rise() {
        let mut queue = queue(0);
        queue.shuffle_next(3);
        for n in 0..3 {
            queue.push(
                "message",
                json!({"n": n}),
                Line::Chat(1),
                DateTime::<Utc>::MAX_UTC,
                100,
            );
            assert_eq!(queue.pending.len(), if n < 2 { 0 } else { 3 });
        }
        let read = queue.read(10);
        assert!(ids(&read).is_sorted());
        assert_ne!(
            read.iter()
                .map(|update| update["message"]["n"].as_i64())
                .collect::<Vec<_>>(),
            [Some(0), Some(1), Some(2)]
        );
    }

    #[test]
    fn expired_updates_are_dropped() {
        let mut queue = queue(1);
        queue.push(
            "callback_query",
            json!({}),
            Line::Presses(1),
            DateTime::<Utc>::MIN_UTC,
            100,
        );
        queue.expire(DateTime::UNIX_EPOCH);
        assert_eq!(ids(&queue.read(9)), [10]);
    }
}
