//! The tasks that somebody's leave would break.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::{agent, assignment, task};

use super::Leave;
use crate::{
    Result, Store, Tx,
    availability::HELD,
    task::{Status, load},
};

/// A task whose person would be away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub task_id: i64,
    pub code: String,
    pub title: String,
    pub status: Status,
    pub planned_start: Option<DateTime<Utc>>,
    /// Whether it would be without its lead.
    pub lead: bool,
}

/// The most that are listed.
const SHOWN: u64 = 50;

/// The open tasks that claim the agent while he is on leave, or run already when it begins. Leave that is over breaks none:
/// he is back at them.
pub async fn broken(store: &Store, leave: &Leave) -> Result<Vec<Broken>> {
    if leave.ends_at <= store.now() {
        return Ok(Vec::new());
    }
    let runs = Condition::all()
        .add(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .add(sea_orm::sea_query::Expr::value(
            leave.starts_at <= store.now(),
        ));
    let rows = task::Entity::find()
        .join(
            JoinType::InnerJoin,
            sea_orm::RelationDef::from(
                task::Entity::belongs_to(assignment::Entity)
                    .from(task::Column::Id)
                    .to(assignment::Column::TaskId),
            ),
        )
        .filter(assignment::Column::AgentId.eq(leave.agent_id))
        .filter(assignment::Column::State.is_in(HELD))
        .filter(task::Column::Status.is_in([Status::Scheduled, Status::InProgress, Status::Paused]))
        .filter(task::Column::WindowStartAt.lt(leave.ends_at))
        .filter(
            Condition::any()
                .add(task::Column::WindowEndAt.gt(leave.starts_at))
                .add(runs),
        )
        .order_by_asc(task::Column::WindowStartAt)
        .limit(SHOWN)
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Broken {
            task_id: row.id,
            code: row.code,
            title: row.title,
            status: row.status,
            planned_start: row.planned_start_at,
            lead: row.lead_agent_id == Some(leave.agent_id),
        })
        .collect())
}

/// Locks what it takes to hand a task on from whoever is on leave, in the order in which everybody locks: the task, then the
/// two agents by their numbers.
pub async fn lock_hand_on(tx: &Tx, leave_id: i64, task_id: i64, to_agent_id: i64) -> Result<()> {
    load::hold(tx, task_id).await?;
    let from = super::agent_of(tx, leave_id).await?;
    agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in([from, to_agent_id]))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
}
