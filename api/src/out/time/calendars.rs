//! Links for calendar programs.

use chrono::{DateTime, Utc};
use domain::calendar::{Calendar, Whose};
use serde::Serialize;
use utoipa::ToSchema;

/// A secret link for calendar programs.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarOut {
    pub id: i64,
    pub agent_id: Option<i64>,
    pub unit_id: Option<i64>,
    pub created_at: DateTime<Utc>,
    /// Only when it has just been made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl CalendarOut {
    pub fn of(calendar: &Calendar, url: Option<String>) -> Self {
        let (agent_id, unit_id) = match calendar.whose {
            Whose::Agent(id) => (Some(id), None),
            Whose::Unit(id) => (None, Some(id)),
        };
        Self {
            id: calendar.id,
            agent_id,
            unit_id,
            created_at: calendar.created_at,
            url,
        }
    }
}
