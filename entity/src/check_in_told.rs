//! Somebody who was told that a person does not say that he is well, until that person does.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in_told")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub check_in_id: i64,
    /// Who was silent.
    pub agent_id: i64,
    /// Who was told.
    pub user_id: i64,
    pub told_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
