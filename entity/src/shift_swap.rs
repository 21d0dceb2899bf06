//! Exchanges of shifts between two agents.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far an exchange has come.
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
pub enum SwapStatus {
    /// The other agent has not answered.
    Proposed,
    /// The supervisor has not decided.
    Accepted,
    Approved,
    /// By the other agent.
    Declined,
    /// By the supervisor.
    Rejected,
    /// By whoever proposed it.
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift_swaps")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub status: SwapStatus,
    pub shift_id: i64,
    /// What the other agent gives in return; nothing when he only takes over.
    pub other_shift_id: Option<i64>,
    pub from_agent_id: i64,
    pub to_agent_id: i64,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub answered_at: Option<DateTimeUtc>,
    pub decided_by: Option<i64>,
    pub decided_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub decided_reason: Option<String>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
