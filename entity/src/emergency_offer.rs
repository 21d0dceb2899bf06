//! Who was thought of for an emergency, why, and what he said.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What became of one person in the search.
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
pub enum OfferState {
    /// Not asked; `why` says what stood against it.
    Passed,
    Offered,
    Taken,
    Declined,
    /// No longer needed.
    StoodDown,
    Unreachable,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "emergency_offers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub emergency_id: i64,
    pub agent_id: i64,
    pub ring: i32,
    pub state: OfferState,
    #[sea_orm(column_type = "Double")]
    pub distance_m: Option<f64>,
    pub position_age_s: Option<i64>,
    #[sea_orm(column_type = "Double")]
    pub position_accuracy_m: Option<f64>,
    pub load: i32,
    #[sea_orm(column_type = "Text")]
    pub why: Option<String>,
    /// How often he was rung after the first time; -1 once it is counted anew and he has heard it before.
    pub rings: i32,
    pub at: DateTimeUtc,
    pub offered_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
