//! Since when Telegram has left the calls of the sender without an answer. A 429 and a refusal are answers, a wait for our own
//! limits is no call: neither a backlog that drains nor a chat that has to wait is an outage.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Store;

use crate::errors::{CallError, Verdict};

/// So long without any answer means that Telegram is away.
const AGEING: TimeDelta = TimeDelta::seconds(5);

/// What the calls of one sender have met with.
pub(crate) struct Pulse {
    store: Store,
    beat: Mutex<Beat>,
}

#[derive(Default)]
struct Beat {
    /// Calls under way.
    calls: u32,
    /// Since when at least one call, or message that has to be tried again, goes without an answer.
    since: Option<DateTime<Utc>>,
}

impl Beat {
    fn asked(&mut self, now: DateTime<Utc>) {
        self.calls += 1;
        self.since.get_or_insert(now);
    }

    /// Those still under way wait from this sign of life on.
    fn over(&mut self, answered: bool, now: DateTime<Utc>) {
        self.calls = self.calls.saturating_sub(1);
        if answered {
            self.since = (self.calls > 0).then_some(now);
        }
    }
}

impl Pulse {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            beat: Mutex::default(),
        }
    }

    /// Makes a call and takes note of whether it is answered.
    pub async fn of<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let mut under_way = UnderWay::begin(self);
        let said = call.await;
        under_way.answered = said.as_ref().map_or_else(is_answer, |_| true);
        said
    }

    /// Since when nothing has been answered, once that is so long that Telegram is away.
    pub fn silent_since(&self) -> Option<DateTime<Utc>> {
        let limit = self.store.now() - AGEING;
        self.beat().since.filter(|since| *since <= limit)
    }

    /// Begins anew with what the sender before has found; `None`: nothing is known against Telegram.
    pub fn begin(&self, since: Option<DateTime<Utc>>) {
        let mut beat = self.beat();
        // Its own calls have ended by now, or are those of another sender.
        *beat = Beat { calls: 0, since };
    }

    fn beat(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call under way; dropped before its time it was not answered.
struct UnderWay<'a> {
    pulse: &'a Pulse,
    answered: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(pulse: &'a Pulse) -> Self {
        pulse.beat().asked(pulse.store.now());
        Self {
            pulse,
            answered: false,
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let now = self.pulse.store.now();
        self.pulse.beat().over(self.answered, now);
    }
}

/// Whether Telegram does its work, whatever it says.
fn is_answer(error: &CallError) -> bool {
    !matches!(
        error.verdict(),
        Verdict::Away | Verdict::Token | Verdict::Conflict
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn an_answer_to_anybody_is_a_sign_of_life() {
        let mut beat = Beat::default();
        beat.asked(at(1));
        beat.asked(at(2));
        assert_eq!(beat.since, Some(at(1)));
        beat.over(true, at(6));
        assert_eq!(beat.since, Some(at(6)));
        beat.over(true, at(7));
        assert_eq!(beat.since, None);
    }

    #[test]
    fn what_has_to_be_tried_again_goes_on_waiting() {
        let mut beat = Beat::default();
        beat.asked(at(1));
        beat.over(false, at(2));
        assert_eq!((beat.calls, beat.since), (0, Some(at(1))));
        beat.asked(at(9));
        beat.over(false, at(9));
        assert_eq!(beat.since, Some(at(1)));
        beat.asked(at(20));
        beat.over(true, at(20));
        assert_eq!(beat.since, None);
    }

    #[test]
    fn to_be_told_to_wait_is_an_answer() {
        let said = |code| CallError::Refused {
            code,
            description: String::new(),
            retry_after: None,
            migrate_to: None,
        };
        let answers = [429, 400, 403, 500, 502, 401].map(|code| is_answer(&said(code)));
        assert_eq!(answers, [true, true, true, false, false, false]);
        assert!(!is_answer(&CallError::Unclear(String::new())));
    }
}
