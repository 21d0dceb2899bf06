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
    /// What may go out over all but what is kept for sends.
    fn beside_sends(&self) -> Rate {
        Rate {
            most: self.all.most - self.all.most / KEPT_FOR_SENDS,
            ..self.all
        }
    }

    fn of(&self, chat: i64) -> Rate {
        if chat < 0 { self.group } else { self.person }
    }
}

/// What wants to go out. Each kind stands in a line of its own, whoever came first in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Send,
    /// Yields to sends, but for one in [`EDITS`].
    Edit,
    /// Yields to all.
    Strip,
}

/// However much there is to send, one edit may go out in such a span.
const EDITS: Duration = Duration::from_millis(250);

/// This part of what may go out over all is kept free of edits.
const KEPT_FOR_SENDS: u32 = 4;

/// How long whoever is first in line sleeps at most before he looks again: the bot may have been given another term.
const LOOK: Duration = Duration::from_secs(1);

/// Longer than anybody waits for his turn.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Says who may send when.
pub(crate) struct Limiter {
    limits: Limits,
    state: Mutex<State>,
    lines: [Line; 3],
}

/// Those who wait for what may go out over all, in the order in which their chats opened.
type Line = tokio::sync::Mutex<()>;

/// Why something may not go out yet, and until when.
#[derive(Debug, PartialEq, Eq)]
enum Closed {
    Chat(Instant),
    All(Instant),
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
            lines: Default::default(),
        }
    }

    /// Waits until this chat may be sent something, and counts it.
    pub async fn pass(&self, chat: i64, kind: Kind) -> Call<'_> {
        while let Err(opens) = self.in_line(chat, kind).await {
            sleep_until(opens).await;
        }
        Call {
            limiter: self,
            chat,
        }
    }

    /// Stands in line; whoever's chat is closed leaves it, and hears when it opens.
    async fn in_line(&self, chat: i64, kind: Kind) -> Result<(), Instant> {
        let _first = self.lines[kind as usize].lock().await;
        loop {
            match self.try_pass(chat, kind, Instant::now()) {
                Ok(()) => return Ok(()),
                Err(Closed::Chat(opens)) => return Err(opens),
                Err(Closed::All(opens)) => sleep_until(opens).await,
            }
        }
    }

    /// How many more may go out at this moment, over all.
    pub fn free(&self) -> usize {
        self.lock().free(self.limits.all, Instant::now())
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

    fn try_pass(&self, chat: i64, kind: Kind, now: Instant) -> Result<(), Closed> {
        let mut state = self.lock();
        let opens = state.opens(chat, self.limits.of(chat), now);
        if opens > now {
            return Err(Closed::Chat(opens));
        }
        let opens = self.opens_to(kind, &mut state, now);
        if opens > now {
            return Err(Closed::All(opens));
        }
        state.begin(chat, now);
        if kind == Kind::Edit {
            state.edited = Some(now);
        }
        Ok(())
    }

    /// When what may go out over all has room for this kind.
    fn opens_to(&self, kind: Kind, state: &mut State, now: Instant) -> Instant {
        let all = state.opens_all(self.limits.all, now);
        if kind == Kind::Send {
            return all;
        }
        let beside = state.opens_all(self.limits.beside_sends(), now);
        match state.edited {
            _ if kind == Kind::Strip => beside,
            Some(edited) => beside.min(all.max(edited + EDITS)),
            None => all,
        }
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

async fn sleep_until(opens: Instant) {
    tokio::time::sleep_until(opens.min(Instant::now() + LOOK)).await;
}

#[cfg(test)]
mod tests;
