//! Days of which sums are kept.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub whole: bool,
    /// The zone whose days they are, and the form of what was summed up.
    #[sea_orm(column_type = "Text")]
    pub zone: String,
}

impl ActiveModelBehavior for ActiveModel {}
