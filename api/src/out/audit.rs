//! The record as it is sent.

use chrono::{DateTime, Utc};
use domain::audit::{
    list::Entry,
    verify::{Proof, Why},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{tasks::UserRef, words};

words! {
    /// What happened to an entry: `backdated` is dated long before what was sealed earlier, `replaced` means that the
    /// chain was made anew.
    BreakWord as AuditBreak = Why { Changed, Removed, Inserted, Backdated, Replaced }
}

/// One entry of the record.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditOut {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// Nobody for the system.
    pub user: Option<UserRef>,
    /// Such as `task.created`.
    pub action: String,
    /// `task`, `agent`, `user`, `unit`, `shift`, `leave`, `catalogue` or `login`.
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    /// Through which door it was done: `bot`, `api`, `cli` or `timer`.
    pub channel: String,
    /// What else is recorded: never texts or places.
    #[schema(value_type = Object)]
    pub data: Value,
    /// With `task.assign`: why those in `excused` were put on the task although they are off shift, say that they cannot or
    /// need help. It stands beside the chain and goes when they are erased.
    pub reason: Option<String>,
    /// Its place in the chain; the newest entries are not in it yet.
    pub number: Option<i64>,
    pub hash: Option<String>,
}

impl From<Entry> for AuditOut {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            user: entry.user.map(UserRef::from),
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id,
            channel: entry.channel,
            data: entry.data,
            reason: entry.reason,
            number: entry.number,
            hash: entry.hash,
        }
    }
}

/// Whether the record is what it was.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProofOut {
    pub whole: bool,
    /// Entries in the chain up to its end, or to where it breaks.
    pub sealed: i64,
    /// Entries that are not in the chain yet.
    pub unsealed: u64,
    /// `NUMBER:HASH` of the last whole entry. Noted elsewhere, it shows later whether the whole chain was made anew.
    pub head: String,
    /// The first entry that is not what it was.
    pub broken: Option<BrokenOut>,
}

/// Where the chain breaks.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditBroken)]
pub(crate) struct BrokenOut {
    /// Its place in the chain.
    pub number: i64,
    /// Nothing when it is gone.
    pub id: Option<i64>,
    pub why: BreakWord,
}

impl From<Proof> for ProofOut {
    fn from(proof: Proof) -> Self {
        Self {
            whole: proof.broken.is_none(),
            sealed: proof.head.number,
            unsealed: proof.unsealed,
            head: proof.head.to_string(),
            broken: proof.broken.map(|broken| BrokenOut {
                number: broken.number,
                id: broken.id,
                why: broken.why.into(),
            }),
        }
    }
}
