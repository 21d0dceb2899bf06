//! How long a kind of work takes, by what was finished.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "estimates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind_id: i64,
    /// `day`, `night`, or `all` of them.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub band: String,
    pub count: i64,
    pub p50_seconds: i64,
    pub p75_seconds: i64,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
