//! The life of a task: one function per transition, used by bot, API and timers alike.
//!
//! ```text
//! scheduled --start--> in_progress --pause--> paused --resume--> in_progress
//! scheduled | in_progress | paused --complete--> completed --reopen--> in_progress
//! scheduled | in_progress | paused --cancel--> cancelled
//! ```

mod change;
mod reopen;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};

use ::entity::{task, task_kind};

use super::{
    Status, Task, load, moment, news,
    window::{Span, stretched},
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment, emergency,
    error::Thing,
    estimate,
    geo::Point,
    timer::{self, Due},
    zone,
};
use change::change;

pub use reopen::{Reopened, can_undo, reopen};

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
    emergency::lock_for(tx, actor, id).await?;
    let task = load::locked(tx, actor, id).await?;
    expect_status(&task, &[Status::Scheduled])?;
    actor.check(Act::Start, &task.stake())?;
    assignment::seen_by(tx, actor, &task).await?;
    let lead = linked_lead(tx, &task).await?;
    if task.lead.as_ref().map(|lead| lead.agent_id) != Some(lead) {
        assignment::set_lead(tx, &task, Some(lead)).await?;
    }
    let at = moment::of(tx, &step, None)?;
    let (kind, tz) = (kind_row(tx, task.kind.id).await?, zone::parse(&task.zone)?);
    let span = Span::of(tx.db(), at, task.planned_end, &kind, tz).await?;
    let row = task::ActiveModel {
        started_at: Set(Some(at)),
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        ..Default::default()
    };
    let now = change(tx, actor, &task, Status::InProgress, at, &step, row, &[]).await?;
    if task.lead.is_none() {
        news::tell_lead(tx, actor, &now).await?;
    }
    emergency::comes(tx, actor, &now).await?;
    Ok(now)
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
    let paused = paused_until(&task, at);
    let longer = |end| stretched(end, task.planned_end, paused - task.paused_seconds);
    let row = task::ActiveModel {
        paused_at: Set(None),
        paused_seconds: Set(paused),
        window_end_at: Set(task.window_end.map(longer)),
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
    let row = match started_at {
        Some(began) => {
            let row = judged(tx, &task, began, at, row).await?;
            measured(tx, &task, began, at, row).await?
        }
        None => row,
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
    estimate::changed(tx, task.kind.id).await?;
    Ok(done)
}

/// The window that the end is judged by is that of the work as it was: also when it ends in a pause, or when nobody had
/// said that it began.
async fn judged(
    tx: &Tx,
    task: &Task,
    began: DateTime<Utc>,
    at: DateTime<Utc>,
    row: task::ActiveModel,
) -> Result<task::ActiveModel> {
    if task.started_at.is_some() {
        let paused = paused_until(task, at) - task.paused_seconds;
        let longer = |end| stretched(end, task.planned_end, paused);
        return Ok(task::ActiveModel {
            window_end_at: Set(task.window_end.map(longer)),
            ..row
        });
    }
    let (kind, tz) = (kind_row(tx, task.kind.id).await?, zone::parse(&task.zone)?);
    let span = Span::of(tx.db(), began, task.planned_end, &kind, tz).await?;
    Ok(task::ActiveModel {
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        ..row
    })
}

/// What a task took, when it counts.
async fn measured(
    tx: &Tx,
    task: &Task,
    began: DateTime<Utc>,
    at: DateTime<Utc>,
    row: task::ActiveModel,
) -> Result<task::ActiveModel> {
    let counts: Option<bool> = task::Entity::find_by_id(task.id)
        .select_only()
        .column(task::Column::CountsInEstimates)
        .into_tuple()
        .one(tx.db())
        .await?;
    if task.drill || counts != Some(true) {
        return Ok(row);
    }
    let took = (at - began).num_seconds() - paused_until(task, at);
    let band = estimate::band(began, zone::parse(&task.zone)?);
    Ok(task::ActiveModel {
        band: Set(Some(band.into())),
        duration_seconds: Set(Some(took.max(0))),
        ..row
    })
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
/// Needs a reason; a supervisor of the scope or whoever created it, a call for help only for some seconds.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64, step: Step) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    expect_open(&task)?;
    actor.check(Act::Cancel, &task.stake())?;
    emergency::check_cancel(tx, actor, &task).await?;
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
