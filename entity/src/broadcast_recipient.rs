//! What became of a broadcast with one person.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The states exclude each other; that somebody was escalated counts beside them.
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
pub enum RecipientState {
    Queued,
    Sent,
    Acknowledged,
    OnTheWay,
    NeedsHelp,
    Declined,
    Unreachable,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "broadcast_recipients")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub broadcast_id: i64,
    pub user_id: i64,
    pub state: RecipientState,
    pub state_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    /// When Telegram took a word about him for somebody who answers for him.
    pub escalated_at: Option<DateTimeUtc>,
    pub rings: i32,
    /// When Telegram last took a message with a sound.
    pub rung_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
