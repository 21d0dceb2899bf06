//! The topics that emergencies have in the forums of units.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a topic is.
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
pub enum TopicState {
    Waiting,
    Open,
    /// It shows the end, or there was nothing to be shown any more.
    Closed,
    /// Telegram did not let the bot.
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "emergency_topics")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub emergency_id: i64,
    pub unit_id: i64,
    pub chat_id: i64,
    /// The number of the topic, once it is open.
    pub thread_id: Option<i64>,
    pub state: TopicState,
    pub state_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
    /// When Telegram was asked to open it; without a thread nobody knows whether it did.
    pub asked_at: Option<DateTimeUtc>,
    /// When Telegram was told to close it.
    pub shut_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
