//! Files that belong to nothing any more and still have to go.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_removals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub path: String,
    pub wanted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
