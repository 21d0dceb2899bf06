//! Work with a known start and an uncertain end.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a task stands in its life.
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
pub enum TaskStatus {
    Scheduled,
    InProgress,
    Paused,
    Completed,
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique, column_type = "Text")]
    pub code: String,
    pub kind_id: i64,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    pub status: TaskStatus,
    pub priority: i16,
    #[sea_orm(column_type = "Double")]
    pub lat: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub lon: Option<f64>,
    #[sea_orm(column_type = "Text")]
    pub place_label: Option<String>,
    /// How exactly the phone knew a shared place, in metres.
    #[sea_orm(column_type = "Double")]
    pub place_accuracy_m: Option<f64>,
    pub planned_start_local: Option<DateTime>,
    pub planned_start_at: Option<DateTimeUtc>,
    pub planned_end_local: Option<DateTime>,
    pub planned_end_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub zone: String,
    pub window_start_at: Option<DateTimeUtc>,
    pub window_end_at: Option<DateTimeUtc>,
    pub unit_id: Option<i64>,
    pub lead_agent_id: Option<i64>,
    pub created_by: Option<i64>,
    pub started_at: Option<DateTimeUtc>,
    pub paused_at: Option<DateTimeUtc>,
    pub paused_seconds: i64,
    pub ended_at: Option<DateTimeUtc>,
    pub ended_by: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub end_reason: Option<String>,
    pub counts_in_estimates: bool,
    /// `day` or `night`, by the clock at the place, when it had really begun.
    #[sea_orm(column_type = "Text")]
    pub band: Option<String>,
    /// What it really took, pauses left out; only of what counts.
    pub duration_seconds: Option<i64>,
    pub drill: bool,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
