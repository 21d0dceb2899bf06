//! The newest position of each agent.

use sea_orm::entity::prelude::*;

use crate::position::PositionSource;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "last_positions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(column_type = "Double")]
    pub lat: f64,
    #[sea_orm(column_type = "Double")]
    pub lon: f64,
    #[sea_orm(column_type = "Double")]
    pub accuracy_m: Option<f64>,
    pub source: PositionSource,
    pub recorded_at: DateTimeUtc,
    /// When a live location that went on was refused for the first time since; he was told then.
    pub refused_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
