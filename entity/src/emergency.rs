//! Somebody calls for help, and how far the search for those who come is.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where an emergency stands.
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
pub enum EmergencyStatus {
    /// A place is awaited; nobody was told yet.
    Waiting,
    /// People are asked.
    Active,
    /// As many as are needed come.
    Answered,
    Resolved,
    Cancelled,
}

/// Where the place of an emergency comes from.
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
pub enum PlaceSource {
    /// It was given with the call.
    Shared,
    /// The last position the person shared before.
    LastKnown,
    None,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "emergencies")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub task_id: Option<i64>,
    pub raised_by: Option<i64>,
    pub agent_id: Option<i64>,
    pub status: EmergencyStatus,
    #[sea_orm(column_type = "Double")]
    pub lat: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub lon: Option<f64>,
    pub place_source: PlaceSource,
    pub place_at: Option<DateTimeUtc>,
    /// The radius within which it is, in metres, as far as the phone said.
    #[sea_orm(column_type = "Double")]
    pub place_accuracy_m: Option<f64>,
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub specialty: Option<String>,
    pub drill: bool,
    pub crew: i32,
    pub ring: i32,
    pub waits_until: Option<DateTimeUtc>,
    /// When whoever called pressed again last; nothing once a new place came, or it ended.
    pub pressed_at: Option<DateTimeUtc>,
    pub raised_at: Option<DateTimeUtc>,
    pub escalated_at: Option<DateTimeUtc>,
    /// When Telegram took the first message that nobody comes.
    pub told_at: Option<DateTimeUtc>,
    pub phones_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub ended_by: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub end_reason: Option<String>,
    pub created_at: DateTimeUtc,
    /// The last files of whoever called, as Telegram has them.
    #[sea_orm(column_type = "Text")]
    pub files: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
