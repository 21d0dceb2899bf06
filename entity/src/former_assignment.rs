//! What an agent answered to a task before he was asked anew.

use sea_orm::entity::prelude::*;

use crate::assignment::AssignmentState;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_assignments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub task_id: i64,
    pub agent_id: i64,
    pub state: AssignmentState,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// Why he was asked although something soft stood against it.
    #[sea_orm(column_type = "Text")]
    pub override_reason: Option<String>,
    pub state_at: DateTimeUtc,
    pub offered_by: Option<i64>,
    pub offered_at: DateTimeUtc,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub en_route_at: Option<DateTimeUtc>,
    pub on_site_at: Option<DateTimeUtc>,
    pub released_at: Option<DateTimeUtc>,
    pub escalated_at: Option<DateTimeUtc>,
    pub unreachable_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
