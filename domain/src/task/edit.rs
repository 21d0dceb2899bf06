//! Changes to what a task says about itself.

use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::{task, task_kind};

use super::{
    Place, Priority, Task,
    create::{self, When},
    load,
    news::{self, News},
    window::{self, Span},
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment,
    audit::{self, Subject},
    error::{Invalid, Problem, Thing},
    event::Event,
    outbox, remind, zone,
};

/// How the record calls it.
pub(crate) const EDIT: &str = "task.edit";

/// What shall change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TaskPatch {
    pub title: Option<String>,
    /// An inner `None` empties it.
    pub description: Option<Option<String>>,
    pub priority: Option<Priority>,
    pub place: Option<Option<Place>>,
    pub planned_start: Option<When>,
    pub planned_end: Option<Option<When>>,
    pub unit_id: Option<i64>,
    /// The version the change was made on.
    pub if_version: Option<i32>,
}

/// Changes a task that is open.
///
/// # Errors
/// Refused outside of one's scope, when it has ended, when it was changed meanwhile
/// ([`Refusal::Stale`]) and when a new time collides with what its people do.
pub async fn edit(tx: &mut Tx, actor: &Actor, id: i64, patch: TaskPatch) -> Result<Task> {
    let task = load::locked(tx, actor, id).await?;
    actor.check(Act::Edit, &task.stake())?;
    if patch
        .if_version
        .is_some_and(|version| version != task.version)
    {
        return Err(Refusal::Stale {
            version: task.version,
        }
        .into());
    }
    if !task.is_open() {
        return Err(Refusal::WrongStatus {
            status: task.status,
        }
        .into());
    }
    let hastened = patch.priority.filter(|one| *one > task.priority);
    let moved = patch.planned_start.is_some() || patch.planned_end.is_some();
    let row = changed(tx, actor, &task, patch).await?;
    task::Entity::update(row).exec(tx.db()).await?;
    if moved {
        check_people(tx, &task).await?;
        remind::wind(tx, id).await?;
    }
    if let Some(priority) = hastened {
        assignment::hasten(tx, id, priority).await?;
    }
    let now = announce(tx, actor, &task).await?;
    let place = now.place != task.place;
    let time = now.planned_start != task.planned_start;
    if let Some(what) = News::of_edit(place, time) {
        news::tell_crew(tx, actor, &now, what).await?;
    }
    Ok(now)
}

async fn changed(
    tx: &Tx,
    actor: &Actor,
    task: &Task,
    patch: TaskPatch,
) -> Result<task::ActiveModel> {
    let mut row = task::ActiveModel {
        id: Set(task.id),
        version: Set(task.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    set_words(task, &patch, &mut row)?;
    set_times(tx, task, &patch, &mut row).await?;
    if let Some(priority) = patch.priority {
        row.priority = Set(priority as i16);
    }
    if let Some(unit_id) = patch.unit_id {
        row.unit_id = Set(Some(create::given_unit(tx, actor, unit_id).await?));
    }
    Ok(row)
}

/// What is wrong with it whatever the task is.
pub fn broken(patch: &TaskPatch) -> Vec<Invalid> {
    let description = patch.description.as_ref().and_then(Option::as_deref);
    let place = patch.place.as_ref().and_then(Option::as_ref);
    create::broken_words(patch.title.as_deref(), description, place)
}

fn set_words(task: &Task, patch: &TaskPatch, row: &mut task::ActiveModel) -> Result<(), Refusal> {
    let errors = broken(patch);
    if !errors.is_empty() {
        return Err(Refusal::Invalid { errors });
    }
    let title = patch
        .title
        .as_deref()
        .unwrap_or(&task.title)
        .trim()
        .to_owned();
    let place = patch
        .place
        .clone()
        .unwrap_or_else(|| task.place.clone())
        .unwrap_or_default();
    if let Some(description) = &patch.description {
        row.description = Set(create::text(description.as_deref()));
    }
    row.search = Set(create::search_text(
        &task.code,
        &title,
        place.label.as_deref(),
    ));
    row.title = Set(title);
    row.lat = Set(place.point.map(|point| point.lat));
    row.lon = Set(place.point.map(|point| point.lon));
    row.place_label = Set(create::text(place.label.as_deref()));
    // Other words for the same pin leave it as exact as it was.
    let same = task.place.as_ref().filter(|was| was.point == place.point);
    row.place_accuracy_m = Set(place.accuracy_m.or(same.and_then(|was| was.accuracy_m)));
    Ok(())
}

async fn set_times(
    tx: &Tx,
    task: &Task,
    patch: &TaskPatch,
    row: &mut task::ActiveModel,
) -> Result<()> {
    let tz = zone::parse(&task.zone)?;
    let start = patch.planned_start.map(|start| start.resolve(tx.now(), tz));
    let start_at = start
        .map(|(at, _)| at)
        .or(task.planned_start)
        .unwrap_or(task.created_at);
    let end = match patch.planned_end {
        Some(end) => end.map(|end| end.resolve(tx.now(), tz)),
        None => task.planned_end.zip(task.planned_end_local),
    };
    if end.is_some_and(|(end, _)| end <= start_at) {
        return Err(Refusal::invalid("planned_end", Problem::Order).into());
    }
    if let Some((at, local)) = start {
        row.planned_start_at = Set(Some(at));
        row.planned_start_local = Set(Some(local));
    }
    row.planned_end_at = Set(end.map(|(at, _)| at));
    row.planned_end_local = Set(end.map(|(_, local)| local));
    let kind = task_kind::Entity::find_by_id(task.kind.id)
        .one(tx.db())
        .await?;
    let kind = kind.ok_or(Refusal::missing(Thing::Kind))?;
    let begins = task.started_at.unwrap_or(start_at);
    let planned_end = end.map(|(at, _)| at);
    let span = Span::of(tx.db(), begins, planned_end, &kind, tz)
        .await?
        .stretched(planned_end, task.paused_seconds);
    row.window_start_at = Set(Some(span.start));
    row.window_end_at = Set(Some(span.end));
    Ok(())
}

/// A new time may collide with leave or another task of the people.
async fn check_people(tx: &Tx, task: &Task) -> Result<()> {
    let span = assignment::span(tx, task.id).await?;
    let ids: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let agents = assignment::lock_agents(tx, ids).await?;
    window::check_hard(tx, &agents, span, task.id).await
}

/// What of a task is different now.
fn differences(before: &Task, now: &Task) -> Vec<&'static str> {
    let all = [
        ("title", before.title != now.title),
        ("description", before.description != now.description),
        ("priority", before.priority != now.priority),
        ("place", before.place != now.place),
        ("planned_start", before.planned_start != now.planned_start),
        ("planned_end", before.planned_end != now.planned_end),
        ("unit", before.unit != now.unit),
    ];
    let changed = all.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(name, _)| name).collect()
}

async fn announce(tx: &mut Tx, actor: &Actor, before: &Task) -> Result<Task> {
    let id = before.id;
    let task = load::one(tx.db(), id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    audit::record(
        tx,
        actor,
        EDIT,
        Subject::Task(id),
        json!({ "version": task.version, "changed": differences(before, &task) }),
    )
    .await?;
    tx.log(
        Event::TaskUpdated {
            id,
            code: task.code.clone(),
        },
        &assignment::scope(&task),
    );
    outbox::refresh_cards(tx, id).await?;
    Ok(task)
}
