//! Shifts and leave as they are sent.

use chrono::{DateTime, Utc};
use domain::{
    leave::{Leave, LeaveStatus},
    shift::{Shift, ShiftStatus},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;

words! {
    /// State of an on-duty window.
    ShiftWord as ShiftStatus = ShiftStatus { Planned, Active, Ended }
}

words! {
    /// State of a request for leave.
    LeaveWord as LeaveStatus = LeaveStatus { Requested, Approved, Rejected, Cancelled }
}

/// An on-duty window of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShiftOut {
    pub id: i64,
    pub agent_id: i64,
    pub status: ShiftWord,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub zone: String,
    pub present_at: Option<DateTime<Utc>>,
}

impl From<Shift> for ShiftOut {
    fn from(shift: Shift) -> Self {
        Self {
            id: shift.id,
            agent_id: shift.agent_id,
            status: shift.status.into(),
            starts_at: shift.starts_at,
            ends_at: shift.ends_at,
            zone: shift.zone,
            present_at: shift.present_at,
        }
    }
}

/// Leave of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaveOut {
    pub id: i64,
    pub agent_id: i64,
    pub status: LeaveWord,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<Leave> for LeaveOut {
    fn from(leave: Leave) -> Self {
        Self {
            id: leave.id,
            agent_id: leave.agent_id,
            status: leave.status.into(),
            starts_at: leave.starts_at,
            ends_at: leave.ends_at,
            reason: leave.reason,
            decided_at: leave.decided_at,
        }
    }
}
