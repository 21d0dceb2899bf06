//! How many messages the sender takes in hand, and when it looks again.

use std::time::Duration;

use tokio::time::Instant;

use super::{IN_HAND, Round};

/// While Telegram answers nothing, so many find out whether it does again: each costs a claim and a receipt in vain.
const FEELERS: usize = 2;

/// Beyond what may go out at this moment so many messages are made ready for when the limit over all opens, so that none
/// of what Telegram takes is lost by looking for them then. More would go before what is more pressing: whoever is in hand
/// waits in no order.
const AHEAD: usize = 8;

/// So many edits may wait in hand: they must leave room for sends.
const EDITS: usize = IN_HAND / 2;

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
            Some(opens) if opens > Instant::now() + LEAD => 0,
            _ => room.min(self.ahead()),
        }
    }

    /// How many more may be made ready, several at a time. Edits that yield hold no send up.
    fn ahead(&self) -> usize {
        let postman = &self.sender.postman;
        let (called, free) = (postman.limiter.under_way(), postman.limiter.free());
        let ready = self.under_way.len().saturating_sub(called);
        match ready.saturating_sub(postman.edits_waiting()) {
            ready if ready > free + AHEAD / 2 => 0,
            ready => free + AHEAD - ready,
        }
    }

    /// Whether so many edits wait that what is not pressing, and may be one more, is left in the outbox.
    pub fn pressing_only(&self) -> bool {
        self.sender.postman.edits_waiting() >= EDITS
    }

    /// When there may be room again, or the limit opens.
    pub fn opens(&self) -> Option<Instant> {
        let opens = self.sender.postman.limiter.closed_until()?;
        let before = opens.checked_sub(LEAD);
        let before = before.filter(|before| self.ahead() > 0 && *before > Instant::now());
        Some(before.unwrap_or(opens))
    }
}
