//! What clients may say.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::hub::wire::{Nothing, TopicWord};

/// A message of a client, before it is known which.
#[derive(Deserialize)]
pub(super) struct Spoken {
    pub event_type: String,
    #[serde(default)]
    pub data: Value,
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
