//! Refusals are data; the transports turn them into a sentence or a status code.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{Error as SqlxError, error::DatabaseError},
};
use serde::{Deserialize, Serialize};

use crate::{agent::Need, consent::Purpose, task::Status};

mod fields;

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
        agent: String,
        until: DateTime<Utc>,
    },
    Overlap {
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

/// What PostgreSQL says after `statement_timeout`.
const QUERY_CANCELED: &str = "57014";

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_contended(&error) {
            Self::Contended(error.to_string())
        } else if has_code(&error, &[QUERY_CANCELED]) {
            Self::TooSlow(error.to_string())
        } else if is_away(&error) {
            Self::Away(error.to_string())
        } else if is_exclusion(&error) {
            // The only exclusion of the schema, and the only triggers: two shifts of one agent in the same time.
            Refusal::ShiftOverlap { agent: None }.into()
        } else if is_no_text(&error) {
            Refusal::invalid("text", Problem::Malformed).into()
        } else {
            Self::Database(error)
        }
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

/// Whether the transaction was chosen to yield: serialization failures and deadlocks of PostgreSQL.
fn is_contended(error: &DbErr) -> bool {
    has_code(error, &["40001", "40P01"])
}

/// PostgreSQL's `exclusion_violation`, or what a trigger of SQLite refused (`SQLITE_CONSTRAINT_TRIGGER`).
fn is_exclusion(error: &DbErr) -> bool {
    has_code(error, &["23P01", "1811"])
}

/// PostgreSQL's `character_not_in_repertoire`: it keeps no NUL in a text.
fn is_no_text(error: &DbErr) -> bool {
    has_code(error, &["22021"])
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    of_sqlx(error)
        .and_then(SqlxError::as_database_error)
        .and_then(DatabaseError::code)
        .is_some_and(|code| codes.contains(&&*code))
}

/// Whether the trouble is the connection, a full disk or a lock, and so may pass.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        error => of_sqlx(error).is_some_and(sqlx_is_away),
    }
}

/// Whether another process that opens the same SQLite file holds it: while one changes how the journal is kept, the others are
/// refused at once, whatever their patience (`sqlite3_busy_handler`).
pub(crate) fn is_locked(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code == "5")
}

fn of_sqlx(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            Some(error)
        }
        _ => None,
    }
}

fn sqlx_is_away(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::Tls(_) => true,
        SqlxError::Database(e) => e.code().is_some_and(|code| code_is_passing(&code)),
        _ => false,
    }
}

/// PostgreSQL (five characters): connection 08, resources 53, operator 57, rollback 40, lock 55P03, a transaction that
/// lay idle 25P03.
/// SQLite (a number): busy 5, locked 6, I/O 10, full 13, cannot open 14.
fn code_is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57", "40", "55P03", "25P03"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}
