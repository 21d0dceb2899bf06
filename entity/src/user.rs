//! Accounts.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique, column_type = "Text")]
    pub username: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub level: i16,
    #[sea_orm(column_type = "Text")]
    pub permissions: String,
    #[sea_orm(column_type = "Text")]
    pub email: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub password_hash: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub lang: Option<String>,
    #[sea_orm(unique)]
    pub telegram_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub telegram_username: Option<String>,
    pub unreachable_at: Option<DateTimeUtc>,
    pub active: bool,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// When what was personal about him was erased.
    pub erased_at: Option<DateTimeUtc>,
    /// When all his sessions ended last: what was proved before opens nothing.
    pub signed_out_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
