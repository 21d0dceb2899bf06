//! A drill: planned for later, sent by hand or called for by SOS, and what became of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a drill stands.
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
pub enum DrillStatus {
    Planned,
    /// Its broadcast has left.
    Held,
    /// Its time came, and it could not be held.
    Missed,
    Cancelled,
}

/// Why a drill could not be held.
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
pub enum MissedWhy {
    /// Nothing was running when its time came.
    Late,
    /// Whoever planned it is gone or may not send any more.
    NoSender,
    /// Nobody of its audience is linked.
    Nobody,
    /// Its protocol is no longer there.
    Words,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drills")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub status: DrillStatus,
    #[sea_orm(column_type = "Text")]
    pub protocol: Option<String>,
    /// What was written beside the protocol, or instead of one.
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    /// What people read.
    #[sea_orm(column_type = "Text")]
    pub words: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub audience: Json,
    /// The zone it was planned in; none for one that was sent by hand.
    #[sea_orm(column_type = "Text")]
    pub zone: Option<String>,
    pub starts_at: DateTimeUtc,
    /// When answers are no longer awaited, by plan.
    pub ends_at: DateTimeUtc,
    #[sea_orm(unique)]
    pub broadcast_id: Option<i64>,
    pub why: Option<MissedWhy>,
    pub created_by: Option<i64>,
    pub created_at: DateTimeUtc,
    /// The call for help that was practised.
    #[sea_orm(unique)]
    pub emergency_id: Option<i64>,
    /// How well it was answered, from its end on.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub score: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}
