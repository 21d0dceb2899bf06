//! Whoever is asked again because what he said held only for a while.

use chrono::{DateTime, Utc};

use super::RecipientState;

/// When somebody said what holds no more, and when he was asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anew {
    pub answered_at: DateTime<Utc>,
    pub asked_at: DateTime<Utc>,
}

impl Anew {
    /// Whoever has answered and stands there without an answer was asked again.
    pub(super) fn of(
        state: RecipientState,
        since: DateTime<Utc>,
        answered_at: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let answered_at = answered_at.filter(|_| state == RecipientState::Sent)?;
        Some(Self {
            answered_at,
            asked_at: since,
        })
    }
}
