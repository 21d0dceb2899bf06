//! Who did what, when and through which door; never texts or places.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: DateTimeUtc,
    pub user_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub action: String,
    #[sea_orm(column_type = "Text")]
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    /// The door through which it was done: text, because whoever seals or reads must not trip over a word of a newer release.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// Its place in the chain, when the sealer has come to it.
    #[sea_orm(unique)]
    pub number: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub prev_hash: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub hash: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
