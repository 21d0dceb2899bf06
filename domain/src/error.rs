//! Refusals are data; the transports turn them into a sentence or a status code.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::{agent::Need, consent::Purpose, task::Status};

mod database;
mod fields;

pub(crate) use database::is_locked;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no; nothing was changed.
    #[error("refused: {0:?}")]
    Refused(Box<Refusal>),
    /// The database did not answer or not in time; nothing was changed.
    #[error("the database is away: {0}")]
    Away(String),
    /// The database gave a statement up after the time it is given; nothing was changed. What always takes so long must
    /// not be tried for ever.
    #[error("the database takes too long: {0}")]
    TooSlow(String),
    /// Two transactions stood in each other's way, and this one had to yield; nothing was changed.
    #[error("another transaction stood in the way: {0}")]
    Contended(String),
    /// A statement failed: a defect of ours.
    #[error("the database refused a statement: {0}")]
    Database(DbErr),
    /// Stored data cannot be read: a defect of ours.
    #[error("stored data cannot be read: {0}")]
    Data(String),
}

impl Error {
    /// The refusal, when it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// A rule that stood in the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum Refusal {
    /// The actor's level, scope or permission does not cover it.
    NotAllowed,
    /// It does not exist, or the actor may not see it.
    NotFound {
        what: Thing,
    },
    /// Only the lead, or a supervisor with a reason, completes.
    NotLead {
        lead: Option<String>,
    },
    AlreadyCompleted {
        by: Option<String>,
        at: DateTime<Utc>,
    },
    WrongStatus {
        status: Status,
    },
    /// A supervisor who forces a completion, a pause or a cancellation says why.
    NeedsReason,
    /// Soft conflicts: repeat with a reason.
    Soft {
        conflicts: Vec<SoftConflict>,
    },
    OnLeave {
        #[serde(default)]
        agent_id: Option<i64>,
        agent: String,
        until: DateTime<Utc>,
    },
    Overlap {
        #[serde(default)]
        agent_id: Option<i64>,
        agent: String,
        code: String,
    },
    /// An agent asked for leave in the same time before.
    LeaveOverlap {
        agent: String,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    },
    /// A task starts with a lead who is linked to Telegram.
    NoLinkedLead,
    /// The agent is not, or no longer, on the task.
    NotAssigned,
    TimeOrder,
    UndoOver,
    Inactive,
    AgentInactive {
        agent: String,
    },
    TooMany {
        limit: u32,
    },
    /// So many of his reports are being made already.
    TooManyReports {
        limit: u32,
    },
    /// A report is longer than its format takes.
    TooManyRows {
        limit: u32,
    },
    /// More answers are wanted than people whom it reaches.
    QuorumTooLarge {
        recipients: u64,
    },
    Invalid {
        errors: Vec<Invalid>,
    },
    /// Another row has this value already.
    Taken {
        field: String,
    },
    Stale {
        version: i32,
    },
    Link {
        problem: LinkProblem,
    },
    BadCredentials,
    Locked {
        until: DateTime<Utc>,
    },
    /// An agent has another shift in the same time.
    ShiftOverlap {
        #[serde(default)]
        agent_id: Option<i64>,
        agent: Option<String>,
    },
    /// Some of the shifts to be planned cannot be.
    ShiftClashes {
        clashes: Vec<Clash>,
    },
    /// It is too early for it; with `until`, too late.
    NotNow {
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    },
    /// It was decided, ended or withdrawn before.
    Settled {
        what: Thing,
    },
    /// The time in which a call for help can be taken back is over.
    WithdrawOver,
    /// It is over already.
    Ended,
    /// Somebody else has to confirm it.
    NeedsAnother,
    /// A call for help is raised, so that somebody is looked for; it is not created like other work.
    RaisedOnly,
    /// A position came neither on shift nor on a task.
    PositionUnwanted,
    /// He took his consent to it back.
    NoConsent {
        purpose: Purpose,
    },
    /// Somebody still has open tasks (some of their codes), shifts that are not over, or calls for help.
    OpenWork {
        codes: Vec<String>,
        shifts: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    Task,
    Agent,
    User,
    Unit,
    Kind,
    Session,
    Attachment,
    Shift,
    Leave,
    Swap,
    Calendar,
    Emergency,
    Broadcast,
    Drill,
}

/// An agent who is put on the task only for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftConflict {
    pub agent_id: i64,
    pub agent: String,
    #[serde(default)]
    pub because: SoftKind,
}

/// What speaks against an agent without keeping him from the task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoftKind {
    /// He is outside any shift when it begins.
    #[default]
    OffShift,
    /// He says that he cannot.
    Unavailable {
        reason: Option<String>,
        until: Option<DateTime<Utc>>,
    },
    /// He needs help himself.
    Needs(Need),
}

/// A shift that cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    pub agent_id: i64,
    pub agent: String,
    /// The local day on which it would begin.
    pub day: NaiveDate,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub because: ClashKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClashKind {
    /// Another shift, planned before or in the same lot.
    Shift,
    /// Approved leave.
    Leave,
    /// The clocks go forward over it: nothing is left of it.
    Gap,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid {
    pub field: String,
    pub problem: Problem,
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    Required,
    TooShort,
    TooLong,
    OutOfRange,
    Unknown,
    Malformed,
    TooCommon,
    InThePast,
    /// It is somebody else's already.
    Taken,
    /// The end lies before the start.
    Order,
    /// Only agents bear one.
    AgentsOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkProblem {
    Unknown,
    Used,
    Expired,
    /// This Telegram account belongs to another user already.
    OtherUser,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Data(error.to_string())
    }
}

impl Refusal {
    /// A refusal over one field.
    pub fn invalid(field: &str, problem: Problem) -> Self {
        Self::Invalid {
            errors: vec![Invalid {
                field: field.into(),
                problem,
            }],
        }
    }

    pub fn missing(what: Thing) -> Self {
        Self::NotFound { what }
    }
}
