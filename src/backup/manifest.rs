//! What a backup consists of; written last, so that one without it is not there.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The form of what is written down here.
pub const FORMAT: u32 = 1;

/// Which database it was taken from, and so where it can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One object of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Within the target.
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

/// What stood in the database at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Names of the migrations that had run.
    pub schema: Vec<String>,
    /// Rows of every table.
    pub counts: BTreeMap<String, i64>,
    /// `NUMBER:HASH`, the end of the chain over the record; nothing when nothing was sealed.
    pub audit_head: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub name: String,
    pub made_at: DateTime<Utc>,
    /// Of GAD.
    pub version: String,
    pub engine: Engine,
    pub census: Census,
    pub database: Part,
    /// The evidence. A file that several backups hold lies in the target once.
    pub files: Vec<Part>,
}

/// The name of a backup made at this moment; in the order of time.
pub fn name(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H%M%SZ").to_string()
}

pub fn manifest_path(name: &str) -> String {
    format!("backups/{name}/manifest.json")
}

/// Where it is noted that a backup was restored on trial.
pub fn verified_path(name: &str) -> String {
    format!("backups/{name}/verified.json")
}

pub fn database_path(name: &str, engine: Engine) -> String {
    let file = match engine {
        Engine::Sqlite => "database.sqlite",
        Engine::Postgres => "database.pgdump",
    };
    format!("backups/{name}/{file}")
}

/// Where a piece of evidence lies.
pub fn file_path(path: &str) -> String {
    format!("files/{path}")
}
