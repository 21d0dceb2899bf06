//! Telegram's sending limits, kept on our side: over all chats, per person, per group; and the waits Telegram imposes.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

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
            all: Rate {
                most: 28,
                // What leaves within a second may arrive within less.
                span: Duration::from_millis(1050),
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

/// So many chats told to wait at once mean that the whole bot has to.
const MANY: usize = 3;

/// Says who may send when.
pub(crate) struct Limiter {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: Window,
    chats: HashMap<i64, Window>,
    gates: HashMap<i64, Instant>,
    gate: Option<Instant>,
}

#[derive(Default)]
struct Window(VecDeque<Instant>);

impl Window {
    /// The moment at which one more may pass.
    fn opens(&mut self, rate: Rate, now: Instant) -> Instant {
        while self
            .0
            .front()
            .is_some_and(|then| now.duration_since(*then) >= rate.span)
        {
            self.0.pop_front();
        }
        let over = self.0.len().checked_sub(rate.most.max(1) as usize);
        over.map_or(now, |over| self.0[over] + rate.span)
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
    pub async fn pass(&self, chat: i64, kind: Kind) {
        let asked = Instant::now();
        while let Err(opens) = self.try_pass(chat, kind, asked, Instant::now()) {
            tokio::time::sleep_until(opens).await;
        }
    }

    /// The last call to this chat is over: Telegram counts it at its arrival, which was not later.
    pub fn arrived(&self, chat: i64) {
        let mut state = self.lock();
        if let Some(last) = state
            .chats
            .get_mut(&chat)
            .and_then(|window| window.0.back_mut())
        {
            *last = Instant::now();
        }
    }

    /// Counts a call that does not wait.
    pub fn note(&self, chat: i64) {
        let now = Instant::now();
        let mut state = self.lock();
        state.all.0.push_back(now);
        state.chats.entry(chat).or_default().0.push_back(now);
    }

    fn try_pass(&self, chat: i64, kind: Kind, asked: Instant, now: Instant) -> Result<(), Instant> {
        let yields = kind == Kind::Edit && now < asked + YIELDS;
        let mut state = self.lock();
        let opens =
            state
                .opens_all(self.overall(yields), now)
                .max(state.opens(chat, self.rate(chat), now));
        if opens > now {
            return Err(opens);
        }
        state.all.0.push_back(now);
        state.chats.entry(chat).or_default().0.push_back(now);
        Ok(())
    }

    fn overall(&self, yields: bool) -> Rate {
        let kept = if yields {
            self.limits.all.most / KEPT_FOR_SENDS
        } else {
            0
        };
        Rate {
            most: self.limits.all.most - kept,
            ..self.limits.all
        }
    }

    fn rate(&self, chat: i64) -> Rate {
        if chat < 0 {
            self.limits.group
        } else {
            self.limits.person
        }
    }

    /// Telegram told this chat to wait; when it tells many, all wait.
    pub fn gate(&self, chat: i64, wait: Duration) {
        let now = Instant::now();
        let mut state = self.lock();
        state.gates.insert(chat, now + wait);
        let told: Vec<Instant> = state
            .gates
            .values()
            .copied()
            .filter(|until| *until > now)
            .collect();
        if told.len() >= MANY {
            state.gate = told.into_iter().max();
        }
    }

    /// Nothing goes out for this long.
    pub fn gate_all(&self, wait: Duration) {
        self.lock().gate = Some(Instant::now() + wait);
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
        let mut state = self.lock();
        state.forget(self.limits, now);
        let chats: Vec<i64> = state
            .chats
            .keys()
            .chain(state.gates.keys())
            .copied()
            .collect();
        let closed: Vec<(i64, Instant)> = chats
            .into_iter()
            .map(|chat| (chat, state.opens(chat, self.rate(chat), now)))
            .filter(|(_, opens)| *opens > now)
            .collect();
        (
            closed.iter().map(|(chat, _)| *chat).collect(),
            closed.iter().map(|(_, opens)| *opens).min(),
        )
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn opens_all(&mut self, rate: Rate, now: Instant) -> Instant {
        self.all.opens(rate, now).max(self.gate.unwrap_or(now))
    }

    fn opens(&mut self, chat: i64, rate: Rate, now: Instant) -> Instant {
        let window = self
            .chats
            .get_mut(&chat)
            .map_or(now, |window| window.opens(rate, now));
        window.max(self.gates.get(&chat).copied().unwrap_or(now))
    }

    /// Drops what no longer matters.
    fn forget(&mut self, limits: Limits, now: Instant) {
        self.gates.retain(|_, until| *until > now);
        self.chats.retain(|chat, window| {
            let span = if *chat < 0 {
                limits.group.span
            } else {
                limits.person.span
            };
            window
                .0
                .back()
                .is_some_and(|last| now.duration_since(*last) < span)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> (Limiter, Instant) {
        (Limiter::new(Limits::default()), Instant::now())
    }

    fn pass(limiter: &Limiter, chat: i64, kind: Kind, now: Instant) -> bool {
        limiter.try_pass(chat, kind, now, now).is_ok()
    }

    #[test]
    fn a_person_takes_a_burst_and_then_one_per_second_on_average() {
        let (limiter, start) = limiter();
        let at = |seconds| start + Duration::from_secs(seconds);
        let sent = |second| {
            (0..9)
                .filter(|_| pass(&limiter, 7, Kind::Send, at(second)))
                .count()
        };
        assert_eq!([0, 1, 2, 3, 4, 6].map(sent), [3, 0, 0, 3, 0, 3]);
        assert!(pass(
            &limiter,
            8,
            Kind::Send,
            start + Duration::from_secs(11)
        ));
    }

    #[test]
    fn a_group_takes_18_a_minute() {
        let (limiter, start) = limiter();
        let sent = (0..60)
            .filter(|second| {
                pass(
                    &limiter,
                    -5,
                    Kind::Send,
                    start + Duration::from_secs(*second),
                )
            })
            .count();
        assert_eq!(sent, 18);
        assert!(pass(
            &limiter,
            -5,
            Kind::Send,
            start + Duration::from_secs(60)
        ));
    }

    #[test]
    fn edits_leave_room_for_sends_over_all() {
        let (limiter, start) = limiter();
        let edits = (0..40)
            .filter(|chat| pass(&limiter, *chat, Kind::Edit, start))
            .count();
        assert_eq!(edits, 21);
        let sends = (40..80)
            .filter(|chat| pass(&limiter, *chat, Kind::Send, start))
            .count();
        assert_eq!(sends, 7);
        let late = start + YIELDS;
        assert!(limiter.try_pass(90, Kind::Edit, start, late).is_ok());
    }

    #[test]
    fn a_wait_closes_one_chat_and_many_close_all() {
        let (limiter, start) = limiter();
        limiter.gate(1, Duration::from_secs(9));
        assert!(!pass(&limiter, 1, Kind::Send, start));
        assert!(pass(&limiter, 2, Kind::Send, start));
        assert_eq!(limiter.closed().0, [1]);
        limiter.gate(3, Duration::from_secs(9));
        limiter.gate(4, Duration::from_secs(9));
        assert!(!pass(&limiter, 2, Kind::Send, start));
        assert!(limiter.closed_until().is_some());
    }
}
