//! The alert leaves: the task, the first ring, and everybody who has to know.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use ::entity::{emergency, last_position, task_kind};

use super::{
    EmergencyStatus, KIND, PlaceSource, announce_caller, change, crew, helper, locks, people, ring,
    scope, set, topics,
};
use crate::{
    Actor, Refusal, Result, Tx,
    audit::{self, Subject},
    drill,
    error::Thing,
    event::Event,
    geo::Point,
    kind::{self, NewKind},
    outbox::{self, Lane, Message, Notice},
    task::{
        Place, Priority, Task,
        create::{self, NewTask},
    },
    timer::{self, Due},
};

/// A place that came with a call, and within how many metres, where the phone said so.
pub(super) type Given = (Point, Option<f64>);

/// A place and within how many metres, where it comes from and how old it is.
type Known = (Option<Given>, PlaceSource, Option<DateTime<Utc>>);

async fn where_is(tx: &Tx, agent_id: Option<i64>, shared: Option<Given>) -> Result<Known> {
    if let Some(place) = shared {
        return Ok((Some(place), PlaceSource::Shared, Some(tx.now())));
    }
    let last = match agent_id {
        Some(id) => last_position::Entity::find_by_id(id).one(tx.db()).await?,
        None => None,
    };
    Ok(match last {
        Some(row) => {
            let point = Point {
                lat: row.lat,
                lon: row.lon,
            };
            let place = (point, row.accuracy_m);
            (Some(place), PlaceSource::LastKnown, Some(row.recorded_at))
        }
        None => (None, PlaceSource::None, None),
    })
}

/// The task, the first ring, and everybody who has to know, in one transaction.
pub(super) async fn launch(
    tx: &mut Tx,
    actor: &Actor,
    row: emergency::Model,
    shared: Option<Given>,
) -> Result<i64> {
    let id = row.id;
    let (place, source, at) = where_is(tx, row.agent_id, shared).await?;
    let point = place.map(|(point, _)| point);
    let kind = kind(tx).await?;
    let task = task(tx, actor, &row, &kind, point).await?;
    let row = set(
        tx,
        emergency::ActiveModel {
            task_id: Set(Some(task.id)),
            status: Set(EmergencyStatus::Active),
            lat: Set(point.map(|point| point.lat)),
            lon: Set(point.map(|point| point.lon)),
            place_source: Set(source),
            place_at: Set(at),
            place_accuracy_m: Set(place.and_then(|(_, metres)| metres)),
            crew: Set(kind.crew.max(1)),
            raised_at: Set(Some(tx.now())),
            waits_until: Set(None),
            ..change(id)
        },
    )
    .await?;
    if row.drill {
        drill::called(tx, &row, &task).await?;
    }
    let data = json!({ "emergency": id, "place": source, "drill": row.drill });
    audit::record(tx, actor, "emergency.raise", Subject::Task(task.id), data).await?;
    let scope = scope(tx, id, &task).await?;
    let (task_id, code) = (task.id, task.code.clone());
    tx.log(Event::EmergencyRaised { id, task_id, code }, &scope);
    let now = tx.now();
    let withdrawn = now + TimeDelta::seconds(tx.rules().emergency.withdraw_seconds.into());
    timer::set(tx, &Due::EmergencyCards { emergency_id: id }, withdrawn).await?;
    // Those who can come are told before all others; a message to the caller says what is known when it is sent.
    ring::first(tx, row.clone(), &task).await?;
    people::tell_watchers(tx, &row, &task, &[]).await?;
    helper::calls(tx, &row).await?;
    answer_caller(tx, actor, &row).await?;
    topics::begin(tx, id, &task).await?;
    stays(tx, &row).await?;
    Ok(id)
}

/// Whoever calls does not go to anybody else: whatever he was asked for, others are asked for now, and where he comes nobody counts
/// on him.
pub(super) async fn stays(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    if let Some(agent_id) = row.agent_id.filter(|_| !row.drill) {
        locks::lock_waiting_for(tx, agent_id).await?;
        crew::not_elsewhere(tx, agent_id, row.id).await?;
    }
    helper::counted_anew(tx, row).await?;
    announce_caller(tx, row).await
}

/// Whoever called sees that it has left, and from then on who comes.
pub(super) async fn answer_caller(
    tx: &mut Tx,
    actor: &Actor,
    row: &emergency::Model,
) -> Result<()> {
    let Some(chat_id) = actor.telegram_id else {
        return Ok(());
    };
    let sent = Message {
        lane: Lane::Emergency,
        notice: Notice::EmergencySent {
            emergency_id: row.id,
        },
        collapse: None,
        ..Message::emergency(chat_id, actor.user_id, row.task_id, row.id, true)
    };
    let card = Message::emergency(chat_id, actor.user_id, row.task_id, row.id, true);
    outbox::push(tx, vec![sent, card]).await
}

async fn task(
    tx: &mut Tx,
    actor: &Actor,
    row: &emergency::Model,
    kind: &task_kind::Model,
    point: Option<Point>,
) -> Result<Task> {
    let new = NewTask {
        title: format!("{}: {}", kind.label, actor.name),
        kind: KIND.into(),
        priority: Some(Priority::Critical),
        description: row.text.clone(),
        place: point.map(|point| Place {
            point: Some(point),
            ..Place::default()
        }),
        drill: row.drill,
        ..NewTask::default()
    };
    create::make(tx, actor, new).await
}

/// The kind of emergencies. It is made, or taken back into use, when the catalogue lacks it: a call for help never fails.
async fn kind(tx: &Tx) -> Result<task_kind::Model> {
    let own = || task_kind::Entity::find().filter(task_kind::Column::Code.eq(KIND));
    if let Some(row) = own().one(tx.db()).await? {
        if row.active {
            return Ok(row);
        }
        let back = task_kind::ActiveModel {
            id: Set(row.id),
            active: Set(true),
            ..Default::default()
        };
        return Ok(task_kind::Entity::update(back).exec(tx.db()).await?);
    }
    let new = NewKind {
        code: KIND.into(),
        label: "SOS".into(),
        emoji: "🆘".into(),
        prefix: "EMG".into(),
        priority: Priority::Critical,
        duration_min: 60,
        crew: 3,
        needs_place: false,
        needs_evidence: false,
        checklist: Vec::new(),
        sort: 0,
    };
    task_kind::Entity::insert(kind::columns(new))
        .on_conflict_do_nothing_on([task_kind::Column::Code])
        .exec_without_returning(tx.db())
        .await?;
    Ok(own()
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Kind))?)
}
