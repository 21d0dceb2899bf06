//! What was done on a day in a unit; of unit 0 is what belongs to none.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "day_figures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_id: i64,
    pub all_completed: i64,
    pub all_cancelled: i64,
    pub completed: i64,
    pub cancelled: i64,
    pub timed: i64,
    pub on_time: i64,
    pub reports: i64,
    pub acknowledged: i64,
    #[sea_orm(column_type = "Double")]
    pub acknowledged_s: f64,
    pub on_site: i64,
    #[sea_orm(column_type = "Double")]
    pub on_site_s: f64,
    pub worked: i64,
    #[sea_orm(column_type = "Double")]
    pub worked_s: f64,
}

impl ActiveModelBehavior for ActiveModel {}
