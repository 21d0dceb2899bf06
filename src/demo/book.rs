//! demo.json: where the demo is and how to get in.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What a visitor, or a program, needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Book {
    pub base_url: String,
    pub phone_url: String,
    pub users: Vec<Login>,
    pub agents: Vec<Agent>,
    pub newcomer: Newcomer,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    pub username: String,
    pub password: String,
    pub level: i16,
    pub permissions: Vec<String>,
    pub name: String,
    pub telegram_id: Option<i64>,
}

/// An agent who is on Telegram.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agent {
    pub agent_id: i64,
    pub name: String,
    pub telegram_id: i64,
}

/// Somebody to try the enrolment with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Newcomer {
    pub user_id: i64,
    pub name: String,
    pub telegram_id: i64,
    /// To be opened as this person; absent once enrolled.
    pub invite_url: Option<String>,
}

impl Book {
    /// The book of an earlier start, if it got that far.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(path)?;
        serde_json::from_str(&text)
            .map(Some)
            .with_context(|| format!("{} is damaged: remove its folder", path.display()))
    }

    /// Written beside its place and renamed; passwords are for its owner.
    pub fn write(&self, path: &Path) -> Result<()> {
        let beside = path.with_extension("json.new");
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        fs::rename(&beside, path).with_context(|| format!("{} cannot be written", path.display()))
    }
}
