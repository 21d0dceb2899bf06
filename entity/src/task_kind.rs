//! The catalogue of task kinds.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_kinds")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique, column_type = "Text")]
    pub code: String,
    #[sea_orm(column_type = "Text")]
    pub label: String,
    #[sea_orm(column_type = "Text")]
    pub emoji: String,
    #[sea_orm(column_type = "Text")]
    pub prefix: String,
    pub priority: i16,
    pub duration_min: i32,
    pub crew: i32,
    pub needs_place: bool,
    pub needs_evidence: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub checklist: Json,
    pub active: bool,
    pub sort: i32,
}

impl ActiveModelBehavior for ActiveModel {}
