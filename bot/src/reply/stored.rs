//! An answer on its way to the chat: where it appears, what it takes the place of, and how urgent it is.

use domain::{
    Result,
    outbox::{Lane, Message},
};
use serde::{Deserialize, Serialize};

use super::Reply;

/// Where an answer appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// As a message of its own.
    Plain,
    /// In the message of the dialogue; `fresh` sends a new one that takes over.
    Dialogue { fresh: bool },
}

/// An answer as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub reply: Reply,
    pub place: Place,
}

impl Reply {
    /// The answer on its way into the outbox.
    pub fn message(self, chat_id: i64, user_id: Option<i64>, place: Place) -> Result<Message> {
        let collapse = match (&self, place) {
            (Self::Prompt, Place::Dialogue { fresh: true }) => {
                Some(format!("prompt:{chat_id}:fresh"))
            }
            (Self::Prompt, _) => Some(format!("prompt:{chat_id}")),
            (
                Self::ReportedAlbum { first, .. } | Self::ShiftReportedAlbum { first },
                Place::Plain,
            ) => Some(format!("album:{chat_id}:{first}")),
            _ => None,
        };
        let lane = self.lane();
        let reply = serde_json::to_value(Stored { reply: self, place })?;
        Ok(Message {
            collapse,
            ..Message::reply(chat_id, user_id, reply).in_lane(lane)
        })
    }

    /// Whoever calls for help is asked for his place at once: the search does not wait for it.
    fn lane(&self) -> Lane {
        match self {
            Self::SosAsk { .. } | Self::SosAgain | Self::SosWithdrawn => Lane::Emergency,
            _ => Lane::Answer,
        }
    }
}
