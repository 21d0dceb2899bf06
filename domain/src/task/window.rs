//! When a task claims its people, and what stands against that: leave, another task, a shift.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{
    agent, assignment,
    leave::{self, LeaveStatus},
    shift, task, task_kind,
};

use super::Status;
use crate::{Refusal, Result, Tx, availability::HELD, error::OffShift};

/// What a task lasts when nothing else is known, in minutes.
const DEFAULT_MINUTES: i64 = 120;

/// From when to before when people are claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Span {
    /// Up to the planned end where it makes sense, else as long as the kind usually takes.
    pub(crate) fn of(
        start: DateTime<Utc>,
        planned_end: Option<DateTime<Utc>>,
        kind: &task_kind::Model,
    ) -> Self {
        let usual = if kind.duration_min > 0 {
            kind.duration_min.into()
        } else {
            DEFAULT_MINUTES
        };
        let end = planned_end.filter(|end| *end > start);
        Self {
            start,
            end: end.unwrap_or(start + TimeDelta::minutes(usual)),
        }
    }
}

/// Refuses an agent who is on approved leave in the span or claimed by another task.
pub(crate) async fn check_hard(
    tx: &Tx,
    agent: &agent::Model,
    span: Span,
    task_id: i64,
) -> Result<()> {
    if let Some(until) = on_leave(tx, agent.id, span).await? {
        return Err(Refusal::OnLeave {
            agent: agent.name.clone(),
            until,
        }
        .into());
    }
    if let Some(code) = overlapping(tx.db(), agent.id, span, task_id, tx.now()).await? {
        return Err(Refusal::Overlap {
            agent: agent.name.clone(),
            code,
        }
        .into());
    }
    Ok(())
}

/// Until when an agent is on leave that touches the span.
pub(crate) async fn on_leave(tx: &Tx, agent_id: i64, span: Span) -> Result<Option<DateTime<Utc>>> {
    let row = leave::Entity::find()
        .filter(leave::Column::AgentId.eq(agent_id))
        .filter(leave::Column::Status.eq(LeaveStatus::Approved))
        .filter(leave::Column::StartsAt.lt(span.end))
        .filter(leave::Column::EndsAt.gt(span.start))
        .order_by_desc(leave::Column::EndsAt)
        .one(tx.db())
        .await?;
    Ok(row.map(|row| row.ends_at))
}

/// The code of another open task that claims the agent in the span. A task that runs over its time
/// claims its people until it ends.
pub(crate) async fn overlapping(
    db: &impl ConnectionTrait,
    agent_id: i64,
    span: Span,
    task_id: i64,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let runs = Condition::all()
        .add(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .add(Expr::value(span.start <= now));
    let claims = Condition::any()
        .add(task::Column::WindowEndAt.gt(span.start))
        .add(runs);
    let held = Query::select()
        .column(assignment::Column::TaskId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::AgentId).eq(agent_id))
        .and_where(Expr::col(assignment::Column::State).is_in(HELD))
        .to_owned();
    let code = task::Entity::find()
        .select_only()
        .column(task::Column::Code)
        .filter(task::Column::Id.in_subquery(held))
        .filter(task::Column::Id.ne(task_id))
        .filter(task::Column::Status.is_in([Status::Scheduled, Status::InProgress, Status::Paused]))
        .filter(task::Column::WindowStartAt.lt(span.end))
        .filter(claims)
        .into_tuple()
        .one(db)
        .await?;
    Ok(code)
}

/// Those who have shifts, but none that covers the start of the span.
pub(crate) async fn off_shift(
    tx: &Tx,
    agents: &[agent::Model],
    span: Span,
) -> Result<Vec<OffShift>> {
    let ids = || agents.iter().map(|agent| agent.id);
    let planned: Vec<i64> = shift_owners(
        tx,
        Condition::all().add(shift::Column::AgentId.is_in(ids())),
    )
    .await?;
    let covered = shift_owners(
        tx,
        Condition::all()
            .add(shift::Column::AgentId.is_in(ids()))
            .add(shift::Column::StartsAt.lte(span.start))
            .add(shift::Column::EndsAt.gt(span.start)),
    )
    .await?;
    Ok(agents
        .iter()
        .filter(|agent| planned.contains(&agent.id) && !covered.contains(&agent.id))
        .map(|agent| OffShift {
            agent_id: agent.id,
            agent: agent.name.clone(),
        })
        .collect())
}

async fn shift_owners(tx: &Tx, which: Condition) -> Result<Vec<i64>> {
    Ok(shift::Entity::find()
        .select_only()
        .distinct()
        .column(shift::Column::AgentId)
        .filter(which)
        .into_tuple()
        .all(tx.db())
        .await?)
}
