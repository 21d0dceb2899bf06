//! Calling for help: at once, or after a short wait for a place, which never holds the alert back for longer.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};
use serde_json::json;

use ::entity::{emergency, task, user};

use super::{
    EmergencyStatus, PlaceSource, again, announce_caller, bound, change, is_open,
    launch::{Given, answer_caller, launch},
    lock, people, ring, scope, set,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Channel,
    assignment,
    audit::{self, Subject},
    error::{Problem, Thing},
    event::Event,
    geo::Point,
    outbox,
    task::{
        Task,
        create::{DESCRIPTION_MOST, text},
    },
    timer::{self, Due},
};

/// Help that is wanted.
#[derive(Clone, Debug, Default)]
pub struct NewEmergency {
    /// Where; the caller's last position when nothing is said.
    pub place: Option<Point>,
    /// Within how many metres of it, as far as that is known.
    pub accuracy_m: Option<f64>,
    pub text: Option<String>,
    /// Only people with this specialty are asked.
    pub specialty: Option<String>,
    pub drill: bool,
}

/// What became of a press of the SOS button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// A place is awaited until then.
    Waiting { id: i64, until: DateTime<Utc> },
    /// His call from before goes on: those who come and those who watch hear it again, and a new place is taken.
    Running(i64),
}

/// So long a call for which nobody comes yet takes further presses for itself; afterwards a press is a call of its own.
const SAME_CALL: TimeDelta = TimeDelta::minutes(10);

/// Begins a call of this person: it waits for a place for as long as the rules say. A second press while it waits changes
/// nothing; drills, calls that were answered and old ones do not stand in its way.
pub async fn call(tx: &mut Tx, actor: &Actor) -> Result<Called> {
    let user_id = actor.user_id.ok_or(Refusal::NotAllowed)?;
    match unanswered(tx, user_id).await? {
        Some(row) if row.status == EmergencyStatus::Waiting => {
            let until = row.waits_until.unwrap_or(row.created_at);
            Ok(Called::Waiting { id: row.id, until })
        }
        Some(row) if row.raised_at.is_some_and(|at| tx.now() - at < SAME_CALL) => {
            press_again(tx, actor, row.id).await?;
            Ok(Called::Running(row.id))
        }
        _ => begin(tx, actor).await,
    }
}

/// His newest real call for which not enough come yet. His account is locked, so that two presses are one call.
async fn unanswered(tx: &Tx, user_id: i64) -> Result<Option<emergency::Model>> {
    user::Entity::find_by_id(user_id)
        .lock(LockType::NoKeyUpdate)
        .one(tx.db())
        .await?;
    let open = [EmergencyStatus::Waiting, EmergencyStatus::Active];
    Ok(emergency::Entity::find()
        .filter(emergency::Column::RaisedBy.eq(user_id))
        .filter(emergency::Column::Drill.eq(false))
        .filter(emergency::Column::Status.is_in(open))
        .order_by_desc(emergency::Column::Id)
        .one(tx.db())
        .await?)
}

async fn begin(tx: &mut Tx, actor: &Actor) -> Result<Called> {
    let until = tx.now() + TimeDelta::seconds(tx.rules().emergency.wait_seconds.into());
    let row = emergency::ActiveModel {
        waits_until: Set(Some(until)),
        ..blank(tx, actor, &NewEmergency::default())
    };
    let row = emergency::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    let id = row.id;
    timer::set(tx, &Due::SosWait { emergency_id: id }, until).await?;
    announce_caller(tx, &row).await?;
    Ok(Called::Waiting { id, until })
}

/// Calls for help of this person at once, from where he was last: a call that waits for a place leaves now, one that nobody
/// answered yet is heard again. Returns the id of the emergency.
pub(crate) async fn help(tx: &mut Tx, actor: &Actor) -> Result<i64> {
    let user_id = actor.user_id.ok_or(Refusal::NotAllowed)?;
    match unanswered(tx, user_id).await? {
        Some(row) if row.status == EmergencyStatus::Waiting => {
            let (row, task) = lock(tx, row.id).await?;
            if task.is_some() || row.status != EmergencyStatus::Waiting {
                return Ok(row.id);
            }
            let emergency_id = row.id;
            timer::cancel(tx, &Due::SosWait { emergency_id }).await?;
            launch(tx, actor, row, None).await
        }
        Some(row) if row.raised_at.is_some_and(|at| tx.now() - at < SAME_CALL) => {
            press_again(tx, actor, row.id).await?;
            Ok(row.id)
        }
        _ => raise(tx, actor, NewEmergency::default()).await,
    }
}

/// The task of his own call, for what he reports on it: a call that still waits for a place leaves now.
///
/// # Errors
/// [`Refusal::NotFound`] for somebody else's call, and for one that was taken back before it left.
pub async fn launched(tx: &mut Tx, actor: &Actor, id: i64) -> Result<i64> {
    let missing = || Refusal::missing(Thing::Emergency);
    let (row, task) = lock(tx, id).await?;
    if actor.user_id.is_none() || row.raised_by != actor.user_id {
        return Err(missing().into());
    }
    if let Some(task) = task {
        return Ok(task.id);
    }
    if row.status != EmergencyStatus::Waiting {
        return Err(missing().into());
    }
    timer::cancel(tx, &Due::SosWait { emergency_id: id }).await?;
    launch(tx, actor, row, None).await?;
    let left = again(tx, id).await?;
    Ok(left.task_id.ok_or_else(missing)?)
}

/// He pressed again: it is heard again, and for a while a new place takes the place of the first. However often he presses, it
/// rings for nobody twice in the time of a ring.
async fn press_again(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let (_, task) = lock(tx, id).await?;
    let Some(task) = task else { return Ok(()) };
    let now = tx.now();
    let pressed = emergency::ActiveModel {
        waits_until: Set(Some(now + SAME_CALL)),
        pressed_at: Set(Some(now)),
        ..change(id)
    };
    let row = set(tx, pressed).await?;
    let data = json!({ "emergency": id });
    audit::record(tx, actor, "emergency.again", Subject::Task(task.id), data).await?;
    heard_again(tx, &row, &task).await
}

/// Whoever comes and those in command hear the last press, unless they were rung in the time of a ring: then with the next one.
pub(super) async fn heard_again(tx: &mut Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let Some(pressed) = row.pressed_at else {
        return Ok(());
    };
    let ring = TimeDelta::seconds(tx.rules().emergency.ring_seconds.into());
    // Whoever was rung by the press itself has heard it.
    let before = pressed - TimeDelta::milliseconds(1);
    let rung = bound::rung_since(tx, row, before.min(tx.now() - ring)).await?;
    people::tell_watchers(tx, row, task, &rung).await?;
    ring::takers_again(tx, row, rung).await
}

/// Whether a place that whoever called shares is the place of this call.
pub(super) fn wants_place(row: &emergency::Model, now: DateTime<Utc>) -> bool {
    let awaited = row.waits_until.is_some_and(|until| now < until);
    row.status == EmergencyStatus::Waiting
        || (is_open(row.status) && (row.place_source != PlaceSource::Shared || awaited))
}

/// A place came for a call that lacks one, before it has left or after. False when it lacks none.
pub async fn placed(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    (place, accuracy_m): Given,
) -> Result<bool> {
    let (row, task) = lock(tx, id).await?;
    let his = actor.user_id.is_some() && row.raised_by == actor.user_id;
    if !his || !wants_place(&row, tx.now()) {
        return Ok(false);
    }
    let place = (Point::new(place.lat, place.lon)?, metres(accuracy_m));
    match task {
        Some(task) => found(tx, actor, &row, &task, place).await?,
        None => {
            timer::cancel(tx, &Due::SosWait { emergency_id: id }).await?;
            launch(tx, actor, row, Some(place)).await?;
        }
    }
    Ok(true)
}

/// The alert left without this place: it is on the emergency and its task now, and the search goes on from there.
async fn found(
    tx: &mut Tx,
    actor: &Actor,
    before: &emergency::Model,
    task: &Task,
    (place, accuracy_m): Given,
) -> Result<()> {
    let id = before.id;
    let further = before.place_source == PlaceSource::Shared;
    let row = emergency::ActiveModel {
        lat: Set(Some(place.lat)),
        lon: Set(Some(place.lon)),
        place_source: Set(PlaceSource::Shared),
        place_at: Set(Some(tx.now())),
        place_accuracy_m: Set(accuracy_m),
        waits_until: Set(None),
        pressed_at: Set(None),
        ..change(id)
    };
    let row = set(tx, row).await?;
    let there = task::ActiveModel {
        id: Set(task.id),
        lat: Set(Some(place.lat)),
        lon: Set(Some(place.lon)),
        ..Default::default()
    };
    task::Entity::update(there).exec(tx.db()).await?;
    assignment::bump(tx, task.id).await?;
    let data = json!({ "emergency": id });
    audit::record(tx, actor, "emergency.place", Subject::Task(task.id), data).await?;
    let scope = scope(tx, id, task).await?;
    let (task_id, code) = (task.id, task.code.clone());
    tx.log(Event::TaskUpdated { id: task_id, code }, &scope);
    outbox::refresh_cards(tx, task_id).await?;
    ring::placed(tx, row.clone(), task, further).await?;
    answer_caller(tx, actor, &row).await
}

/// The wait is over: the alert leaves with what is known.
pub(crate) async fn wait_over(tx: &mut Tx, id: i64) -> Result<()> {
    let (row, _) = lock(tx, id).await?;
    if row.status != EmergencyStatus::Waiting {
        return Ok(());
    }
    let user_id = row.raised_by.unwrap_or_default();
    let caller = Actor::of_user_in(tx, user_id, Channel::Timer).await?;
    // Whoever was switched off within these seconds called all the same.
    let caller = caller.unwrap_or_else(|| Actor::system(Channel::Timer));
    launch(tx, &caller, row, None).await.map(drop)
}

/// Calls for help at once; returns the id of the emergency.
///
/// # Errors
/// Refused with a place outside of the globe or a text that is too long.
pub async fn raise(tx: &mut Tx, actor: &Actor, new: NewEmergency) -> Result<i64> {
    let place = new
        .place
        .map(|place| Point::new(place.lat, place.lon))
        .transpose()?
        .map(|place| (place, metres(new.accuracy_m)));
    if new
        .text
        .as_ref()
        .is_some_and(|text| text.chars().count() > DESCRIPTION_MOST)
    {
        return Err(Refusal::invalid("text", Problem::TooLong).into());
    }
    let row = emergency::Entity::insert(blank(tx, actor, &new))
        .exec_with_returning(tx.db())
        .await?;
    launch(tx, actor, row, place).await
}

/// What no circle can have is not known.
fn metres(accuracy_m: Option<f64>) -> Option<f64> {
    accuracy_m.filter(|metres| metres.is_finite() && *metres >= 0.0)
}

fn blank(tx: &Tx, actor: &Actor, new: &NewEmergency) -> emergency::ActiveModel {
    emergency::ActiveModel {
        raised_by: Set(actor.user_id),
        agent_id: Set(actor.agent_id),
        status: Set(EmergencyStatus::Waiting),
        place_source: Set(PlaceSource::None),
        text: Set(text(new.text.as_deref())),
        specialty: Set(text(new.specialty.as_deref())),
        drill: Set(new.drill),
        crew: Set(1),
        ring: Set(0),
        created_at: Set(tx.now()),
        ..Default::default()
    }
}
