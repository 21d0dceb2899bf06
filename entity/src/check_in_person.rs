//! One person who is asked whether he is well.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is known of somebody since he was asked last.
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
pub enum PersonState {
    /// Asked, and nothing was heard.
    Waiting,
    Well,
    /// He called for help.
    Help,
    /// Telegram does not reach him.
    Unreachable,
    /// He is no longer asked.
    Released,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in_people")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub check_in_id: i64,
    pub agent_id: i64,
    pub state: PersonState,
    /// How far silence went: 0 asked, 1 asked again, 2 the lead heard of it or nobody in command can, 3 those in command did.
    pub step: i32,
    pub asked_at: DateTimeUtc,
    /// When his silence goes one step on.
    pub due_at: Option<DateTimeUtc>,
    /// His last answer.
    pub answered_at: Option<DateTimeUtc>,
    /// Since when others know of his silence; it stays, also when he is asked anew, until he answers and is asked again.
    pub escalated_at: Option<DateTimeUtc>,
    /// His last call for help from here.
    pub emergency_id: Option<i64>,
    /// When Telegram took the question; nothing while it is on its way.
    pub sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
