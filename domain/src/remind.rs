//! What is said about the time of a task before anybody asks: it begins soon, it should have begun, it takes longer
//! than it should. Timers, told to those who can do something about it.

mod extend;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;

use ::entity::{audit as record, task};

use crate::{
    Actor, Error, Refusal, Result, Store, Tx, assignment,
    audit::{self, Subject},
    duty::Reader,
    late,
    nudge::{self, Told},
    outbox::Notice,
    setting,
    task::{AssignmentState, Status, Task, load},
    timer::{self, Due},
};

pub use extend::{Extension, Plan, RunsInto, extend, extension};

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// It begins in forty minutes.
    Soon,
    /// It begins in ten minutes.
    Near,
    /// It should have begun ten minutes ago.
    NotStarted,
    /// It takes longer than planned, or than three in four of its kind.
    Running,
    /// It has been in progress for a day.
    Stalled,
}

impl Reminder {
    pub const ALL: [Self; 5] = [
        Self::Soon,
        Self::Near,
        Self::NotStarted,
        Self::Running,
        Self::Stalled,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Near => "near",
            Self::NotStarted => "not_started",
            Self::Running => "running",
            Self::Stalled => "stalled",
        }
    }
}

const SOON: TimeDelta = TimeDelta::minutes(40);
const NEAR: TimeDelta = TimeDelta::minutes(10);
const AGAIN: TimeDelta = TimeDelta::hours(1);
const STALLED: TimeDelta = TimeDelta::hours(24);

/// How long somebody who asks for more people is not heard again.
const QUIET: TimeDelta = TimeDelta::minutes(2);
const REINFORCE: &str = "task.reinforce";

/// Sets the timers of a task to what it is now; what was said of a time that has passed is not said again.
pub(crate) async fn wind(tx: &mut Tx, task_id: i64) -> Result<()> {
    let waiting = Reminder::ALL.map(|what| due(task_id, what, false));
    timer::cancel_all(tx, waiting.into()).await?;
    let Some(row) = task::Entity::find_by_id(task_id).one(tx.db()).await? else {
        return Ok(());
    };
    let said = said(tx, &row).await?;
    let dues = moments(&row, &said, tx.now());
    timer::set_each(tx, dues).await
}

/// Sets the timers of what an earlier release left open, once in the life of an installation.
pub(crate) async fn wind_up(tx: &mut Tx) -> Result<()> {
    if !setting::first(tx, "reminders", "wound").await? {
        return Ok(());
    }
    let open = task::Entity::find()
        .filter(task::Column::Status.is_in([Status::Scheduled, Status::InProgress]))
        .all(tx.db())
        .await?;
    let now = tx.now();
    let dues: Vec<_> = open.iter().flat_map(|row| moments(row, &[], now)).collect();
    for some in dues.chunks(500) {
        timer::set_each(tx, some.to_vec()).await?;
    }
    Ok(())
}

fn due(task_id: i64, what: Reminder, again: bool) -> Due {
    Due::Remind {
        task_id,
        what,
        again,
    }
}

/// What those who answer for a task that runs know already.
async fn said(tx: &Tx, row: &task::Model) -> Result<Vec<Reminder>> {
    if row.status != Status::InProgress {
        return Ok(Vec::new());
    }
    let once = [Reminder::Running, Reminder::Stalled];
    let dues = once.map(|what| due(row.id, what, false));
    let fired = timer::fired_of(tx, &dues).await?;
    let known = once.into_iter().zip(dues);
    Ok(known
        .filter(|(_, due)| fired.contains(due))
        .map(|(what, _)| what)
        .collect())
}

fn moments(row: &task::Model, said: &[Reminder], now: DateTime<Utc>) -> Vec<(Due, DateTime<Utc>)> {
    match (row.status, row.planned_start_at, row.started_at) {
        (Status::Scheduled, Some(start), _) => [
            (Reminder::Soon, start - SOON),
            (Reminder::Near, start - NEAR),
            (Reminder::NotStarted, start + late::GRACE),
        ]
        .into_iter()
        .filter(|(_, at)| *at > now)
        .map(|(what, at)| (due(row.id, what, false), at))
        .collect(),
        (Status::InProgress, _, Some(began)) => running(row, began, said, now),
        _ => Vec::new(),
    }
}

fn running(
    row: &task::Model,
    began: DateTime<Utc>,
    said: &[Reminder],
    now: DateTime<Utc>,
) -> Vec<(Due, DateTime<Utc>)> {
    let end = row.window_end_at.unwrap_or(began);
    let known = said.contains(&Reminder::Running);
    let next = match known {
        true if end <= now => now + AGAIN,
        _ => end.max(now),
    };
    let mut dues = vec![(due(row.id, Reminder::Running, known), next)];
    if !said.contains(&Reminder::Stalled) {
        let at = stalls(began, row.paused_seconds).max(now);
        dues.push((due(row.id, Reminder::Stalled, false), at));
    }
    dues
}

/// The timer of one reminder: said when it still holds.
pub(crate) async fn passed(tx: &mut Tx, task_id: i64, what: Reminder, again: bool) -> Result<()> {
    let Some(task) = load::one(tx.db(), task_id).await? else {
        return Ok(());
    };
    if !holds(&task, what, tx.now()) {
        return Ok(());
    }
    let readers = readers(tx, &task, what, again).await?;
    let notice = Notice::Reminder { task_id, what };
    nudge::tell(tx, Told::About(&task), readers, notice).await?;
    if what != Reminder::Running {
        return Ok(());
    }
    let next = tx.now() + AGAIN;
    timer::set(tx, &due(task_id, what, true), next).await
}

fn holds(task: &Task, what: Reminder, now: DateTime<Utc>) -> bool {
    let begins_in = |most: TimeDelta, least: TimeDelta| {
        let left = task.planned_start.map(|start| start - now);
        task.status == Status::Scheduled && left.is_some_and(|left| least < left && left <= most)
    };
    match what {
        Reminder::Soon => begins_in(SOON, NEAR),
        Reminder::Near => begins_in(NEAR, TimeDelta::zero()),
        Reminder::NotStarted => task.status == Status::Scheduled && late::is(task, now),
        Reminder::Running => task.status == Status::InProgress && late::is(task, now),
        Reminder::Stalled => {
            let began = task.started_at.map(|at| stalls(at, task.paused_seconds));
            task.status == Status::InProgress && began.is_some_and(|at| at <= now)
        }
    }
}

/// When work that began then has lasted for a day, pauses left out.
fn stalls(began: DateTime<Utc>, paused: i64) -> DateTime<Utc> {
    began + STALLED + TimeDelta::seconds(paused)
}

/// The task of a reminder that is about to be worded; nothing when it does not hold any more, or no longer concerns
/// its reader.
pub async fn still(
    store: &Store,
    reader: &Actor,
    task_id: i64,
    what: Reminder,
) -> Result<Option<Task>> {
    match load::find(store, reader, task_id).await {
        Ok(task) => Ok(Some(task)
            .filter(|task| holds(task, what, store.now()) && concerns(reader, task, what))),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a reminder that was put on its way at `since` may reach its reader now: nobody hears it off duty because it was
/// delayed, and it counts on the day on which it leaves.
pub async fn bears(
    store: &Store,
    reader: &Actor,
    task: &Task,
    since: DateTime<Utc>,
) -> Result<bool> {
    match reader.user_id {
        Some(user_id) => nudge::bears(store, user_id, task, since).await,
        None => Ok(true),
    }
}

fn concerns(reader: &Actor, task: &Task, what: Reminder) -> bool {
    let stake = task.stake();
    let leads = reader.agent_id.is_some() && reader.agent_id == stake.lead_agent_id;
    match what {
        Reminder::Soon | Reminder::Near => crew(task)
            .iter()
            .any(|(_, user_id)| Some(*user_id) == reader.user_id),
        Reminder::NotStarted | Reminder::Running | Reminder::Stalled => {
            leads || reader.may_command() || stake.created_by == reader.user_id
        }
    }
}

async fn readers(tx: &Tx, task: &Task, what: Reminder, again: bool) -> Result<Vec<Reader>> {
    let responsible = match what {
        Reminder::Soon | Reminder::Near => return Ok(crew(task)),
        Reminder::Running if again => return Ok(lead(task)),
        Reminder::NotStarted | Reminder::Running | Reminder::Stalled => {
            assignment::responsible(tx, task).await?
        }
    };
    Ok(responsible.into_iter().collect())
}

/// The lead, and those who have to be there and are not yet.
fn crew(task: &Task) -> Vec<Reader> {
    let coming = task
        .held()
        .filter(|one| one.state != AssignmentState::OnSite)
        .filter_map(|one| Some((one.agent.telegram_id?, one.agent.user_id?)));
    coming.chain(lead(task)).collect()
}

fn lead(task: &Task) -> Vec<Reader> {
    task.lead
        .iter()
        .filter_map(|lead| Some((lead.telegram_id?, lead.user_id?)))
        .collect()
}

/// Asks those who answer for a task for more people; asking again within two minutes tells nobody twice. False when
/// there is nobody to be told.
///
/// # Errors
/// Only whoever is on it.
pub async fn reinforce(tx: &mut Tx, actor: &Actor, id: i64) -> Result<bool> {
    let task = load::locked(tx, actor, id).await?;
    let Some(agent_id) = actor
        .agent_id
        .filter(|id| task.stake().agent_ids.contains(id))
    else {
        return Err(Refusal::NotAllowed.into());
    };
    if !task.is_open() {
        return Err(Refusal::WrongStatus {
            status: task.status,
        }
        .into());
    }
    let somebody = somebody_hears(tx, &task, actor).await?;
    if asked_just_now(tx, actor, id).await? {
        return Ok(somebody);
    }
    audit::record(tx, actor, REINFORCE, Subject::Task(id), json!({})).await?;
    let notice = Notice::Reinforce {
        task_id: id,
        agent_id,
    };
    let himself = actor.telegram_id;
    assignment::tell_responsible(tx, &task, notice, himself.as_slice()).await?;
    Ok(somebody)
}

/// Whether somebody else who answers for the task can be reached.
async fn somebody_hears(tx: &Tx, task: &Task, actor: &Actor) -> Result<bool> {
    let people = assignment::responsible(tx, task).await?;
    let mut others = people.into_iter().map(|(_, user_id)| Some(user_id));
    Ok(others.any(|user_id| user_id != actor.user_id))
}

async fn asked_just_now(tx: &Tx, actor: &Actor, id: i64) -> Result<bool> {
    let asked = record::Entity::find()
        .filter(record::Column::SubjectKind.eq("task"))
        .filter(record::Column::SubjectId.eq(id))
        .filter(record::Column::Action.eq(REINFORCE))
        .filter(record::Column::UserId.eq(actor.user_id))
        .filter(record::Column::At.gt(tx.now() - QUIET))
        .one(tx.db())
        .await?;
    Ok(asked.is_some())
}
