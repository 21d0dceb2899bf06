//! Leave, and the tasks that it breaks.

use chrono::{DateTime, Utc};
use domain::leave::{Broken, Leave, LeaveStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::out::{
    TaskStatus,
    evidence::{AttachmentOut, files},
    words,
};

words! {
    /// State of a request for leave.
    LeaveWord as LeaveStatus = LeaveStatus { Requested, Approved, Rejected, Cancelled }
}

/// Leave of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaveOut {
    pub id: i64,
    pub agent_id: i64,
    pub name: String,
    pub status: LeaveWord,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
    /// Certificates.
    pub attachments: Vec<AttachmentOut>,
}

impl From<Leave> for LeaveOut {
    fn from(leave: Leave) -> Self {
        Self {
            id: leave.id,
            agent_id: leave.agent_id,
            name: leave.agent,
            status: leave.status.into(),
            starts_at: leave.starts_at,
            ends_at: leave.ends_at,
            reason: leave.reason,
            decided_by: leave.decided_by,
            decided_at: leave.decided_at,
            decided_reason: leave.decided_reason,
            attachments: files(leave.attachments),
        }
    }
}

/// A task whose person would be away. Another one takes over by `PUT /tasks/{id}/assignments`.
#[derive(Serialize, ToSchema)]
pub(crate) struct BrokenOut {
    pub task_id: i64,
    pub code: String,
    pub title: String,
    pub status: TaskStatus,
    pub planned_start: Option<DateTime<Utc>>,
    /// Whether it would be without its lead.
    pub lead: bool,
}

impl From<Broken> for BrokenOut {
    fn from(task: Broken) -> Self {
        Self {
            task_id: task.task_id,
            code: task.code,
            title: task.title,
            status: task.status.into(),
            planned_start: task.planned_start,
            lead: task.lead,
        }
    }
}

/// Leave with the tasks that it breaks.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaveDetail {
    #[serde(flatten)]
    pub leave: LeaveOut,
    pub breaks: Vec<BrokenOut>,
}

impl LeaveDetail {
    pub fn of(leave: Leave, broken: Vec<Broken>) -> Self {
        Self {
            leave: leave.into(),
            breaks: broken.into_iter().map(BrokenOut::from).collect(),
        }
    }
}
