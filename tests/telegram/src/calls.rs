//! The log of Bot API calls, for tests on order, rates and contents.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// One call of a Bot API method.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// Rises by one with every call, in the order of arrival.
    pub number: u64,
    /// Username of the bot; empty for an unknown token.
    pub bot: String,
    /// Name as in Telegram's documentation, whatever case the caller used.
    pub method: String,
    /// Parameters; uploads only by name and size.
    pub params: Value,
    /// HTTP status of the answer; 0 while under way or when the connection was cut.
    pub status: u16,
    /// Telegram's description of a refusal.
    pub description: Option<String>,
    /// Arrival by the paper Telegram's clock.
    pub at: DateTime<Utc>,
    /// Arrival by a clock that only runs forward, to measure rates.
    #[serde(skip)]
    pub instant: Instant,
    /// Time until the answer.
    #[serde(skip)]
    pub took: Option<Duration>,
}

impl Call {
    /// The chat a call names.
    pub fn chat(&self) -> Option<i64> {
        let chat = &self.params["chat_id"];
        chat.as_i64().or_else(|| chat.as_str()?.parse().ok())
    }

    /// The text or caption a call carries.
    pub fn text(&self) -> Option<&str> {
        self.params["text"]
            .as_str()
            .or_else(|| self.params["caption"].as_str())
    }

    /// Whether the call was answered with success.
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }
}

/// The newest calls, bounded.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: VecDeque<Call>,
    last: u64,
}

impl CallLog {
    /// Notes the arrival of a call and returns its number.
    pub fn arrived(&mut self, mut call: Call, keep: usize) -> u64 {
        self.last += 1;
        call.number = self.last;
        self.calls.push_back(call);
        while self.calls.len() > keep {
            self.calls.pop_front();
        }
        self.last
    }

    pub fn answered(&mut self, number: u64, status: u16, description: Option<String>) {
        if let Ok(at) = self.calls.binary_search_by_key(&number, |call| call.number) {
            let call = &mut self.calls[at];
            call.status = status;
            call.description = description;
            call.took = Some(call.instant.elapsed());
        }
    }

    pub fn after(&self, number: u64) -> Vec<Call> {
        let from = self.calls.partition_point(|call| call.number <= number);
        self.calls.range(from..).cloned().collect()
    }

    pub fn all(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }
}
