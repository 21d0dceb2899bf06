//! Members of the force who can be assigned.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub user_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(unique, column_type = "Text")]
    pub badge: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub rank: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub specialty: Option<String>,
    pub unavailable_since: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub unavailable_reason: Option<String>,
    pub unavailable_until: Option<DateTimeUtc>,
    pub active: bool,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// When a shift of his was last taken out of the plan.
    pub unplanned_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
