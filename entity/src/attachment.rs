//! A file that belongs to a report, a hand-over, a request for leave or a broadcast; the bytes lie in the file store.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the file has been brought from Telegram.
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
pub enum FetchState {
    Pending,
    Stored,
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_id: Option<i64>,
    pub task_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub telegram_file_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub mime: String,
    pub bytes: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub path: Option<String>,
    pub state: FetchState,
    pub created_at: DateTimeUtc,
    pub stored_at: Option<DateTimeUtc>,
    pub shift_id: Option<i64>,
    pub leave_id: Option<i64>,
    pub broadcast_id: Option<i64>,
    /// Why Telegram never took it.
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
