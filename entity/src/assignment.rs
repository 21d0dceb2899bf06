//! One agent on one task.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far one agent is with one task.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    Offered,
    Acknowledged,
    Declined,
    EnRoute,
    OnSite,
    Released,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub task_id: i64,
    pub agent_id: i64,
    pub state: AssignmentState,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub override_reason: Option<String>,
    pub state_at: DateTimeUtc,
    pub offered_at: DateTimeUtc,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub en_route_at: Option<DateTimeUtc>,
    pub on_site_at: Option<DateTimeUtc>,
    pub released_at: Option<DateTimeUtc>,
    pub rings: i32,
    pub escalated_at: Option<DateTimeUtc>,
    pub unreachable_at: Option<DateTimeUtc>,
    pub ack_due_at: Option<DateTimeUtc>,
    /// Who asked; nobody for the system, and before that was kept.
    pub offered_by: Option<i64>,
    /// When Telegram took the first ring of this offer, and the latest.
    pub sent_at: Option<DateTimeUtc>,
    pub rung_at: Option<DateTimeUtc>,
    /// Since when nobody in command can be told that he does not answer.
    pub unheard_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
