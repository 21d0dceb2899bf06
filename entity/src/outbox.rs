//! Messages to people, as meaning and not as text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Which queue a message waits in, most pressing first.
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
pub enum Lane {
    Emergency,
    /// Messages to many: however many they are, a call for help does not wait behind them.
    Broadcast,
    Answer,
    Task,
    Digest,
}

/// Where an outgoing message stands.
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
pub enum OutboxStatus {
    Queued,
    Sending,
    Sent,
    Failed,
    Unreachable,
    Dropped,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub lane: Lane,
    pub chat_id: i64,
    pub user_id: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub notice: Json,
    pub task_id: Option<i64>,
    #[sea_orm(unique, column_type = "Text")]
    pub collapse: Option<String>,
    pub status: OutboxStatus,
    pub tries: i32,
    pub not_before: Option<DateTimeUtc>,
    pub message_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
