//! A message to many, and how its answers are awaited.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a broadcast stands.
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
pub enum BroadcastStatus {
    /// It came from outside and awaits somebody who sends it.
    Draft,
    Active,
    /// As many have answered as were wanted.
    Acknowledged,
    Expired,
    Cancelled,
    /// Ended with a last word.
    Closed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "broadcasts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub protocol: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub audience: Json,
    pub status: BroadcastStatus,
    /// How many answers are wanted; none: everybody's.
    pub quorum: Option<i32>,
    pub drill: bool,
    pub round: i32,
    /// Who was responsible when it left.
    #[sea_orm(column_type = "JsonBinary")]
    pub chain: Json,
    #[sea_orm(column_type = "Double")]
    pub lat: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub lon: Option<f64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub media: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub closing: Option<String>,
    /// Sender, identifier and time of the alert it was made of.
    #[sea_orm(unique, column_type = "Text")]
    pub source: Option<String>,
    pub created_by: Option<i64>,
    /// Who else had to agree that it leaves, and did.
    pub approved_by: Option<i64>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
