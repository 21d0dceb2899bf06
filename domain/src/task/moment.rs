//! When something happened to a task: what people say of it must fit what is known.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use ::entity::history;

use super::{Status, Task, life::Step};
use crate::{Refusal, Result, Tx, error::Problem, zone};

/// How far ahead a reported time may lie, for clocks that differ.
const AHEAD: TimeDelta = TimeDelta::minutes(2);

/// When a step happened: not in the future, and not before what it follows.
pub(super) fn of(
    tx: &Tx,
    step: &Step,
    after: Option<DateTime<Utc>>,
) -> Result<DateTime<Utc>, Refusal> {
    let at = step.at.unwrap_or(tx.now());
    past(tx, at, "at")?;
    match after {
        // Nothing was said about the time, and the start was reported a little ahead.
        Some(after) if at < after && step.at.is_none() => Ok(after),
        Some(after) if at < after => Err(Refusal::TimeOrder),
        _ => Ok(at),
    }
}

/// When work began: as recorded, else as it is said now.
pub(super) fn began(tx: &Tx, task: &Task, step: &Step) -> Result<Option<DateTime<Utc>>, Refusal> {
    let said = step.started_at.filter(|_| task.started_at.is_none());
    if let Some(at) = said {
        past(tx, at, "started_at")?;
    }
    Ok(task.started_at.or(said))
}

fn past(tx: &Tx, at: DateTime<Utc>, field: &str) -> Result<(), Refusal> {
    if at <= tx.now() + AHEAD {
        return zone::check_reach(field, at, tx.now());
    }
    Err(Refusal::invalid(field, Problem::OutOfRange))
}

/// What a pause or an end cannot lie before: the start and every time without work, which would else count twice.
pub(super) async fn since(tx: &Tx, task: &Task) -> Result<Option<DateTime<Utc>>> {
    let reopened = Condition::all()
        .add(history::Column::FromStatus.eq(Status::Completed))
        .add(history::Column::Reason.is_not_null());
    let resumed = Condition::any()
        .add(history::Column::FromStatus.eq(Status::Paused))
        .add(reopened);
    let last_rest = history::Entity::find()
        .filter(history::Column::TaskId.eq(task.id))
        .filter(resumed)
        .order_by_desc(history::Column::HappenedAt)
        .one(tx.db())
        .await?
        .map(|row| row.happened_at);
    Ok(task.started_at.max(task.paused_at).max(last_rest))
}
