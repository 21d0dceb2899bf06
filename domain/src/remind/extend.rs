//! More time for a task that runs, and what of its people's plans that runs into.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use ::entity::{shift, task};

use super::wind;
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment,
    audit::{self, Subject},
    event::Event,
    outbox,
    task::{
        Status, Task, load,
        window::{self, Conflict, Span},
    },
    zone,
};

/// How much longer one tap makes a task.
const EXTENSION: TimeDelta = TimeDelta::minutes(30);

/// What half an hour more would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub until: DateTime<Utc>,
    /// What of its people's plans begins or ends before then.
    pub into: Vec<RunsInto>,
}

/// What somebody of the crew has planned for the time that is added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsInto {
    pub agent: String,
    pub plan: Plan,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Another task.
    Task { code: String },
    /// Approved leave.
    Leave { until: DateTime<Utc> },
    /// His shift ends.
    ShiftEnd { at: DateTime<Utc> },
}

/// What half an hour more would be, and what it runs into.
///
/// # Errors
/// As [`extend`].
pub async fn extension(tx: &Tx, actor: &Actor, id: i64) -> Result<Extension> {
    let task = extensible(tx, actor, id).await?;
    let (start, until) = added(tx, id).await?;
    let into = match start < until {
        true => runs_into(tx, &task, Span { start, end: until }).await?,
        false => Vec::new(),
    };
    Ok(Extension { until, into })
}

/// Gives a task half an hour more, from now on, whatever that runs into; a second tap changes nothing.
///
/// # Errors
/// Only the lead or a supervisor of the scope, and only what is in progress.
pub async fn extend(tx: &mut Tx, actor: &Actor, id: i64) -> Result<DateTime<Utc>> {
    let task = extensible(tx, actor, id).await?;
    let (_, end) = added(tx, id).await?;
    let row = task::ActiveModel {
        id: Set(id),
        planned_end_at: Set(Some(end)),
        planned_end_local: Set(Some(zone::to_local(end, zone::parse(&task.zone)?))),
        window_end_at: Set(Some(end)),
        version: Set(task.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    task::Entity::update(row).exec(tx.db()).await?;
    let data = json!({ "until": end });
    audit::record(tx, actor, "task.extend", Subject::Task(id), data).await?;
    let code = task.code.clone();
    let scope = assignment::scope(&task);
    tx.log(Event::TaskUpdated { id, code }, &scope);
    tx.log(Event::KpisChanged {}, &scope);
    outbox::refresh_cards(tx, id).await?;
    wind(tx, id).await?;
    Ok(end)
}

async fn extensible(tx: &Tx, actor: &Actor, id: i64) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    actor.check(Act::Pause, &task.stake())?;
    match task.status {
        Status::InProgress => Ok(task),
        status => Err(Refusal::WrongStatus { status }.into()),
    }
}

/// From the end as it is to the one it would get.
async fn added(tx: &Tx, id: i64) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let end = assignment::span(tx, id).await?.end;
    Ok((end, end.max(tx.now() + EXTENSION)))
}

/// One plan for each of the crew who has some, in their order.
async fn runs_into(tx: &Tx, task: &Task, span: Span) -> Result<Vec<RunsInto>> {
    let crew: Vec<_> = task.held().map(|one| &one.agent).collect();
    let ids: Vec<i64> = crew.iter().map(|one| one.agent_id).collect();
    let mut conflicts = window::conflicts(tx.db(), tx.now(), &ids, (span, task.id)).await?;
    let ends = shift_ends(tx, &ids, span).await?;
    let plan = |agent_id: i64| match conflicts.remove(&agent_id) {
        Some(Conflict::Task { code }) => Some(Plan::Task { code }),
        Some(Conflict::Leave { until }) => Some(Plan::Leave { until }),
        None => ends.get(&agent_id).map(|at| Plan::ShiftEnd { at: *at }),
    };
    let plans: Vec<Option<Plan>> = ids.into_iter().map(plan).collect();
    Ok(crew
        .into_iter()
        .zip(plans)
        .filter_map(|(one, plan)| {
            Some(RunsInto {
                agent: one.name.clone(),
                plan: plan?,
            })
        })
        .collect())
}

/// When those who are on shift at the start of the span, and not any more at its end, go.
async fn shift_ends(tx: &Tx, ids: &[i64], span: Span) -> Result<HashMap<i64, DateTime<Utc>>> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.is_in(ids.iter().copied()))
        .filter(shift::Column::StartsAt.lt(span.end))
        .filter(shift::Column::EndsAt.gt(span.start))
        .order_by_asc(shift::Column::StartsAt)
        .all(tx.db())
        .await?;
    let mut ends: HashMap<i64, DateTime<Utc>> = HashMap::new();
    for row in rows {
        let covered = ends.get(&row.agent_id).copied().unwrap_or(span.start);
        if row.starts_at <= covered {
            ends.insert(row.agent_id, row.ends_at);
        }
    }
    ends.retain(|_, at| *at < span.end);
    Ok(ends)
}
