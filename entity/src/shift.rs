//! On-duty windows of agents.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// State of an on-duty window.
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
pub enum ShiftStatus {
    Planned,
    Active,
    Ended,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shifts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    pub status: ShiftStatus,
    pub starts_local: DateTime,
    pub starts_at: DateTimeUtc,
    pub ends_local: DateTime,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub zone: String,
    pub present_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub unit_id: Option<i64>,
    pub present_by: Option<i64>,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub note: Option<String>,
    pub note_at: Option<DateTimeUtc>,
    /// When it was last moved to another start or unit.
    pub moved_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
