//! Telegram's sending limits, kept on our side: over all chats, per person, per group; and the waits Telegram imposes.

mod spans;
mod state;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::outbox::Legacy;
use tokio::time::Instant;

use state::State;

/// At most so many in any such span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub most: u32,
    pub span: Duration,
}

/// Sends and edits that may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Over all chats.
    pub all: Rate,
    /// To one person: the burst, and so many seconds.
    pub person: Rate,
    /// Into one group.
    pub group: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            // Telegram's own span: calls count in it wherever they are on their way.
            all: Rate {
                most: 29,
                span: seconds(1),
            },
            person: Rate {
                most: 3,
                span: seconds(3),
            },
            group: Rate {
                most: 18,
                span: seconds(60),
            },
        }
    }
}

impl Limits {
    /// What may go out over all; less of it for what yields.
    fn overall(&self, yields: bool) -> Rate {
        let kept = if yields {
            self.all.most / KEPT_FOR_SENDS
        } else {
            0
        };
        Rate {
            most: self.all.most - kept,
            ..self.all
        }
    }

    fn of(&self, chat: i64) -> Rate {
        if chat < 0 { self.group } else { self.person }
    }
}

/// What wants to go out: edits yield to sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Send,
    Edit,
}

/// How long an edit yields at most.
const YIELDS: Duration = Duration::from_secs(2);

/// This part of what may go out over all is kept free of edits.
const KEPT_FOR_SENDS: u32 = 4;

/// Longer than anybody waits for his turn.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Says who may send when.
pub(crate) struct Limiter {
    limits: Limits,
    state: Mutex<State>,
}

/// A call that may go out; it counts as under way until this is dropped.
#[must_use]
pub(crate) struct Call<'a> {
    limiter: &'a Limiter,
    chat: i64,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.limiter.lock().end(self.chat, Instant::now());
    }
}

impl Limiter {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
        }
    }

    /// Waits until this chat may be sent something, and counts it.
    pub async fn pass(&self, chat: i64, kind: Kind) -> Call<'_> {
        let asked = Instant::now();
        while let Err(opens) = self.try_pass(chat, kind, asked, Instant::now()) {
            tokio::time::sleep_until(opens).await;
        }
        Call {
            limiter: self,
            chat,
        }
    }

    /// How many calls have left and are not answered.
    pub fn under_way(&self) -> usize {
        self.lock().all.under_way
    }

    /// Begins where the sender before stopped: Telegram counts what it sent, and what it may have sent just now. Nobody
    /// wrote down everything it did last, such as a pin or buttons taken away: until Telegram has forgotten all of it
    /// nothing goes out.
    pub fn inherit(&self, legacy: &Legacy, now: DateTime<Utc>) {
        let state = State::inherited(legacy, self.limits.all, now);
        *self.lock() = state;
    }

    /// Nobody passes any more until [`Limiter::inherit`]: whoever sends now is another.
    pub fn end_term(&self) {
        self.gate_all(FOR_EVER);
    }

    fn try_pass(&self, chat: i64, kind: Kind, asked: Instant, now: Instant) -> Result<(), Instant> {
        let yields = kind == Kind::Edit && now < asked + YIELDS;
        let mut state = self.lock();
        let opens = state
            .opens_all(self.limits.overall(yields), now)
            .max(state.opens(chat, self.limits.of(chat), now));
        if opens > now {
            return Err(opens);
        }
        state.begin(chat, now);
        Ok(())
    }

    /// Telegram told this chat to wait; when it says so to everything it is asked, all wait.
    pub fn gate(&self, chat: i64, wait: Duration) {
        let now = Instant::now();
        self.lock().refuse(chat, wait, now);
    }

    /// Telegram took a call: it does not refuse everything.
    pub fn taken(&self) {
        self.lock().refused = 0;
    }

    /// Nothing goes out for this long.
    pub fn gate_all(&self, wait: Duration) {
        let until = Some(Instant::now() + wait);
        let mut state = self.lock();
        state.gate = state.gate.max(until);
    }

    /// When anything at all may go out; `None`: now.
    pub fn closed_until(&self) -> Option<Instant> {
        let now = Instant::now();
        let opens = self.lock().opens_all(self.limits.all, now);
        (opens > now).then_some(opens)
    }

    /// The chats that may not be sent anything now, and when the first of them may.
    pub fn closed(&self) -> (Vec<i64>, Option<Instant>) {
        let now = Instant::now();
        let closed = self.lock().closed(self.limits, now);
        (
            closed.iter().map(|(chat, _)| *chat).collect(),
            closed.iter().map(|(_, opens)| *opens).min(),
        )
    }

    /// The chats in which messages gathered while they had to wait: as long again they stand behind the others, whom
    /// all of it at once would hold up.
    pub fn behind(&self) -> Vec<i64> {
        let now = Instant::now();
        self.lock().behind(now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
