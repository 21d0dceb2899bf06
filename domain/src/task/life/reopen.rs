//! Taking a completion back.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::{history, task};

use super::{Step, change::change, expect_status, kind_row};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment::{self, NotBack},
    check_in, emergency, estimate,
    task::{AssignmentState, Status, Task, load, news, window::Span},
    timer::{self, Due},
    zone,
};

/// A task that is open again.
#[derive(Clone, Debug)]
pub struct Reopened {
    pub task: Task,
    /// What those former people are called who did not come back.
    pub missing: Vec<String>,
    /// The same people, and what keeps each of them.
    pub not_back: Vec<NotBack>,
    /// Whether somebody who can send others knows of them: he is being told, or did it himself.
    pub known: bool,
}

/// Takes a completion back: within the undo time by whoever completed, later by a supervisor with a reason.
///
/// # Errors
/// [`Refusal::UndoOver`] for whoever completed it and has no scope over it, after the undo time.
pub async fn reopen(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Reopened> {
    emergency::lock_reopened(tx, id).await?;
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::Completed])?;
    may_reopen(tx, actor, &task, &step).await?;
    let former = last_release(tx, &task).await?;
    let started_at = task.started_at.or(task.ended_at);
    let paused = task.paused_seconds + closed_for(&task, &step, tx.now());
    let kind = kind_row(tx, task.kind.id).await?;
    let begins = started_at.unwrap_or(tx.now());
    let span = Span::of(
        tx.db(),
        begins,
        task.planned_end,
        &kind,
        zone::parse(&task.zone)?,
    )
    .await?
    .stretched(task.planned_end, paused);
    let not_back = assignment::take_back(tx, &task, span, &former).await?;
    assignment::led_again(tx, &task).await?;
    let led = task.lead.as_ref().map(|lead| lead.agent_id);
    let row = task::ActiveModel {
        started_at: Set(started_at),
        paused_seconds: Set(paused),
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        ended_at: Set(None),
        ended_by: Set(None),
        end_reason: Set(None),
        band: Set(None),
        duration_seconds: Set(None),
        ..Default::default()
    };
    timer::cancel(tx, &Due::Refresh { task_id: id }).await?;
    estimate::changed(tx, task.kind.id).await?;
    let at = tx.now();
    let task = change(
        tx,
        actor,
        &task,
        Status::InProgress,
        at,
        &step,
        row,
        &former,
    )
    .await?;
    if task.lead.as_ref().map(|lead| lead.agent_id) != led {
        news::tell_lead(tx, actor, &task).await?;
    }
    Box::pin(check_in::reopened(tx, actor, id)).await?;
    let known = assignment::tell_of_missing(tx, actor, &task, &not_back).await?;
    Ok(Reopened {
        missing: names(&task, &not_back),
        task,
        not_back,
        known,
    })
}

fn names(task: &Task, not_back: &[NotBack]) -> Vec<String> {
    let parts = not_back
        .iter()
        .filter_map(|one| task.assignment_of(one.agent_id));
    parts.map(|part| part.agent.name.clone()).collect()
}

/// For how long nobody worked at it, in seconds. What is taken back at once, without a reason, had never ended.
fn closed_for(task: &Task, step: &Step, now: DateTime<Utc>) -> i64 {
    match (task.ended_at, step.reason()) {
        (Some(ended), Some(_)) => (now - ended).num_seconds().max(0),
        _ => 0,
    }
}

async fn may_reopen(tx: &Tx, actor: &Actor, task: &Task, step: &Step) -> Result<(), Refusal> {
    if can_undo(tx.now(), tx.rules().undo_seconds, actor, task) {
        return Ok(());
    }
    if actor.may(Act::Reopen, &task.stake()) {
        return step.reason().map(drop).ok_or(Refusal::NeedsReason);
    }
    let his = task.ended_by.as_ref().map(|user| user.user_id) == actor.user_id;
    Err(if his {
        Refusal::UndoOver
    } else {
        Refusal::NotAllowed
    })
}

/// Whether this person may still take his own completion back without giving a reason.
pub fn can_undo(now: DateTime<Utc>, undo_seconds: u32, actor: &Actor, task: &Task) -> bool {
    let his =
        actor.user_id.is_some() && task.ended_by.as_ref().map(|user| user.user_id) == actor.user_id;
    // `updated_at` is when we learnt of it; the end itself may have been reported for earlier.
    let fresh = now - task.updated_at < TimeDelta::seconds(undo_seconds.into());
    task.status == Status::Completed && his && fresh
}

/// Who was on the task, and in which state, when it last ended; where nobody was, who did not come back since the end before.
async fn last_release(tx: &Tx, task: &Task) -> Result<Vec<(i64, AssignmentState)>> {
    let ends = history::Entity::find()
        .filter(history::Column::TaskId.eq(task.id))
        .filter(history::Column::ToStatus.eq(Status::Completed))
        .order_by_desc(history::Column::Id)
        .all(tx.db())
        .await?;
    for end in ends {
        let mut people: Vec<(i64, AssignmentState)> = serde_json::from_value(end.released)?;
        if !people.is_empty() {
            people.retain(|(id, _)| has_gone_since(task, *id, end.recorded_at));
            return Ok(people);
        }
    }
    Ok(Vec::new())
}

/// Whether somebody was let go at this moment and was not on the task after it.
fn has_gone_since(task: &Task, agent_id: i64, end: DateTime<Utc>) -> bool {
    let his = task.assignment_of(agent_id);
    his.is_some_and(|one| one.state == AssignmentState::Released && one.released_at == Some(end))
}
