//! More people than somebody planned with, as they were suggested to him, and what he said to it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What became of a suggestion.
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
pub enum SuggestionStatus {
    Offered,
    Accepted,
    Rejected,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suggestions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub task_id: i64,
    pub status: SuggestionStatus,
    /// So many more.
    pub people: i32,
    /// What it rested on: so many finished tasks, and what three in four of them took.
    pub count: i64,
    pub p75_seconds: i64,
    pub answered_by: Option<i64>,
    pub answered_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
