//! How it ends: by whoever may, or by itself with the task, the shift or the time.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use ::entity::{check_in, check_in_person};

use super::{
    COMMAND, CheckInEnd, CheckInStatus, PersonState, alone::running, announce, answer_time, blank,
    held, lock, one, put, round, running_of_task, silence::UNHEARD, subject, task_of, told, wind,
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

/// Asks an agent who works alone no longer: himself, or a supervisor of his. False when he was not asked.
///
/// # Errors
/// [`Refusal::NotFound`] for who is none of his.
pub async fn stop_alone(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<bool> {
    duty::lock_own(tx, actor, agent_id).await?;
    match running(tx, agent_id).await? {
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

/// Somebody is no longer one of the people of a task, which is locked: nobody waits for him. When he was the last, it ends.
pub(crate) async fn released(tx: &mut Tx, actor: &Actor, task: &Task, agent_id: i64) -> Result<()> {
    let Some(row) = running_of_task(tx, task.id).await? else {
        return Ok(());
    };
    held(tx, row.id).await?;
    put(tx, row.id, &[agent_id], PersonState::Released).await?;
    if task.held().all(|one| one.agent.agent_id == agent_id) {
        return end(tx, actor, row, CheckInEnd::Stopped).await;
    }
    wind(tx, row.id).await?;
    outbox::refresh_check_in(tx, row.id).await?;
    announce(tx, &row).await
}

/// A task that was closed goes on: whoever was asked until then is asked again, now and as often as before.
pub(crate) async fn reopened(tx: &mut Tx, actor: &Actor, task_id: i64) -> Result<()> {
    let last = check_in::Entity::find()
        .filter(check_in::Column::TaskId.eq(task_id))
        .order_by_desc(check_in::Column::Id)
        .one(tx.db())
        .await?;
    let Some(last) = last.filter(|row| row.end_reason == Some(CheckInEnd::TaskOver)) else {
        return Ok(());
    };
    let new = check_in::ActiveModel {
        task_id: Set(Some(task_id)),
        started_by: Set(last.started_by),
        ..blank(tx, actor, last.every_minutes)
    };
    let row = check_in::Entity::insert(new)
        .exec_with_returning(tx.db())
        .await?;
    let data =
        json!({ "check_in": row.id, "every_minutes": row.every_minutes, "reopened": last.id });
    audit::record(tx, actor, "check_in.start", subject(&row), data).await?;
    round::ask(tx, row).await?;
    outbox::refresh_cards(tx, task_id).await
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

/// It ends by itself, but not while nobody has heard of whoever is alone: then he is asked no more, but looked for, until he
/// answers or somebody in command ends it.
async fn over(tx: &mut Tx, actor: &Actor, row: check_in::Model, why: CheckInEnd) -> Result<()> {
    if !unheard(tx, row.id).await? {
        return end(tx, actor, row, why).await;
    }
    let check_in_id = row.id;
    timer::cancel(tx, &Due::CheckInRound { check_in_id }).await?;
    let now = tx.now();
    let past = check_in::ActiveModel {
        id: Set(check_in_id),
        until_at: Set(Some(row.until_at.map_or(now, |until| until.min(now)))),
        ..Default::default()
    };
    check_in::Entity::update(past).exec(tx.db()).await?;
    // Asked again, the lead, those in command.
    let later = now + answer_time(tx) * COMMAND;
    timer::set(tx, &Due::CheckInEnd { check_in_id }, later).await
}

pub(super) async fn unheard(tx: &Tx, id: i64) -> Result<bool> {
    let people = check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::State.is_in(UNHEARD));
    Ok(people.count(tx.db()).await? > 0)
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
    told::close(tx, actor.user_id, check_in_id, None).await?;
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
