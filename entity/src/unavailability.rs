//! When agents said that they could not, each time.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unavailabilities")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    pub starts_at: DateTimeUtc,
    /// Until when it was said to last, or when it was taken back; none while no end is known.
    pub ends_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub said_by: Option<i64>,
    /// Who took it back before its end.
    pub ended_by: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
