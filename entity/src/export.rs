//! Files of figures that somebody asked for in a chat.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a file is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReportName {
    Tasks,
    Response,
    Shifts,
}

/// How a file is written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    Csv,
    Xlsx,
    Pdf,
}

/// How far a file is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    Waiting,
    Ready,
    Failed,
    /// It was there, and has been removed.
    Gone,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub chat_id: i64,
    pub report: ReportName,
    pub format: ReportFormat,
    pub unit_id: Option<i64>,
    pub from_day: Date,
    pub until_day: Date,
    pub state: ExportState,
    /// Rows so far.
    pub written: i64,
    #[sea_orm(column_type = "Text")]
    pub path: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: Option<String>,
    pub bytes: Option<i64>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
