//! Observations on a task or a shift.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a report consists of.
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
pub enum ReportKind {
    Text,
    Photo,
    Video,
    Voice,
    Document,
    Place,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The task it is about; a report is about one of the two.
    pub task_id: Option<i64>,
    pub user_id: Option<i64>,
    pub kind: ReportKind,
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    #[sea_orm(column_type = "Double")]
    pub lat: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub lon: Option<f64>,
    /// The door, as text: a newer release may have written another.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    pub happened_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    /// The album of the messenger it is a part of.
    #[sea_orm(column_type = "Text")]
    pub album: Option<String>,
    pub shift_id: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
