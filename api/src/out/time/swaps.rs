//! Exchanges of shifts.

use chrono::{DateTime, Utc};
use domain::swap::{Swap, SwapStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::ShiftOut;
use crate::out::words;

words! {
    /// How far an exchange of shifts has come.
    SwapWord as SwapStatus = SwapStatus { Proposed, Accepted, Approved, Declined, Rejected, Cancelled }
}

/// An exchange of shifts between two agents.
#[derive(Serialize, ToSchema)]
pub(crate) struct SwapOut {
    pub id: i64,
    pub status: SwapWord,
    pub from_agent_id: i64,
    pub from_name: String,
    pub to_agent_id: i64,
    pub to_name: String,
    /// Absent when it has been removed since.
    pub shift: Option<ShiftOut>,
    /// What the other gives in return, if anything.
    pub other_shift: Option<ShiftOut>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
}

impl From<Swap> for SwapOut {
    fn from(swap: Swap) -> Self {
        Self {
            id: swap.id,
            status: swap.status.into(),
            from_agent_id: swap.from_agent_id,
            from_name: swap.from,
            to_agent_id: swap.to_agent_id,
            to_name: swap.to,
            shift: swap.shift.map(ShiftOut::from),
            other_shift: swap.other_shift.map(ShiftOut::from),
            reason: swap.reason,
            decided_at: swap.decided_at,
            decided_reason: swap.decided_reason,
        }
    }
}
