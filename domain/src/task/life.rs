//! The life of a task: one function per transition, used by bot, API and timers alike.
//!
//! ```text
//! scheduled --start--> in_progress --pause--> paused --resume--> in_progress
//! scheduled | in_progress | paused --complete--> completed --reopen--> in_progress
//! scheduled | in_progress | paused --cancel--> cancelled
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use ::entity::{history, task, task_kind};

use super::{AssignmentState, Status, Task, load, moment, window::Span};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    agent, assignment,
    audit::{self, Subject},
    error::Thing,
    event::Event,
    geo::Point,
    outbox,
    timer::{self, Due},
};

/// The circumstances of a transition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub reason: Option<String>,
    /// When it really happened; now when nothing is said.
    pub at: Option<DateTime<Utc>>,
    pub place: Option<Point>,
    /// When a task that was never started did start; only for completing.
    pub started_at: Option<DateTime<Utc>>,
}

impl Step {
    pub fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: Some(reason.into()),
            ..Self::default()
        }
    }

    fn reason(&self) -> Option<String> {
        super::create::text(self.reason.as_deref())
    }
}

/// Begins work. Without a lead the first linked assignee becomes it.
///
/// # Errors
/// Only the lead or a supervisor of the scope starts, only what is scheduled, and only with a linked lead.
pub async fn start(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::Scheduled])?;
    actor.check(Act::Start, &task.stake())?;
    assignment::seen_by(tx, actor, &task).await?;
    let lead = linked_lead(tx, &task).await?;
    if task.lead.as_ref().map(|lead| lead.agent_id) != Some(lead) {
        assignment::set_lead(tx, &task, Some(lead)).await?;
    }
    let at = moment::of(tx, &step, None)?;
    let span = Span::of(at, task.planned_end, &kind_row(tx, task.kind.id).await?);
    let row = task::ActiveModel {
        started_at: Set(Some(at)),
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        ..Default::default()
    };
    change(tx, actor, &task, Status::InProgress, at, &step, row, &[]).await
}

/// The lead, if he can be reached by Telegram, else the first assignee who can.
async fn linked_lead(tx: &Tx, task: &Task) -> Result<i64> {
    let lead = task.lead.as_ref().filter(|lead| lead.telegram_id.is_some());
    match lead {
        Some(lead) => Ok(lead.agent_id),
        None if task.lead.is_some() => Err(Refusal::NoLinkedLead.into()),
        None => assignment::first_linked(tx, task.id)
            .await?
            .ok_or_else(|| Refusal::NoLinkedLead.into()),
    }
}

/// Interrupts work; the pause does not count as duration.
///
/// # Errors
/// Needs a reason; only the lead or a supervisor of the scope pauses what is in progress.
pub async fn pause(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::InProgress])?;
    actor.check(Act::Pause, &task.stake())?;
    step.reason().ok_or(Refusal::NeedsReason)?;
    let at = moment::of(tx, &step, moment::since(tx, &task).await?)?;
    let row = task::ActiveModel {
        paused_at: Set(Some(at)),
        ..Default::default()
    };
    change(tx, actor, &task, Status::Paused, at, &step, row, &[]).await
}

/// Goes on with what was paused.
///
/// # Errors
/// Only the lead or a supervisor of the scope resumes what is paused.
pub async fn resume(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::Paused])?;
    actor.check(Act::Pause, &task.stake())?;
    let at = moment::of(tx, &step, task.paused_at)?;
    let row = task::ActiveModel {
        paused_at: Set(None),
        paused_seconds: Set(paused_until(&task, at)),
        ..Default::default()
    };
    change(tx, actor, &task, Status::InProgress, at, &step, row, &[]).await
}

/// Ends work and releases the whole group in the same transaction. The first completion wins.
///
/// # Errors
/// [`Refusal::AlreadyCompleted`] with who and when; [`Refusal::NotLead`] with the lead's name;
/// a supervisor who forces it gives a reason; the end may not lie before the start.
pub async fn complete(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_open(&task)?;
    may_complete(actor, &task, &step)?;
    let started_at = moment::began(tx, &task, &step)?;
    let at = moment::of(tx, &step, started_at.max(moment::since(tx, &task).await?))?;
    let released = assignment::release_all(tx, &task).await?;
    let row = task::ActiveModel {
        started_at: Set(started_at),
        ..ended(&task, actor, at, &step)
    };
    // Once unknown, a start stays unknown, also when the task is reopened and completed again.
    let row = match started_at {
        Some(_) => row,
        None => task::ActiveModel {
            counts_in_estimates: Set(false),
            ..row
        },
    };
    let done = change(
        tx,
        actor,
        &task,
        Status::Completed,
        at,
        &step,
        row,
        &released,
    )
    .await?;
    let undo_over = tx.now() + TimeDelta::seconds(tx.rules().undo_seconds.into());
    timer::set(tx, &Due::Refresh { task_id: id }, undo_over).await?;
    Ok(done)
}

fn may_complete(actor: &Actor, task: &Task, step: &Step) -> Result<(), Refusal> {
    let stake = task.stake();
    if actor.may(Act::Complete, &stake) {
        return Ok(());
    }
    if !actor.may(Act::ForceComplete, &stake) {
        return Err(Refusal::NotLead {
            lead: task.lead.as_ref().map(|lead| lead.name.clone()),
        });
    }
    step.reason().map(drop).ok_or(Refusal::NeedsReason)
}

/// Calls it off and releases everybody.
///
/// # Errors
/// Needs a reason; a supervisor of the scope or whoever created it.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_open(&task)?;
    actor.check(Act::Cancel, &task.stake())?;
    step.reason().ok_or(Refusal::NeedsReason)?;
    let at = moment::of(tx, &step, moment::since(tx, &task).await?)?;
    let released = assignment::release_all(tx, &task).await?;
    let row = task::ActiveModel {
        counts_in_estimates: Set(false),
        ..ended(&task, actor, at, &step)
    };
    change(
        tx,
        actor,
        &task,
        Status::Cancelled,
        at,
        &step,
        row,
        &released,
    )
    .await
}

fn ended(task: &Task, actor: &Actor, at: DateTime<Utc>, step: &Step) -> task::ActiveModel {
    task::ActiveModel {
        ended_at: Set(Some(at)),
        ended_by: Set(actor.user_id),
        end_reason: Set(step.reason()),
        paused_at: Set(None),
        paused_seconds: Set(paused_until(task, at)),
        ..Default::default()
    }
}

/// A task that is open again.
#[derive(Clone, Debug)]
pub struct Reopened {
    pub task: Task,
    /// Former people who are elsewhere now.
    pub missing: Vec<String>,
}

/// Takes a completion back: within the undo time by whoever completed, later by a supervisor with a reason.
///
/// # Errors
/// [`Refusal::UndoOver`] for whoever completed it and has no scope over it, after the undo time.
pub async fn reopen(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Reopened> {
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::Completed])?;
    may_reopen(tx, actor, &task, &step).await?;
    let former = last_release(tx, id).await?;
    let started_at = task.started_at.or(task.ended_at);
    let kind = kind_row(tx, task.kind.id).await?;
    let span = Span::of(started_at.unwrap_or(tx.now()), task.planned_end, &kind);
    let missing = assignment::take_back(tx, &task, span, &former).await?;
    let row = task::ActiveModel {
        started_at: Set(started_at),
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        ended_at: Set(None),
        ended_by: Set(None),
        end_reason: Set(None),
        ..Default::default()
    };
    timer::cancel(tx, &Due::Refresh { task_id: id }).await?;
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
    Ok(Reopened { task, missing })
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

/// Who was on the task, and in which state, when it last ended.
async fn last_release(tx: &Tx, task_id: i64) -> Result<Vec<(i64, AssignmentState)>> {
    let row = history::Entity::find()
        .filter(history::Column::TaskId.eq(task_id))
        .filter(history::Column::ToStatus.eq(Status::Completed))
        .order_by_desc(history::Column::Id)
        .one(tx.db())
        .await?;
    Ok(row
        .map(|row| serde_json::from_value(row.released))
        .transpose()?
        .unwrap_or_default())
}

fn expect_status(task: &Task, wanted: &[Status]) -> Result<(), Refusal> {
    if wanted.contains(&task.status) {
        Ok(())
    } else {
        Err(ended_or_wrong(task))
    }
}

fn expect_open(task: &Task) -> Result<(), Refusal> {
    if task.is_open() {
        Ok(())
    } else {
        Err(ended_or_wrong(task))
    }
}

fn ended_or_wrong(task: &Task) -> Refusal {
    match (task.status, task.ended_at) {
        (Status::Completed, Some(at)) => Refusal::AlreadyCompleted {
            by: task.ended_by.as_ref().map(|user| user.name.clone()),
            at,
        },
        (status, _) => Refusal::WrongStatus { status },
    }
}

fn paused_until(task: &Task, at: DateTime<Utc>) -> i64 {
    let running = task
        .paused_at
        .map_or(0, |since| (at - since).num_seconds().max(0));
    task.paused_seconds + running
}

async fn kind_row(tx: &Tx, id: i64) -> Result<task_kind::Model> {
    let row = task_kind::Entity::find_by_id(id).one(tx.db()).await?;
    row.ok_or_else(|| Refusal::missing(Thing::Kind).into())
}

/// What every transition writes: state, history, audit, events and messages.
#[expect(
    clippy::too_many_arguments,
    reason = "one place writes all that a transition leaves behind"
)]
async fn change(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    to: Status,
    at: DateTime<Utc>,
    step: &Step,
    row: task::ActiveModel,
    moved: &[(i64, AssignmentState)],
) -> Result<Task> {
    let row = task::ActiveModel {
        id: Set(task.id),
        status: Set(to),
        updated_at: Set(tx.now()),
        ..row
    };
    task::Entity::update(row).exec(tx.db()).await?;
    assignment::bump(tx, task.id).await?;
    write_history(tx, actor, task, to, at, step, moved).await?;
    let data = json!({ "from": task.status, "to": to });
    audit::record(tx, actor, "task.status", Subject::Task(task.id), data).await?;
    let now = load::one(tx.db(), task.id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    announce(tx, task, &now, moved).await?;
    outbox::refresh_cards(tx, task.id).await?;
    Ok(now)
}

async fn write_history(
    tx: &Tx,
    actor: &Actor,
    task: &Task,
    to: Status,
    at: DateTime<Utc>,
    step: &Step,
    moved: &[(i64, AssignmentState)],
) -> Result<()> {
    let row = history::ActiveModel {
        task_id: Set(task.id),
        from_status: Set(Some(task.status)),
        to_status: Set(to),
        user_id: Set(actor.user_id),
        channel: Set(actor.channel),
        reason: Set(step.reason()),
        happened_at: Set(at),
        recorded_at: Set(tx.now()),
        lat: Set(step.place.map(|place| place.lat)),
        lon: Set(step.place.map(|place| place.lon)),
        released: Set(serde_json::to_value(moved)?),
        ..Default::default()
    };
    history::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

async fn announce(
    tx: &mut Tx,
    before: &Task,
    now: &Task,
    moved: &[(i64, AssignmentState)],
) -> Result<()> {
    // Whoever was released still learns of it.
    let mut scope = assignment::scope(now);
    scope.unit_ids.extend(
        before
            .agent_unit_ids
            .iter()
            .filter(|id| !now.agent_unit_ids.contains(id)),
    );
    let event = Event::TaskStatusChanged {
        id: now.id,
        code: now.code.clone(),
        from: Some(before.status),
        status: now.status,
    };
    tx.log(event, &scope);
    tx.log(Event::KpisChanged {}, &scope);
    let mut touched: Vec<i64> = now.held().map(|one| one.agent.agent_id).collect();
    touched.extend(moved.iter().map(|(id, _)| *id));
    agent::announce_availability(tx, touched).await
}
