//! Every answer to a broadcast, also those that a later one replaced.

use sea_orm::entity::prelude::*;

use crate::broadcast_recipient::RecipientState;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "broadcast_answers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub broadcast_id: i64,
    pub user_id: i64,
    pub state: RecipientState,
    /// What was written beside it.
    #[sea_orm(column_type = "Text")]
    pub note: Option<String>,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
