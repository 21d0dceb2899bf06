//! How it ends: by whoever may, or by itself with the task, the shift or the time.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use ::entity::{check_in, check_in_person};

use super::{
    COMMAND, CheckInEnd, CheckInStatus, PersonState, announce, answer_time, lock, one,
    running_of_task, subject, task_of,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::{Act, Channel},
    audit, duty,
    error::Thing,
    outbox,
    task::{Task, load},
    timer::{self, Due},
};

/// Asks the people of a task no longer. False when nobody was asked.
///
/// # Errors
/// Only the lead or a supervisor of the scope.
pub async fn stop_task(tx: &mut Tx, actor: &Actor, task_id: i64) -> Result<bool> {
    let task = load::locked(tx, actor, task_id).await?;
    actor.check(Act::Pause, &task.stake())?;
    match running_of_task(tx, task_id).await? {
        Some(row) => end(tx, actor, row, CheckInEnd::Stopped)
            .await
            .map(|()| true),
        None => Ok(false),
    }
}

/// The same by its number: also one's own, and as a supervisor that of an agent of one's units.
///
/// # Errors
/// [`Refusal::NotFound`] for what is none of his.
pub async fn stop(tx: &mut Tx, actor: &Actor, id: i64) -> Result<bool> {
    let known = one(tx, id).await?.ok_or(Refusal::missing(Thing::Task))?;
    if let Some(task) = task_of(tx, &known).await? {
        return stop_task(tx, actor, task.id).await;
    }
    let agent_id = known.agent_id.unwrap_or_default();
    duty::lock_own(tx, actor, agent_id).await?;
    match lock(tx, id).await? {
        Some(row) => end(tx, actor, row, CheckInEnd::Stopped)
            .await
            .map(|()| true),
        None => Ok(false),
    }
}

/// Its task went on in its life.
pub(crate) async fn follow(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    if task.is_open() {
        return Ok(());
    }
    match running_of_task(tx, task.id).await? {
        Some(row) => end(tx, actor, row, CheckInEnd::TaskOver).await,
        None => Ok(()),
    }
}

/// The shifts of these agents are over; they are locked.
pub(crate) async fn shift_over(tx: &mut Tx, agent_ids: &[i64]) -> Result<()> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    let rows = check_in::Entity::find()
        .filter(check_in::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_asc(check_in::Column::Id)
        .all(tx.db())
        .await?;
    let system = Actor::system(Channel::Timer);
    for row in rows {
        over(tx, &system, row, CheckInEnd::ShiftOver).await?;
    }
    Ok(())
}

/// Somebody was asked for as long as he wanted.
pub(crate) async fn time_over(tx: &mut Tx, id: i64) -> Result<()> {
    let system = Actor::system(Channel::Timer);
    match lock(tx, id).await? {
        Some(row) => over(tx, &system, row, CheckInEnd::TimeOver).await,
        None => Ok(()),
    }
}

/// It ends by itself, but not while somebody is silent of whom those in command do not know yet.
async fn over(tx: &mut Tx, actor: &Actor, row: check_in::Model, why: CheckInEnd) -> Result<()> {
    if !silent_unknown(tx, row.id).await? {
        return end(tx, actor, row, why).await;
    }
    let check_in_id = row.id;
    timer::cancel(tx, &Due::CheckInRound { check_in_id }).await?;
    // Asked again, the lead, those in command.
    let known = tx.now() + answer_time(tx) * COMMAND;
    timer::set(tx, &Due::CheckInEnd { check_in_id }, known).await
}

async fn silent_unknown(tx: &Tx, id: i64) -> Result<bool> {
    let waiting = check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::State.eq(PersonState::Waiting))
        .filter(check_in_person::Column::Step.lt(COMMAND));
    Ok(waiting.count(tx.db()).await? > 0)
}

/// Ends one that runs and is locked: nobody is asked or waited for any more.
pub(super) async fn end(
    tx: &mut Tx,
    actor: &Actor,
    row: check_in::Model,
    why: CheckInEnd,
) -> Result<()> {
    let check_in_id = row.id;
    let ended = check_in::ActiveModel {
        id: Set(check_in_id),
        status: Set(CheckInStatus::Ended),
        ended_at: Set(Some(tx.now())),
        ended_by: Set(actor.user_id),
        end_reason: Set(Some(why)),
        ..Default::default()
    };
    let row = check_in::Entity::update(ended).exec(tx.db()).await?;
    for due in [
        Due::CheckInRound { check_in_id },
        Due::CheckInSilence { check_in_id },
        Due::CheckInEnd { check_in_id },
    ] {
        timer::cancel(tx, &due).await?;
    }
    let data = json!({ "check_in": check_in_id, "why": why });
    audit::record(tx, actor, "check_in.end", subject(&row), data).await?;
    outbox::refresh_check_in(tx, check_in_id).await?;
    if let Some(task_id) = row.task_id {
        outbox::refresh_cards(tx, task_id).await?;
    }
    announce(tx, &row).await
}
