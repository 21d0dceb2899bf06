//! What has gone out lately, and whom Telegram has told to wait.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use domain::outbox::Legacy;
use tokio::time::Instant;

use super::{
    Limits, Rate,
    spans::{Calls, Window},
};

/// So many calls told to wait in a row, and none taken between, mean that the whole bot has to.
const IN_A_ROW: u32 = 8;

/// How long it waits then, doubled each time up to what Telegram asked for: that many chats are told to wait at once
/// happens too, and the others must not wait for them.
const BREATH: Duration = Duration::from_millis(250);

/// How long what left a process that is gone may be on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(super) struct State {
    pub all: Calls,
    chats: HashMap<i64, Window>,
    gates: HashMap<i64, Gate>,
    pub gate: Option<Instant>,
    /// When the last edit left.
    pub edited: Option<Instant>,
    /// Calls told to wait since one was taken, without those that were under way when everything was closed.
    pub refused: u32,
}

/// Telegram told a chat to wait.
struct Gate {
    opens: Instant,
    wait: Duration,
}

impl Gate {
    fn shut(now: Instant, wait: Duration) -> Self {
        Self {
            opens: now + wait,
            wait,
        }
    }

    /// How long what has gathered there may still hold others up.
    fn over(&self) -> Instant {
        self.opens + self.wait
    }
}

impl State {
    /// What the sender before left behind, of which this may go out over all.
    pub fn inherited(legacy: &Legacy, all: Rate, now: DateTime<Utc>) -> Self {
        let here = Instant::now();
        let mut state = Self::default();
        for (chat, at) in calls(legacy, now, here) {
            state.note(chat, at);
        }
        let waits = legacy.waits.iter().map(|(chat, until)| {
            let wait = (*until - now).to_std().unwrap_or_default();
            (*chat, Gate::shut(here, wait))
        });
        state.gates.extend(waits);
        let forgotten = legacy.until.map(|until| until + all.span + ON_ITS_WAY);
        let left = forgotten.and_then(|at| (at - now).to_std().ok());
        state.gate = left.map(|left| here + left);
        state
    }

    pub fn begin(&mut self, chat: i64, at: Instant) {
        self.all.under_way += 1;
        self.chats.entry(chat).or_default().0.push_back(at);
    }

    /// The last call to this chat is over: Telegram counts it at its arrival, which was not later.
    pub fn end(&mut self, chat: i64, at: Instant) {
        self.all.end(at);
        let window = self.chats.get_mut(&chat);
        if let Some(last) = window.and_then(|window| window.0.back_mut()) {
            *last = at;
        }
    }

    /// A call of which only this moment is known.
    fn note(&mut self, chat: i64, at: Instant) {
        self.begin(chat, at);
        self.all.end(at);
    }

    /// Telegram told this chat to wait.
    pub fn refuse(&mut self, chat: i64, wait: Duration, now: Instant) {
        self.gates.insert(chat, Gate::shut(now, wait));
        if self.gate.is_some_and(|gate| gate > now) {
            return;
        }
        self.refused += 1;
        if self.refused.is_multiple_of(IN_A_ROW) {
            let pause = BREATH * (1 << (self.refused / IN_A_ROW - 1).min(10));
            self.gate = Some(now + pause.min(wait));
        }
    }

    pub fn opens_all(&mut self, rate: Rate, now: Instant) -> Instant {
        self.all.opens(rate, now).max(self.gate.unwrap_or(now))
    }

    /// How many more may go out now.
    pub fn free(&mut self, rate: Rate, now: Instant) -> usize {
        match self.gate {
            Some(gate) if gate > now => 0,
            _ => self.all.free(rate, now),
        }
    }

    pub fn opens(&mut self, chat: i64, rate: Rate, now: Instant) -> Instant {
        let window = self
            .chats
            .get_mut(&chat)
            .map_or(now, |window| window.opens(rate, now));
        window.max(self.gates.get(&chat).map_or(now, |gate| gate.opens))
    }

    /// The chats that may not be sent anything now, and when each may.
    pub fn closed(&mut self, limits: Limits, now: Instant) -> Vec<(i64, Instant)> {
        self.forget(limits, now);
        let chats: Vec<i64> = self
            .chats
            .keys()
            .chain(self.gates.keys())
            .copied()
            .collect();
        chats
            .into_iter()
            .map(|chat| (chat, self.opens(chat, limits.of(chat), now)))
            .filter(|(_, opens)| *opens > now)
            .collect()
    }

    /// The chats whose wait is over, but not yet as long again.
    pub fn behind(&self, now: Instant) -> Vec<i64> {
        let open = self.gates.iter().filter(|(_, gate)| gate.opens <= now);
        open.map(|(chat, _)| *chat).collect()
    }

    /// Drops what no longer matters.
    fn forget(&mut self, limits: Limits, now: Instant) {
        self.gates.retain(|_, gate| gate.over() > now);
        self.chats.retain(|chat, window| {
            let span = limits.of(*chat).span;
            window
                .0
                .back()
                .is_some_and(|last| now.duration_since(*last) < span)
        });
    }
}

/// What was sent, and what may have been sent just now, in order.
fn calls(legacy: &Legacy, now: DateTime<Utc>, here: Instant) -> Vec<(i64, Instant)> {
    let ago = |at: DateTime<Utc>| {
        (now - at)
            .to_std()
            .ok()
            .and_then(|ago| here.checked_sub(ago))
    };
    let sent = legacy
        .sent
        .iter()
        .map(|(chat, at)| (*chat, ago(*at).unwrap_or(here)));
    let mut calls: Vec<_> = sent
        .chain(legacy.under_way.iter().map(|chat| (*chat, here)))
        .collect();
    calls.sort_unstable_by_key(|(_, at)| *at);
    calls
}
