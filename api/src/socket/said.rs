//! What clients may say.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::hub::wire::{Complaint, Nothing, TopicWord};

/// A message of a client, before it is known which.
#[derive(Deserialize)]
struct Spoken {
    event_type: String,
    #[serde(default)]
    data: Value,
}

/// What a client has said.
pub(crate) enum Heard {
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    Pong,
    Ping,
}

/// Reads a message, or says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Heard, Complaint> {
    let spoken: Spoken = serde_json::from_str(text)
        .map_err(|_| malformed("not a message: {\"event_type\":…,\"data\":…}"))?;
    match spoken.event_type.as_str() {
        "pong" => Ok(Heard::Pong),
        "ping" => Ok(Heard::Ping),
        "subscribe" => serde_json::from_value(spoken.data)
            .map(Heard::Subscribe)
            .map_err(|_| malformed("subscribe needs topics")),
        "unsubscribe" => serde_json::from_value(spoken.data)
            .map(Heard::Unsubscribe)
            .map_err(|_| malformed("unsubscribe needs topics")),
        _ => Err(Complaint {
            code: "unknown",
            message: "subscribe, unsubscribe or pong",
        }),
    }
}

pub(super) fn malformed(message: &'static str) -> Complaint {
    Complaint {
        code: "malformed",
        message,
    }
}

/// The messages there are.
#[derive(ToSchema)]
#[serde(tag = "event_type", content = "data", rename_all = "snake_case")]
#[expect(dead_code, reason = "it only describes what is read step by step")]
pub(crate) enum Said {
    /// More topics; with `since`, first what was missed of them.
    Subscribe(Subscribe),
    /// Fewer topics.
    Unsubscribe(Unsubscribe),
    /// The answer to `ping`.
    Pong(Nothing),
    /// Answered with `pong`.
    Ping(Nothing),
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct Subscribe {
    /// Unknown ones are told by an `error`; the others count.
    #[schema(value_type = Vec<TopicWord>)]
    pub topics: Vec<String>,
    pub since: Option<Since>,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct Unsubscribe {
    #[schema(value_type = Vec<TopicWord>)]
    pub topics: Vec<String>,
}

/// The last event that was seen.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Since {
    #[schema(value_type = String)]
    pub epoch: Value,
    pub seq: i64,
}
