//! When a task claims its people, and what stands against that: leave, another task, a shift.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationDef, Select, sea_query::Expr,
};

use ::entity::{
    agent, assignment, emergency,
    leave::{self, LeaveStatus},
    task, task_kind,
};

use super::Status;
use crate::{
    Refusal, Result, Tx,
    agent::{Need, need},
    availability::{self, HELD},
    error::{SoftConflict, SoftKind},
    estimate, late,
};

/// What a task lasts when nothing else is known, in minutes.
const DEFAULT_MINUTES: i64 = 120;

/// Nothing is planned for less, whatever is known of its kind: so long somebody may be late to begin, and people who
/// are claimed for no time could be claimed twice.
const SHORTEST: TimeDelta = late::GRACE;

/// From when to before when people are claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Span {
    /// Up to the planned end where it makes sense, else as long as three in four of the kind took, else as long as the
    /// catalogue says.
    pub(crate) async fn of(
        db: &impl ConnectionTrait,
        start: DateTime<Utc>,
        planned_end: Option<DateTime<Utc>>,
        kind: &task_kind::Model,
        zone: Tz,
    ) -> Result<Self> {
        if let Some(end) = planned_end.filter(|end| *end > start) {
            return Ok(Self { start, end });
        }
        let usual = match estimate::usual(db, kind.id, start, zone).await? {
            Some(estimate) => estimate.p75().max(SHORTEST),
            None if kind.duration_min > 0 => TimeDelta::minutes(kind.duration_min.into()),
            None => TimeDelta::minutes(DEFAULT_MINUTES),
        };
        Ok(Self {
            start,
            end: start + usual,
        })
    }

    /// Longer by pauses of so many seconds, see [`stretched`].
    pub(crate) fn stretched(self, planned_end: Option<DateTime<Utc>>, paused: i64) -> Self {
        Self {
            end: stretched(self.end, planned_end, paused),
            ..self
        }
    }

    /// What a task claims that runs, however late it is.
    pub(crate) fn at_least_until(self, now: DateTime<Utc>) -> Self {
        Self {
            end: self.end.max(now + TimeDelta::minutes(1)),
            ..self
        }
    }
}

/// The end of a window after pauses of so many seconds: an end that somebody named is by the clock and stays.
pub(crate) fn stretched(
    end: DateTime<Utc>,
    planned_end: Option<DateTime<Utc>>,
    paused: i64,
) -> DateTime<Utc> {
    match planned_end {
        Some(named) if named == end => end,
        _ => end + TimeDelta::seconds(paused),
    }
}

/// Refuses the first of these agents who is on approved leave in the span or claimed by another task that stands against it.
pub(crate) async fn check_hard(
    tx: &Tx,
    agents: &[agent::Model],
    span: Span,
    task_id: i64,
) -> Result<()> {
    let ids: Vec<i64> = agents.iter().map(|agent| agent.id).collect();
    let hard = conflicts(tx.db(), tx.now(), &ids, (span, task_id)).await?;
    let first = agents
        .iter()
        .find_map(|agent| hard.get(&agent.id).map(|conflict| (agent, conflict)));
    let Some((agent, conflict)) = first else {
        return Ok(());
    };
    let (agent_id, agent) = (Some(agent.id), agent.name.clone());
    Err(match conflict {
        Conflict::Leave { until } => Refusal::OnLeave {
            agent_id,
            agent,
            until: *until,
        },
        Conflict::Task { code } => Refusal::Overlap {
            agent_id,
            agent,
            code: code.clone(),
        },
    }
    .into())
}

/// What keeps an agent from a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    Leave { until: DateTime<Utc> },
    Task { code: String },
}

/// Who of these agents is kept from the span by something else than this task, and by what; leave counts before other tasks.
pub(crate) async fn conflicts(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    ids: &[i64],
    (span, task_id): (Span, i64),
) -> Result<HashMap<i64, Conflict>> {
    let mut found: HashMap<i64, Conflict> = overlaps(db, now, ids, (span, task_id))
        .await?
        .into_iter()
        .map(|(agent_id, code)| (agent_id, Conflict::Task { code }))
        .collect();
    let leaves = leaves(span)
        .filter(leave::Column::AgentId.is_in(ids.iter().copied()))
        .order_by_asc(leave::Column::EndsAt)
        .all(db)
        .await?;
    found.extend(
        leaves
            .into_iter()
            .map(|row| (row.agent_id, Conflict::Leave { until: row.ends_at })),
    );
    Ok(found)
}

/// The other open tasks that claim these agents in the span. A task that runs over its time claims its
/// people until it ends.
async fn overlaps(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    ids: &[i64],
    (span, task_id): (Span, i64),
) -> Result<Vec<(i64, String)>> {
    Ok(claims(span, task_id, now)
        .column(task::Column::Code)
        .filter(assignment::Column::AgentId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Whom the other open tasks claim in the span.
fn claims(span: Span, task_id: i64, now: DateTime<Utc>) -> Select<assignment::Entity> {
    let runs = Condition::all()
        .add(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .add(Expr::value(span.start <= now));
    let lasts = Condition::any()
        .add(task::Column::WindowEndAt.gt(span.start))
        .add(runs);
    assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .join(JoinType::InnerJoin, to_task())
        .filter(assignment::Column::State.is_in(HELD))
        .filter(task::Column::Id.ne(task_id))
        .filter(task::Column::Status.is_in([Status::Scheduled, Status::InProgress, Status::Paused]))
        .filter(stands(task_id))
        .filter(task::Column::WindowStartAt.lt(span.end))
        .filter(lasts)
}

/// Whether the current row of a task stands against this one: what is only planned gives way to a call for help, whether
/// somebody says himself that he goes or is sent.
fn stands(task_id: i64) -> Condition {
    let call = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .filter(emergency::Column::TaskId.eq(task_id))
        .into_query();
    Condition::any()
        .add(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .add(Condition::all().add(Expr::exists(call)).not())
}

/// Approved leaves in the span.
fn leaves(span: Span) -> Select<leave::Entity> {
    leave::Entity::find()
        .filter(leave::Column::Status.eq(LeaveStatus::Approved))
        .filter(leave::Column::StartsAt.lt(span.end))
        .filter(leave::Column::EndsAt.gt(span.start))
}

/// Whether nothing keeps the agent of the current row from the span: neither leave nor another task, he is on shift
/// when it begins, or now when it has begun, and needs no help himself.
pub(crate) fn free(span: Span, task_id: i64, now: DateTime<Utc>) -> Condition {
    let on_leave = leaves(span)
        .select_only()
        .column(leave::Column::AgentId)
        .into_query();
    let elsewhere = claims(span, task_id, now).into_query();
    let free = Condition::all()
        .add(agent::Column::Id.not_in_subquery(on_leave))
        .add(agent::Column::Id.not_in_subquery(elsewhere))
        .add(availability::on_hand(span.start))
        .add(availability::on_hand(span.start.max(now)));
    match need::matters(span.start, now) {
        true => free.add(agent::Column::Id.not_in_subquery(need::who_needs())),
        false => free,
    }
}

fn to_task() -> RelationDef {
    assignment::Entity::belongs_to(task::Entity)
        .from(assignment::Column::TaskId)
        .to(task::Column::Id)
        .into()
}

/// Those who need help themselves, those who say that they cannot when it begins, or now when it has begun, and those who
/// have shifts, but none that covers its start.
pub(crate) async fn soft(
    tx: &Tx,
    agents: &[agent::Model],
    span: Span,
) -> Result<Vec<SoftConflict>> {
    let off = off_shift(tx, agents, span).await?;
    let needs = needs(tx, agents, span).await?;
    let because = |agent: &agent::Model| {
        let need = needs.get(&agent.id).cloned().map(SoftKind::Needs);
        let shift = off.contains(&agent.id).then_some(SoftKind::OffShift);
        let cannot = unavailable(agent, span.start.max(tx.now()));
        need.or(cannot).or(shift)
    };
    Ok(agents
        .iter()
        .filter_map(|agent| {
            Some(SoftConflict {
                agent_id: agent.id,
                agent: agent.name.clone(),
                because: because(agent)?,
            })
        })
        .collect())
}

/// How these agents need help themselves, as far as that stands against the span.
async fn needs(tx: &Tx, agents: &[agent::Model], span: Span) -> Result<HashMap<i64, Need>> {
    let ids: Vec<i64> = agents.iter().map(|agent| agent.id).collect();
    match need::matters(span.start, tx.now()) && !ids.is_empty() {
        true => need::needs(tx.db(), &ids).await,
        false => Ok(HashMap::new()),
    }
}

fn unavailable(agent: &agent::Model, at: DateTime<Utc>) -> Option<SoftKind> {
    availability::says_he_cannot(agent, at).then(|| SoftKind::Unavailable {
        reason: agent.unavailable_reason.clone(),
        until: agent.unavailable_until,
    })
}

async fn off_shift(tx: &Tx, agents: &[agent::Model], span: Span) -> Result<Vec<i64>> {
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(agents.iter().map(|agent| agent.id)))
        .filter(availability::off_shift(span.start))
        .into_tuple()
        .all(tx.db())
        .await?)
}
