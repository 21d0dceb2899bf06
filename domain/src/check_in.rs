//! Whether people are well: those of a task that is under way, or one who works alone, are asked from time to time.
//!
//! ```text
//! asked --answers--> well | help (a call for help like any other)
//! asked --silence--> asked again --> the lead hears of it --> those in command do, with the phones to call
//! asked --not delivered--> unreachable, until Telegram takes the question
//! heard of --the word is lost--> others hear of it, or nobody knows and it is tried again
//! ```
//! The time to answer runs from when Telegram took the question. Whatever asks, escalates or ends holds the lock of the task, or
//! of the agent who is alone, and then the rows of its people; an answer and a receipt hold only the rows they change.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use ::entity::{check_in, check_in_person};
pub use ::entity::{
    check_in::{CheckInEnd, CheckInStatus},
    check_in_person::PersonState,
};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment,
    audit::{self, Subject},
    duty,
    error::{Problem, Thing},
    event::Event,
    outbox,
    task::{Status, Task, load},
    timer::{self, Due},
};

mod alone;
mod answer;
mod end;
mod ending;
mod lost;
mod people;
mod reach;
mod read;
mod round;
mod silence;
mod told;
mod watch;

pub use alone::alone;
pub use answer::{Answered, Said, answer};
pub(crate) use end::{follow, released, reopened, shift_over, time_over};
pub use end::{stop, stop_alone, stop_task};
pub use ending::{Ending, ending};
pub(crate) use lost::word_lost;
pub(crate) use reach::{delivered, hold, reachable, review, telegram_is_back, unreachable};
pub use read::{
    CheckIn, Person, Silent, Standing, alone_of, every, of_task, of_task_in, silent, standing,
    waiting_of,
};
pub(crate) use round::round_over;
pub(crate) use silence::silence_over;
pub use watch::{WatchFilter, Watched, WatchedTask, watched};

/// How seldom and how often people can be asked, in minutes.
pub const LEAST_MINUTES: u32 = 5;
pub const MOST_MINUTES: u32 = 240;

/// Steps of silence, see the column.
const AGAIN: i32 = 1;
const LEAD: i32 = 2;
const COMMAND: i32 = 3;

fn bounded(every_minutes: u32) -> Result<i32, Refusal> {
    match (LEAST_MINUTES..=MOST_MINUTES).contains(&every_minutes) {
        true => Ok(every_minutes as i32),
        false => Err(Refusal::invalid("every_minutes", Problem::OutOfRange)),
    }
}

/// Asks everybody who has acknowledged a task under way now, and again after so many minutes, 5 to 240; one that runs
/// already takes the new pace. Said again, nothing changes.
///
/// # Errors
/// Only the lead or a supervisor of the scope, and only while the task is in progress or paused.
pub async fn start(tx: &mut Tx, actor: &Actor, task_id: i64, every_minutes: u32) -> Result<()> {
    let task = load::locked(tx, actor, task_id).await?;
    actor.check(Act::Pause, &task.stake())?;
    let every = bounded(every_minutes)?;
    if !is_under_way(&task) {
        return Err(Refusal::WrongStatus {
            status: task.status,
        }
        .into());
    }
    let row = match running_of_task(tx, task_id).await? {
        Some(row) if row.every_minutes == every => return Ok(()),
        Some(row) => {
            let pace = check_in::ActiveModel {
                id: Set(row.id),
                every_minutes: Set(every),
                ..Default::default()
            };
            check_in::Entity::update(pace).exec(tx.db()).await?
        }
        None => {
            let new = check_in::ActiveModel {
                task_id: Set(Some(task_id)),
                ..blank(tx, actor, every)
            };
            check_in::Entity::insert(new)
                .exec_with_returning(tx.db())
                .await?
        }
    };
    let data = json!({ "check_in": row.id, "every_minutes": every });
    audit::record(tx, actor, "check_in.start", subject(&row), data).await?;
    round::ask(tx, row).await?;
    outbox::refresh_cards(tx, task_id).await
}

fn blank(tx: &Tx, actor: &Actor, every: i32) -> check_in::ActiveModel {
    check_in::ActiveModel {
        every_minutes: Set(every),
        status: Set(CheckInStatus::Active),
        round: Set(0),
        started_by: Set(actor.user_id),
        created_at: Set(tx.now()),
        ..Default::default()
    }
}

fn is_under_way(task: &Task) -> bool {
    matches!(task.status, Status::InProgress | Status::Paused)
}

async fn one(tx: &Tx, id: i64) -> Result<Option<check_in::Model>> {
    Ok(check_in::Entity::find_by_id(id).one(tx.db()).await?)
}

async fn running_of_task(tx: &Tx, task_id: i64) -> Result<Option<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::TaskId.eq(task_id))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_desc(check_in::Column::Id)
        .one(tx.db())
        .await?)
}

/// Locks what everybody who changes it locks first; nothing when there is no such check, or it is over.
pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<Option<check_in::Model>> {
    let Some(row) = one(tx, id).await? else {
        return Ok(None);
    };
    match (row.task_id, row.agent_id) {
        (Some(task_id), _) => load::hold(tx, task_id).await?,
        (None, Some(agent_id)) => drop(duty::locked(tx, agent_id).await?),
        (None, None) => {}
    }
    let row = one(tx, id).await?;
    Ok(row.filter(|row| row.status == CheckInStatus::Active))
}

/// What the record says it is about.
fn subject(row: &check_in::Model) -> Subject {
    match (row.task_id, row.agent_id) {
        (Some(id), _) => Subject::Task(id),
        (None, id) => Subject::Agent(id.unwrap_or_default()),
    }
}

fn answer_time(tx: &Tx) -> TimeDelta {
    TimeDelta::seconds(tx.rules().check_in.answer_seconds.into())
}

/// The people of it, locked in the order in which everybody locks them.
async fn held(tx: &Tx, id: i64) -> Result<Vec<check_in_person::Model>> {
    Ok(check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .order_by_asc(check_in_person::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?)
}

/// Sets the timer of silence to whoever is the next whose time is over.
async fn wind(tx: &mut Tx, id: i64) -> Result<()> {
    let next: Option<Option<DateTime<Utc>>> = check_in_person::Entity::find()
        .select_only()
        .column_as(check_in_person::Column::DueAt.min(), "next")
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::State.eq(PersonState::Waiting))
        .into_tuple()
        .one(tx.db())
        .await?;
    let due = Due::CheckInSilence { check_in_id: id };
    match next.flatten() {
        Some(at) => timer::set(tx, &due, at).await,
        None => timer::cancel(tx, &due).await,
    }
}

/// These people of it are in this state from now on, and nothing is waited for; whoever answers at this moment is not lost.
async fn put(tx: &mut Tx, id: i64, agent_ids: &[i64], state: PersonState) -> Result<()> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    if state == PersonState::Released {
        told::close(tx, None, id, Some(agent_ids)).await?;
    }
    let mut update = check_in_person::Entity::update_many()
        .col_expr(check_in_person::Column::State, Expr::value(state))
        .col_expr(
            check_in_person::Column::DueAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::AgentId.is_in(agent_ids.iter().copied()));
    if state == PersonState::Unreachable {
        update = update.filter(check_in_person::Column::State.eq(PersonState::Waiting));
    }
    update.exec(tx.db()).await?;
    Ok(())
}

/// Boards learn that something about it is different.
async fn announce(tx: &mut Tx, row: &check_in::Model) -> Result<()> {
    let event = Event::CheckInUpdated {
        id: row.id,
        task_id: row.task_id,
        agent_id: row.agent_id,
    };
    if let Some(task_id) = row.task_id {
        let scope = assignment::scope_of(tx, task_id).await?;
        tx.log(event, &scope);
        return Ok(());
    }
    let alone: Vec<i64> = row.agent_id.into_iter().collect();
    duty::log(tx, &alone, |_| event.clone()).await
}

async fn task_of(tx: &Tx, row: &check_in::Model) -> Result<Option<Task>> {
    let Some(id) = row.task_id else {
        return Ok(None);
    };
    let task = load::one(tx.db(), id).await?;
    task.map(Some)
        .ok_or_else(|| Refusal::missing(Thing::Task).into())
}
