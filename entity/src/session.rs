//! Signed-in browsers and programs; revoking one is setting a time.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
    pub user_id: i64,
    #[sea_orm(unique, column_type = "Text")]
    pub refresh_hash: String,
    /// Of how all its refresh tokens begin; as earlier releases left it, of the token before the last, or nothing.
    #[sea_orm(column_type = "Text")]
    pub previous_hash: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub address: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub agent: Option<String>,
    pub created_at: DateTimeUtc,
    pub used_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    /// The Telegram account that opened it; none: a password did.
    pub telegram_id: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
