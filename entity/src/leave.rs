//! Leave of agents.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// State of a request for leave.
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
pub enum LeaveStatus {
    Requested,
    Approved,
    Rejected,
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leaves")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    pub status: LeaveStatus,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub decided_by: Option<i64>,
    pub decided_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub decided_reason: Option<String>,
    /// When it was taken back, or its rest was.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Until when it was wanted before that.
    pub planned_end_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
