//! People of a task, or one who works alone, are asked from time to time whether they are well.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether it goes on.
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
pub enum CheckInStatus {
    Active,
    Ended,
}

/// Why it is over.
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
pub enum CheckInEnd {
    Stopped,
    TaskOver,
    ShiftOver,
    TimeOver,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_ins")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Of whose people, unless it is one who works alone.
    pub task_id: Option<i64>,
    /// Who works alone.
    pub agent_id: Option<i64>,
    pub every_minutes: i32,
    pub status: CheckInStatus,
    /// How often everybody was asked.
    pub round: i32,
    pub round_at: Option<DateTimeUtc>,
    pub until_at: Option<DateTimeUtc>,
    pub started_by: Option<i64>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub ended_by: Option<i64>,
    pub end_reason: Option<CheckInEnd>,
}

impl ActiveModelBehavior for ActiveModel {}
