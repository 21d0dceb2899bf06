//! What became of a broadcast in a group of a unit.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the group has it.
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
pub enum PostState {
    Queued,
    Sent,
    /// Telegram did not take it.
    Failed,
    /// It was over before it could leave.
    Dropped,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "broadcast_posts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub broadcast_id: i64,
    pub unit_id: i64,
    pub chat_id: i64,
    /// The topic of a forum; zero for the group itself.
    pub thread_id: i64,
    /// What the group was called when it left.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub state: PostState,
    pub state_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
