//! What counts in a span of time.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::Rate;

/// Calls over all chats. Telegram counts one when it arrives, somewhere between its leaving and its answer: it counts here
/// from the one until a span after the other, so that Telegram never counts more in a span than was let pass, however
/// long calls take on their way.
#[derive(Default)]
pub(super) struct Calls {
    pub under_way: usize,
    /// When those that are over were answered.
    over: VecDeque<Instant>,
}

impl Calls {
    /// The moment at which one more may pass, or before which it cannot.
    pub fn opens(&mut self, rate: Rate, now: Instant) -> Instant {
        let most = rate.most.max(1) as usize;
        let excess = self.counted(rate, now).checked_sub(most);
        // One that is under way is over from now on at the earliest.
        excess.map_or(now, |last| *self.over.get(last).unwrap_or(&now) + rate.span)
    }

    /// How many more may pass now.
    pub fn free(&mut self, rate: Rate, now: Instant) -> usize {
        (rate.most.max(1) as usize).saturating_sub(self.counted(rate, now))
    }

    fn counted(&mut self, rate: Rate, now: Instant) -> usize {
        let expired = |then: &Instant| now.duration_since(*then) >= rate.span;
        while self.over.front().is_some_and(expired) {
            self.over.pop_front();
        }
        self.under_way + self.over.len()
    }

    pub fn end(&mut self, at: Instant) {
        self.under_way = self.under_way.saturating_sub(1);
        self.over.push_back(at);
    }
}

/// Calls to one chat.
#[derive(Default)]
pub(super) struct Window(pub VecDeque<Instant>);

impl Window {
    /// The moment at which one more may pass.
    pub fn opens(&mut self, rate: Rate, now: Instant) -> Instant {
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
