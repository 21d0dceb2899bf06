//! What was handed out in the last seconds, worded once and shared by all: whoever falls behind in a burst takes it from
//! here and does not read the log for himself.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use axum::extract::ws::Utf8Bytes;
use domain::{
    Actor,
    event::{Logged, Scope, Topic},
};

/// How long something is kept: long enough to catch up, too short for anything to be taken back meanwhile.
const KEPT: Duration = Duration::from_secs(10);

/// How much is kept at most: more events than are replayed to anybody.
const BYTES: usize = 8 << 20;
const EVENTS: usize = 8_192;

/// How many are looked at, and how many handed over, at once.
const LOOKED_AT: usize = 512;
const HANDED_OVER: usize = 32;

/// The newest events, without a hole.
#[derive(Default)]
pub(super) struct Recent {
    said: VecDeque<Said>,
    /// Everything after this event is here.
    since: i64,
    bytes: usize,
}

struct Said {
    seq: i64,
    topic: Topic,
    scope: Scope,
    at: Instant,
    message: Utf8Bytes,
}

impl Recent {
    /// Keeps the next event.
    pub fn keep(&mut self, event: &Logged, message: &Utf8Bytes, at: Instant) {
        if self.said.is_empty() {
            self.since = event.seq - 1;
        }
        self.bytes += message.len();
        self.said.push_back(Said {
            seq: event.seq,
            topic: event.topic,
            scope: event.scope.clone(),
            at,
            message: message.clone(),
        });
        self.forget(at);
    }

    /// Drops what is old or too much.
    pub fn forget(&mut self, now: Instant) {
        while let Some(first) = self.said.front() {
            let old = now.saturating_duration_since(first.at) > KEPT;
            if !old && self.bytes <= BYTES && self.said.len() <= EVENTS {
                return;
            }
            self.since = first.seq;
            self.bytes -= first.message.len();
            self.said.pop_front();
        }
    }

    /// Some of the events after `from` up to `until` that are of these topics and concern this person, and the last event
    /// that was looked at; `None` when the log has to be asked.
    pub fn after(
        &self,
        from: i64,
        until: i64,
        topics: &HashSet<Topic>,
        actor: &Actor,
    ) -> Option<(Vec<Utf8Bytes>, i64)> {
        if from < self.since {
            return None;
        }
        let begin = self.said.partition_point(|said| said.seq <= from);
        let missed = self.said.range(begin..).take(LOOKED_AT);
        let (mut messages, mut last) = (Vec::new(), None);
        for said in missed.take_while(|said| said.seq <= until) {
            last = Some(said.seq);
            if topics.contains(&said.topic) && said.scope.concerns(said.topic, actor) {
                messages.push(said.message.clone());
            }
            if messages.len() == HANDED_OVER {
                break;
            }
        }
        Some((messages, last?))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{actor::Channel, event::Event};

    use super::*;

    fn logged(seq: i64, unit: i64) -> Logged {
        Logged {
            seq,
            topic: Topic::Tasks,
            at: DateTime::UNIX_EPOCH,
            event: Event::AgentPositionChanged { agent_id: seq },
            scope: Scope {
                unit_ids: vec![unit],
                user_ids: vec![],
            },
        }
    }

    fn kept(seqs: std::ops::RangeInclusive<i64>, length: usize) -> (Recent, Instant) {
        let (mut recent, now) = (Recent::default(), Instant::now());
        for seq in seqs {
            recent.keep(&logged(seq, seq % 2), &"x".repeat(length).into(), now);
        }
        (recent, now)
    }

    fn after(recent: &Recent, from: i64, until: i64) -> Option<(usize, i64)> {
        let boss = Actor::system(Channel::Cli);
        let topics = HashSet::from([Topic::Tasks]);
        let (messages, last) = recent.after(from, until, &topics, &boss)?;
        Some((messages.len(), last))
    }

    #[test]
    fn who_falls_behind_gets_some_at_a_time_and_nothing_beyond() {
        let (recent, _) = kept(5..=100, 1);
        assert_eq!(after(&recent, 90, 95), Some((5, 95)));
        assert_eq!(after(&recent, 4, 100), Some((32, 36)));
        assert_eq!(after(&recent, 36, 100), Some((32, 68)));
        // The log knows what was before, and whether there is more.
        assert_eq!(after(&recent, 3, 100), None);
        assert_eq!(after(&recent, 100, 100), None);
    }

    #[test]
    fn what_does_not_concern_somebody_is_passed_over() {
        let (recent, _) = kept(1..=10, 1);
        let nothing = recent.after(0, 10, &HashSet::new(), &Actor::system(Channel::Cli));
        assert_eq!(nothing, Some((vec![], 10)));
    }

    #[test]
    fn old_events_and_too_many_bytes_are_left_to_the_log() {
        let (mut recent, now) = kept(1..=10, 1);
        recent.forget(now + KEPT);
        assert_eq!(after(&recent, 0, 10), Some((10, 10)));
        recent.forget(now + 2 * KEPT);
        assert_eq!((after(&recent, 0, 10), recent.bytes), (None, 0));
        let (recent, _) = kept(1..=10, BYTES / 4);
        assert_eq!(after(&recent, 5, 10), None);
        assert_eq!(after(&recent, 6, 10), Some((4, 10)));
    }
}
