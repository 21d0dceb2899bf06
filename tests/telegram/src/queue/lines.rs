//! Delivery to a webhook: lines in parallel, each line in order, failures after a pause.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Line, Pending, Queue};

impl Queue {
    /// Takes the first deliverable update for a webhook, if any.
    pub fn next_for_webhook(&mut self, now: Instant) -> Option<Pending> {
        let mut busy: BTreeSet<Line> = self
            .pending
            .iter()
            .filter(|update| update.in_flight)
            .map(|update| update.line)
            .collect();
        for update in &mut self.pending {
            let free = !update.in_flight && busy.insert(update.line);
            if free && update.not_before.is_none_or(|time| time <= now) {
                update.in_flight = true;
                return Some(update.clone());
            }
        }
        None
    }

    /// When the next postponed delivery is due.
    pub fn next_retry(&self) -> Option<Instant> {
        self.pending
            .iter()
            .filter(|update| !update.in_flight)
            .filter_map(|update| update.not_before)
            .min()
    }

    pub fn delivered(&mut self, ticket: u64) {
        self.pending.retain(|update| update.ticket != ticket);
    }

    pub fn failed(&mut self, ticket: u64, now: Instant, pauses: (Duration, Duration)) {
        if let Some(update) = self
            .pending
            .iter_mut()
            .find(|update| update.ticket == ticket)
        {
            let pause = pauses
                .0
                .saturating_mul(1 << update.fails.min(16))
                .min(pauses.1);
            update.fails += 1;
            update.in_flight = false;
            update.not_before = Some(now + pause);
        }
    }

    /// After a restart or a change of the webhook nothing is on its way any more.
    pub fn settle(&mut self) {
        for at in 0..self.pending.len() {
            let ticket = self.ticket();
            let update = &mut self.pending[at];
            update.ticket = ticket;
            update.in_flight = false;
            update.not_before = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::tests::queue;

    #[test]
    fn one_line_is_delivered_in_order_and_lines_in_parallel() {
        let mut queue = queue(4);
        let now = Instant::now();
        let first = queue.next_for_webhook(now).expect("first of chat 0");
        let other = queue.next_for_webhook(now).expect("first of chat 1");
        assert_eq!((first.id, other.id), (10, 11));
        assert!(queue.next_for_webhook(now).is_none());
        queue.failed(
            first.ticket,
            now,
            (Duration::from_secs(1), Duration::from_secs(9)),
        );
        queue.delivered(other.ticket);
        assert_eq!(
            queue.next_for_webhook(now).map(|update| update.id),
            Some(13)
        );
        assert_eq!(
            queue
                .next_for_webhook(now + Duration::from_secs(2))
                .map(|update| update.id),
            Some(10)
        );
    }
}
