//! How many messages the sender takes in hand, and when it looks again.

use std::time::Duration;

use tokio::time::Instant;

use super::{IN_HAND, Round};

/// While Telegram answers nothing, so many find out whether it does again: each costs a claim and a receipt in vain.
const FEELERS: usize = 2;

/// While the limit over all is reached, so many messages are made ready for the moment at which it opens, so that none of
/// what Telegram takes is lost by looking for them then. More would go before what is more pressing.
const AHEAD: usize = 8;

/// How long before that moment.
const LEAD: Duration = Duration::from_millis(100);

impl Round<'_> {
    /// How many messages may be taken now.
    pub fn room(&self) -> usize {
        let most = if self.sender.postman.is_alone() {
            FEELERS
        } else {
            IN_HAND
        };
        let room = most.saturating_sub(self.under_way.len());
        match self.sender.postman.limiter.closed_until() {
            None => room,
            Some(opens) if opens > Instant::now() + LEAD => 0,
            Some(_) => room.min(self.ahead()),
        }
    }

    /// How many more may be made ready, several at a time.
    fn ahead(&self) -> usize {
        let called = self.sender.postman.limiter.under_way();
        match self.under_way.len().saturating_sub(called) {
            ready if ready > AHEAD / 2 => 0,
            ready => AHEAD - ready,
        }
    }

    /// When there may be room again, or the limit opens.
    pub fn opens(&self) -> Option<Instant> {
        let opens = self.sender.postman.limiter.closed_until()?;
        let before = opens.checked_sub(LEAD);
        let before = before.filter(|before| self.ahead() > 0 && *before > Instant::now());
        Some(before.unwrap_or(opens))
    }
}
