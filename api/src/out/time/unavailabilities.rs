//! When people said that they could not.

use chrono::{DateTime, Utc};
use domain::unavailability::Unavailability;
use serde::Serialize;
use utoipa::ToSchema;

/// A time in which somebody said that he could not.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnavailabilityOut {
    pub id: i64,
    pub agent_id: i64,
    pub name: String,
    pub starts_at: DateTime<Utc>,
    /// Until when it was said to last, or when it was taken back; none while no end is known.
    pub ends_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// The name of whoever said so: himself, or somebody in command.
    pub said_by: Option<String>,
}

impl From<Unavailability> for UnavailabilityOut {
    fn from(time: Unavailability) -> Self {
        Self {
            id: time.id,
            agent_id: time.agent_id,
            name: time.agent,
            starts_at: time.starts_at,
            ends_at: time.ends_at,
            reason: time.reason,
            said_by: time.said_by,
        }
    }
}
