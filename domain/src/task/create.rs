//! How a task comes into being.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use ::entity::{agent_unit, task, task_kind, unit};

use super::{Place, Priority, Status, Task, code, load, window::Span};
use crate::{
    Actor, Error, Refusal, Result, Tx,
    actor::Level,
    assignment::{self, Crew},
    audit::{self, Subject},
    emergency,
    error::{Invalid, Problem},
    event::Event,
    geo::Point,
    outbox::{self, Message},
    remind, suggestion, zone,
};

/// The longest title, in characters as people count them.
pub const TITLE_MOST: usize = 200;
/// The longest description.
pub const DESCRIPTION_MOST: usize = 4000;

/// When something is planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    #[default]
    Now,
    At(DateTime<Utc>),
    /// What the wall clock shows in the task's zone.
    Local(NaiveDateTime),
}

impl When {
    /// The moment, and what the wall clock shows then.
    pub(super) fn resolve(self, now: DateTime<Utc>, tz: Tz) -> (DateTime<Utc>, NaiveDateTime) {
        match self {
            Self::Now => (now, zone::to_local(now, tz)),
            Self::At(at) => (at, zone::to_local(at, tz)),
            Self::Local(local) => (zone::to_utc(local, tz), local),
        }
    }
}

/// A task to be created.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    pub title: String,
    /// The code of the kind.
    pub kind: String,
    /// The kind's own when there is none.
    pub priority: Option<Priority>,
    pub description: Option<String>,
    pub place: Option<Place>,
    pub planned_start: When,
    pub planned_end: Option<When>,
    /// An IANA zone; the installation's when there is none.
    pub zone: Option<String>,
    pub unit_id: Option<i64>,
    pub drill: bool,
    pub crew: Crew,
}

/// Creates a task and assigns its people.
///
/// # Errors
/// Refused below level 2, outside of one's units, with invalid fields, for the reasons of
/// [`assignment::assign`], and when it is an emergency ([`Refusal::RaisedOnly`]).
pub async fn create(tx: &mut Tx, actor: &Actor, new: NewTask) -> Result<Task> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    if new.kind == emergency::KIND {
        return Err(Refusal::RaisedOnly.into());
    }
    let crew = new.crew.clone();
    let task = make(tx, actor, new).await?;
    show_creator(tx, actor, task.id).await?;
    let task = match crew.is_empty() {
        true => task,
        false => assignment::assign(tx, actor, task.id, crew).await?,
    };
    suggestion::offer(tx, actor, &task).await?;
    Ok(task)
}

/// The same whoever asks, and nobody is assigned or shown anything.
pub(crate) async fn make(tx: &mut Tx, actor: &Actor, new: NewTask) -> Result<Task> {
    let (kind, unit_id) = check(tx, actor, &new).await?;
    let row = row(tx, actor, &new, &kind, unit_id).await?;
    let row = task::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    let (id, code) = (row.id, row.code);
    audit::record(
        tx,
        actor,
        "task.create",
        Subject::Task(id),
        json!({ "kind": kind.code }),
    )
    .await?;
    let task = load::one(tx.db(), id).await?;
    let task = task.ok_or_else(|| Error::Data("a task vanished while it was created".into()))?;
    let scope = assignment::scope(&task);
    tx.log(Event::TaskCreated { id, code }, &scope);
    tx.log(Event::KpisChanged {}, &scope);
    remind::wind(tx, id).await?;
    Ok(task)
}

/// Who creates from the chat gets the live card as the answer.
async fn show_creator(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    if actor.channel != crate::actor::Channel::Bot {
        return Ok(());
    }
    let Some(chat_id) = actor.telegram_id else {
        return Ok(());
    };
    let card = Message::ring(chat_id, actor.user_id, id, outbox::Lane::Answer);
    outbox::push(tx, vec![card]).await
}

/// The kind and the unit, when nothing is wrong with it; else everything that is.
async fn check(tx: &Tx, actor: &Actor, new: &NewTask) -> Result<(task_kind::Model, Option<i64>)> {
    let mut errors = broken(new);
    let kind = unless_invalid(kind(tx, &new.kind).await, &mut errors)?;
    let unit_id = unless_invalid(unit(tx, actor, new).await, &mut errors)?;
    match (kind, unit_id) {
        (Some(kind), Some(unit_id)) if errors.is_empty() => Ok((kind, unit_id)),
        _ => Err(Refusal::Invalid { errors }.into()),
    }
}

/// Puts what is wrong with fields to the rest of it.
fn unless_invalid<T>(tried: Result<T>, errors: &mut Vec<Invalid>) -> Result<Option<T>> {
    let error = match tried {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    let Some(Refusal::Invalid { errors: more }) = error.refusal() else {
        return Err(error);
    };
    for one in more {
        if errors.iter().all(|known| known.field != one.field) {
            errors.push(one.clone());
        }
    }
    Ok(None)
}

/// What is wrong with it whatever is stored.
pub fn broken(new: &NewTask) -> Vec<Invalid> {
    let (description, place) = (new.description.as_deref(), new.place.as_ref());
    let mut errors = broken_words(Some(&new.title), description, place);
    if new.kind.is_empty() {
        errors.push(field("kind", Problem::Required));
    }
    if let Some(Err(Refusal::Invalid { errors: more })) = new.zone.as_deref().map(zone::parse) {
        errors.extend(more);
    }
    errors
}

/// What is wrong with what a task says about itself, as far as it is given.
pub(super) fn broken_words(
    title: Option<&str>,
    description: Option<&str>,
    place: Option<&Place>,
) -> Vec<Invalid> {
    let title = title.and_then(title_problem);
    let description = description.and_then(description_problem);
    let mut errors = Vec::new();
    errors.extend(title.map(|problem| field("title", problem)));
    errors.extend(description.map(|problem| field("description", problem)));
    if let Some(Err(Refusal::Invalid { errors: more })) = place.map(check_place) {
        errors.extend(more);
    }
    errors
}

fn field(field: &str, problem: Problem) -> Invalid {
    Invalid {
        field: field.into(),
        problem,
    }
}

/// What is wrong with a title, if anything.
pub fn title_problem(title: &str) -> Option<Problem> {
    match title.trim().graphemes(true).count() {
        0 => Some(Problem::Required),
        1..3 => Some(Problem::TooShort),
        n if n > TITLE_MOST => Some(Problem::TooLong),
        _ => None,
    }
}

fn description_problem(text: &str) -> Option<Problem> {
    (text.graphemes(true).count() > DESCRIPTION_MOST).then_some(Problem::TooLong)
}

fn check_place(place: &Place) -> Result<(), Refusal> {
    if let Some(point) = place.point {
        Point::new(point.lat, point.lon).map_err(|refusal| refusal.within("place"))?;
    }
    let label = place.label.as_deref().unwrap_or_default();
    if label.graphemes(true).count() > TITLE_MOST {
        return Err(Refusal::invalid("place.label", Problem::TooLong));
    }
    Ok(())
}

async fn kind(tx: &Tx, code: &str) -> Result<task_kind::Model> {
    let row = task_kind::Entity::find()
        .filter(task_kind::Column::Code.eq(code))
        .filter(task_kind::Column::Active.eq(true))
        .one(tx.db())
        .await?;
    row.ok_or_else(|| Refusal::invalid("kind", Problem::Unknown).into())
}

/// The unit a task belongs to: the given one, else the lead's, else the creator's first.
async fn unit(tx: &Tx, actor: &Actor, new: &NewTask) -> Result<Option<i64>> {
    if let Some(id) = new.unit_id {
        return given_unit(tx, actor, id).await.map(Some);
    }
    let leads = match assignment::will_lead(tx, &new.crew).await? {
        Some(agent_id) => first_unit(tx, agent_id, actor).await?,
        None => None,
    };
    Ok(leads.or_else(|| actor.unit_ids.iter().min().copied()))
}

pub(super) async fn given_unit(tx: &Tx, actor: &Actor, id: i64) -> Result<i64> {
    if unit::Entity::find_by_id(id).one(tx.db()).await?.is_none() {
        return Err(Refusal::invalid("unit_id", Problem::Unknown).into());
    }
    if actor.level < Level::Admin && !actor.unit_ids.contains(&id) {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(id)
}

/// The lead's unit: one that the creator shares where there is one.
async fn first_unit(tx: &Tx, agent_id: i64, actor: &Actor) -> Result<Option<i64>> {
    let ids: Vec<i64> = agent_unit::Entity::find()
        .select_only()
        .column(agent_unit::Column::UnitId)
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .order_by_asc(agent_unit::Column::UnitId)
        .into_tuple()
        .all(tx.db())
        .await?;
    let shared = ids.iter().find(|id| actor.unit_ids.contains(id)).copied();
    Ok(shared.or_else(|| ids.first().copied()))
}

async fn row(
    tx: &Tx,
    actor: &Actor,
    new: &NewTask,
    kind: &task_kind::Model,
    unit_id: Option<i64>,
) -> Result<task::ActiveModel> {
    let tz = new
        .zone
        .as_deref()
        .map_or(Ok(tx.rules().zone), zone::parse)?;
    let (start, start_local) = new.planned_start.resolve(tx.now(), tz);
    let end = new.planned_end.map(|end| end.resolve(tx.now(), tz));
    if end.is_some_and(|(end, _)| end <= start) {
        return Err(Refusal::invalid("planned_end", Problem::Order).into());
    }
    let span = Span::of(tx.db(), start, end.map(|(at, _)| at), kind, tz).await?;
    let code = code::next(tx, &kind.prefix).await?;
    let title = new.title.trim().to_owned();
    let place = new.place.clone().unwrap_or_default();
    Ok(task::ActiveModel {
        search: Set(search_text(&code, &title, place.label.as_deref())),
        code: Set(code),
        kind_id: Set(kind.id),
        title: Set(title),
        description: Set(text(new.description.as_deref())),
        status: Set(Status::Scheduled),
        priority: Set(new
            .priority
            .map_or(kind.priority, |priority| priority as i16)),
        lat: Set(place.point.map(|point| point.lat)),
        lon: Set(place.point.map(|point| point.lon)),
        place_label: Set(text(place.label.as_deref())),
        place_accuracy_m: Set(place.accuracy_m),
        planned_start_local: Set(Some(start_local)),
        planned_start_at: Set(Some(start)),
        planned_end_local: Set(end.map(|(_, local)| local)),
        planned_end_at: Set(end.map(|(at, _)| at)),
        zone: Set(tz.name().into()),
        window_start_at: Set(Some(span.start)),
        window_end_at: Set(Some(span.end)),
        unit_id: Set(unit_id),
        created_by: Set(actor.user_id),
        paused_seconds: Set(0),
        counts_in_estimates: Set(true),
        drill: Set(new.drill),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    })
}

/// A text that says something, without blanks around it.
pub(crate) fn text(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// What a search looks into: code, title and place without accents and case.
pub(crate) fn search_text(code: &str, title: &str, place: Option<&str>) -> String {
    plain(&format!("{code} {title} {}", place.unwrap_or_default()))
}

/// Lower case, without accents.
pub fn plain(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}
