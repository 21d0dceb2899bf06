//! What is kept of somebody's work: tasks, what he answered in each round, and what he told.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;

use ::entity::{assignment, former_assignment, report, task};

use super::ROWS_MOST;
use crate::{Result, Store};

#[derive(Serialize, FromQueryResult)]
pub(super) struct TaskRow {
    code: String,
    title: String,
    state: String,
    reason: Option<String>,
    offered_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    en_route_at: Option<DateTime<Utc>>,
    on_site_at: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
}

/// Tasks he was asked for, and what he answered.
pub(super) async fn tasks(store: &Store, agent_id: i64) -> Result<Vec<TaskRow>> {
    let of_task = assignment::Entity::belongs_to(task::Entity)
        .from(assignment::Column::TaskId)
        .to(task::Column::Id);
    Ok(assignment::Entity::find()
        .select_only()
        .columns([task::Column::Code, task::Column::Title])
        .columns([
            assignment::Column::State,
            assignment::Column::Reason,
            assignment::Column::OfferedAt,
            assignment::Column::AcknowledgedAt,
            assignment::Column::EnRouteAt,
            assignment::Column::OnSiteAt,
            assignment::Column::ReleasedAt,
        ])
        .join(JoinType::InnerJoin, of_task.into())
        .filter(assignment::Column::AgentId.eq(agent_id))
        .order_by_desc(assignment::Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

/// What he answered before he was asked anew for the same task.
pub(super) async fn rounds(store: &Store, agent_id: i64) -> Result<Vec<TaskRow>> {
    use former_assignment::{Column, Entity};
    let of_task = Entity::belongs_to(task::Entity)
        .from(Column::TaskId)
        .to(task::Column::Id);
    Ok(Entity::find()
        .select_only()
        .columns([task::Column::Code, task::Column::Title])
        .columns([
            Column::State,
            Column::Reason,
            Column::OfferedAt,
            Column::AcknowledgedAt,
            Column::EnRouteAt,
            Column::OnSiteAt,
            Column::ReleasedAt,
        ])
        .join(JoinType::InnerJoin, of_task.into())
        .filter(Column::AgentId.eq(agent_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct ReportRow {
    kind: String,
    text: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    happened_at: DateTime<Utc>,
}

/// What he told.
pub(super) async fn reports(store: &Store, user_id: i64) -> Result<Vec<ReportRow>> {
    Ok(report::Entity::find()
        .select_only()
        .columns([
            report::Column::Kind,
            report::Column::Text,
            report::Column::Lat,
            report::Column::Lon,
            report::Column::HappenedAt,
        ])
        .filter(report::Column::UserId.eq(user_id))
        .order_by_desc(report::Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}
