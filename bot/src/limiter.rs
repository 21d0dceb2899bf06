//! Telegram's sending limits, kept on our side: over all chats, per person, per group; and the waits Telegram imposes.

mod spans;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::outbox::Legacy;
use tokio::time::Instant;

use spans::{Calls, Window};

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

/// So many calls told to wait in a row, and none taken between, mean that the whole bot has to.
const IN_A_ROW: u32 = 8;

/// How long it waits then, doubled each time up to what Telegram asked for: that many chats are told to wait at once
/// happens too, and the others must not wait for them.
const BREATH: Duration = Duration::from_millis(250);

/// Longer than anybody waits for his turn.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long what left a process that is gone may be on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Says who may send when.
pub(crate) struct Limiter {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: Calls,
    chats: HashMap<i64, Window>,
    gates: HashMap<i64, Gate>,
    gate: Option<Instant>,
    /// Calls told to wait since one was taken, without those that were under way when everything was closed.
    refused: u32,
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
        let here = Instant::now();
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
        let mut state = State::default();
        for (chat, at) in calls {
            state.note(chat, at);
        }
        let waits = legacy.waits.iter().map(|(chat, until)| {
            let wait = (*until - now).to_std().unwrap_or_default();
            (*chat, Gate::shut(here, wait))
        });
        state.gates.extend(waits);
        let forgotten = legacy
            .until
            .map(|until| until + self.limits.all.span + ON_ITS_WAY);
        let left = forgotten.and_then(|at| (at - now).to_std().ok());
        state.gate = left.map(|left| here + left);
        *self.lock() = state;
    }

    /// Nobody passes any more until [`Limiter::inherit`]: whoever sends now is another.
    pub fn end_term(&self) {
        self.gate_all(FOR_EVER);
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
        state.begin(chat, now);
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

    /// Telegram told this chat to wait; when it says so to everything it is asked, all wait.
    pub fn gate(&self, chat: i64, wait: Duration) {
        self.refused(chat, wait, Instant::now());
    }

    fn refused(&self, chat: i64, wait: Duration, now: Instant) {
        let mut state = self.lock();
        state.gates.insert(chat, Gate::shut(now, wait));
        if state.gate.is_some_and(|gate| gate > now) {
            return;
        }
        state.refused += 1;
        if state.refused.is_multiple_of(IN_A_ROW) {
            let pause = BREATH * (1 << (state.refused / IN_A_ROW - 1).min(10));
            state.gate = Some(now + pause.min(wait));
        }
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

    /// The chats in which messages gathered while they had to wait: as long again they stand behind the others, whom
    /// all of it at once would hold up.
    pub fn behind(&self) -> Vec<i64> {
        let now = Instant::now();
        let state = self.lock();
        let open = state.gates.iter().filter(|(_, gate)| gate.opens <= now);
        open.map(|(chat, _)| *chat).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, chat: i64, at: Instant) {
        self.all.under_way += 1;
        self.chats.entry(chat).or_default().0.push_back(at);
    }

    /// The last call to this chat is over: Telegram counts it at its arrival, which was not later.
    fn end(&mut self, chat: i64, at: Instant) {
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

    fn opens_all(&mut self, rate: Rate, now: Instant) -> Instant {
        self.all.opens(rate, now).max(self.gate.unwrap_or(now))
    }

    fn opens(&mut self, chat: i64, rate: Rate, now: Instant) -> Instant {
        let window = self
            .chats
            .get_mut(&chat)
            .map_or(now, |window| window.opens(rate, now));
        window.max(self.gates.get(&chat).map_or(now, |gate| gate.opens))
    }

    /// Drops what no longer matters.
    fn forget(&mut self, limits: Limits, now: Instant) {
        self.gates.retain(|_, gate| gate.over() > now);
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn limiter() -> (Limiter, Instant) {
        (Limiter::new(Limits::default()), Instant::now())
    }

    /// Lets a call pass that is answered at once.
    fn pass(limiter: &Limiter, chat: i64, kind: Kind, now: Instant) -> bool {
        let passes = limiter.try_pass(chat, kind, now, now).is_ok();
        if passes {
            limiter.lock().end(chat, now);
        }
        passes
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
        assert_eq!(edits, 22);
        let sends = (40..80)
            .filter(|chat| pass(&limiter, *chat, Kind::Send, start))
            .count();
        assert_eq!(sends, 7);
        let late = start + YIELDS;
        assert!(limiter.try_pass(90, Kind::Edit, start, late).is_ok());
    }

    #[test]
    fn a_chat_that_had_to_wait_stands_behind_the_others_for_as_long_again() {
        let (limiter, start) = limiter();
        let Some(before) = start.checked_sub(Duration::from_secs(10)) else {
            return;
        };
        limiter.refused(7, Duration::from_secs(4), before);
        limiter.refused(8, Duration::from_secs(8), before);
        limiter.refused(9, Duration::from_secs(30), before);
        let closed = limiter.closed().0;
        assert_eq!((closed, limiter.behind()), (vec![9], vec![8]));
    }

    #[test]
    fn a_call_counts_until_a_second_after_its_answer() {
        let (limiter, start) = limiter();
        let at = |millis| start + Duration::from_millis(millis);
        let tries = |now| limiter.try_pass(99, Kind::Send, now, now);
        for chat in 0..29 {
            assert_eq!(limiter.try_pass(chat, Kind::Send, start, start), Ok(()));
        }
        // Nobody knows when the first of them will be answered.
        assert_eq!(tries(at(2_000)), Err(at(3_000)));
        limiter.lock().end(0, at(2_100));
        assert_eq!(tries(at(2_200)), Err(at(3_100)));
        assert_eq!(tries(at(3_100)), Ok(()));
        assert_eq!(limiter.under_way(), 29);
    }

    proptest! {
        #[test]
        fn telegram_never_counts_too_many_however_long_calls_take(
            ways in prop::collection::vec((0..400_u64, 0..400_u64), 40..160),
        ) {
            let (limiter, start) = limiter();
            let at = |millis| start + Duration::from_millis(millis);
            let (mut now, mut arrivals, mut answers) = (0, Vec::new(), BTreeSet::new());
            for (chat, (there, back)) in (0..).zip(ways) {
                loop {
                    while let Some((answered, other)) = answers.first().copied().filter(|(answered, _)| *answered <= now) {
                        limiter.lock().end(other, at(answered));
                        answers.remove(&(answered, other));
                    }
                    if limiter.try_pass(chat, Kind::Send, at(now), at(now)).is_ok() {
                        break;
                    }
                    now += 1;
                }
                arrivals.push(now + there);
                answers.insert((now + there + back, chat));
            }
            arrivals.sort_unstable();
            let most = limiter.limits.all.most as usize;
            let spans = arrivals.iter().zip(arrivals.iter().skip(most));
            for (first, one_too_many) in spans {
                prop_assert!(one_too_many - first >= 1_000, "{arrivals:?}");
            }
        }
    }

    #[test]
    fn what_the_sender_before_sent_is_counted() {
        let (limiter, start) = limiter();
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let ago = |seconds| now - chrono::TimeDelta::seconds(seconds);
        limiter.inherit(
            &Legacy {
                under_way: vec![7],
                sent: [vec![(7, ago(1)); 2], vec![(-5, ago(50)); 18]].concat(),
                waits: vec![(9, ago(-4))],
                until: Some(ago(2)),
            },
            now,
        );
        let later = |seconds| start + Duration::from_secs(seconds);
        let opens = |chat, at| pass(&limiter, chat, Kind::Send, at);
        assert_eq!(
            [7, 8, 9, -5].map(|chat| opens(chat, later(1))),
            [false, true, false, false]
        );
        assert_eq!(
            [7, 9, -5].map(|chat| opens(chat, later(5))),
            [true, true, false]
        );
        assert!(opens(-5, later(11)));
    }

    #[test]
    fn what_nobody_wrote_down_is_forgotten_by_telegram_before_anything_leaves() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        // Milliseconds since the sender before may have been at work, and until the first call may leave.
        for (since, opens) in [(0, 1_500), (400, 1_100), (1_500, 0), (60_000, 0)] {
            let (limiter, start) = limiter();
            let legacy = Legacy {
                until: Some(now - chrono::TimeDelta::milliseconds(since)),
                ..Legacy::default()
            };
            limiter.inherit(&legacy, now);
            let done = Instant::now();
            let at = |from: Instant, millis| from + Duration::from_millis(millis);
            if opens > 0 {
                assert!(
                    !pass(&limiter, 7, Kind::Send, at(start, opens - 1)),
                    "{since}"
                );
            }
            assert!(pass(&limiter, 7, Kind::Send, at(done, opens)), "{since}");
        }
    }

    #[test]
    fn whoever_waits_on_the_side_when_a_term_ends_does_not_pass_before_the_next() {
        let (limiter, start) = limiter();
        limiter.end_term();
        assert!(!pass(
            &limiter,
            7,
            Kind::Edit,
            start + Duration::from_secs(60)
        ));
        limiter.inherit(&Legacy::default(), DateTime::UNIX_EPOCH);
        assert!(pass(&limiter, 7, Kind::Edit, Instant::now()));
    }

    #[test]
    fn a_wait_closes_its_chat_only() {
        let (limiter, start) = limiter();
        for chat in 1..=50 {
            limiter.gate(chat, Duration::from_secs(9));
            limiter.taken();
        }
        assert!(!pass(&limiter, 1, Kind::Send, start));
        assert!(pass(&limiter, 51, Kind::Send, start));
        assert_eq!(limiter.closed().0.len(), 50);
        assert_eq!(limiter.closed_until(), None);
    }

    #[test]
    fn when_nothing_is_taken_all_wait_longer_and_longer() {
        let (limiter, start) = limiter();
        let at = |millis| start + Duration::from_millis(millis);
        let refuse = |chats: std::ops::Range<i64>, now| {
            for chat in chats {
                limiter.refused(chat, Duration::from_secs(9), now);
            }
        };
        // Those under way at the end of the row are no new row.
        refuse(0..30, at(0));
        assert!(!pass(&limiter, 99, Kind::Send, at(249)));
        assert!(pass(&limiter, 99, Kind::Send, at(250)));
        refuse(30..38, at(300));
        assert!(!pass(&limiter, 98, Kind::Send, at(799)));
        assert!(pass(&limiter, 98, Kind::Send, at(800)));
        limiter.taken();
        refuse(40..47, at(900));
        assert!(pass(&limiter, 97, Kind::Send, at(900)));
    }
}
