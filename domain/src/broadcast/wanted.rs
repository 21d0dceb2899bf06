//! A message to many as somebody wants it: what goes with it, and whose answers are awaited.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{Refusal, Result, attachment::NewFile, geo::Point};

/// A message to many.
#[derive(Clone, Debug, Default)]
pub struct NewBroadcast {
    /// The code of a protocol; its template is the text, or is filled with it.
    pub protocol: Option<String>,
    pub text: Option<String>,
    pub audience: Audience,
    pub drill: bool,
    pub ack: AckMode,
    pub expires_at: Option<DateTime<Utc>>,
    /// What was typed to confirm a protocol that wants it.
    pub confirm_word: Option<String>,
    pub place: Option<Point>,
    pub media: Option<Attached>,
    /// A file that Telegram does not have yet.
    pub file: Option<NewFile>,
}

/// A file that Telegram has already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "file_id")]
pub enum Attached {
    Photo(String),
    Video(String),
    Voice(String),
    Document(String),
    Audio(String),
    /// A round video.
    Round(String),
    /// A GIF, or a film without sound.
    Animation(String),
}

impl Attached {
    /// What Telegram calls it.
    pub fn id(&self) -> &str {
        match self {
            Self::Photo(id)
            | Self::Video(id)
            | Self::Voice(id)
            | Self::Document(id)
            | Self::Audio(id)
            | Self::Round(id)
            | Self::Animation(id) => id,
        }
    }
}

/// Whose answers are awaited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AckMode {
    /// Those of everybody: as nobody answers for the others, what somebody said does not expire.
    #[default]
    All,
    /// One answer does.
    First,
    Quorum(u32),
}

impl AckMode {
    /// Refuses to wait for more answers than people can give whom it reaches.
    pub(super) fn check(self, reached: usize) -> Result<(), Refusal> {
        let recipients = reached as u64;
        match self {
            Self::Quorum(n) if n > 1 && u64::from(n) > recipients => {
                Err(Refusal::QuorumTooLarge { recipients })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn quorum(self) -> Option<i32> {
        match self {
            Self::All => None,
            Self::First => Some(1),
            Self::Quorum(n) => Some(n as i32),
        }
    }

    pub(super) fn of(quorum: Option<i32>) -> Self {
        match quorum {
            None => Self::All,
            Some(1) => Self::First,
            Some(n) => Self::Quorum(n.unsigned_abs()),
        }
    }
}
