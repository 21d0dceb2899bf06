//! The log of facts.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    #[sea_orm(column_type = "Text")]
    pub topic: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub task_id: Option<i64>,
    pub agent_id: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub unit_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub user_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
