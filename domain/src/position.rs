//! Where people are: only from what they share, only on shift or on a task.

mod moves;
mod trim;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};

pub use ::entity::position::PositionSource;
use ::entity::{
    agent as agents,
    assignment::{self, AssignmentState},
    last_position, position,
    task::{self, TaskStatus},
};

use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    agent::{self, LastPosition},
    audit::{self, Subject},
    availability::{self, HELD},
    consent::{self, Purpose},
    error::Thing,
    event::Event,
    geo::Point,
    page::Window,
};

pub use moves::{Move, share_all};
pub(crate) use trim::trim;

/// A position as it was shared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    pub point: Point,
    /// The radius of uncertainty, in metres.
    pub accuracy_m: Option<f64>,
    pub source: PositionSource,
    /// When he was there, as far as Telegram says; the future counts as now.
    pub at: DateTime<Utc>,
}

/// Telegram's times are whole seconds, cut off.
const SECOND: TimeDelta = TimeDelta::seconds(1);

/// For so long after its last move a live location is where somebody is, and not a pin: Telegram sends a spot that was picked on
/// the map just as one's own place, and its accuracy, which may stand beside either or be missing beside both, does not tell them
/// apart. Phones tell of a live location several times within that while they move; whoever ended his sends pins that count after it.
const LIVE_HOLDS: TimeDelta = TimeDelta::minutes(5);

/// Stores where the actor was, at most once in [`crate::Rules::position_seconds`]. True when it was stored: what comes
/// late never takes the place of something newer, nor a pin that of a live location which still moves.
///
/// # Errors
/// [`Refusal::PositionUnwanted`] when he was off shift then and on no task, [`Refusal::NoConsent`] when he took his back:
/// nothing is kept.
pub async fn share(tx: &mut Tx, actor: &Actor, shared: Shared) -> Result<bool> {
    let point = Point::new(shared.point.lat, shared.point.lon)?;
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Agent))?;
    actor.hold(tx).await?;
    // A call for help has its place whatever he agreed to.
    if shared.source != PositionSource::Sos {
        consent::check(tx, actor, Purpose::Location).await?;
    }
    let at = Ord::min(shared.at, tx.now());
    let task_id = running_task(tx, agent_id, at).await?;
    if task_id.is_none() && !on_duty(tx, agent_id, at).await? {
        return Err(Refusal::PositionUnwanted.into());
    }
    let shared = Shared {
        point,
        at,
        ..shared
    };
    if at <= trim::oldest(tx) || !replace_last(tx, agent_id, shared).await? {
        return Ok(false);
    }
    let row = position::ActiveModel {
        agent_id: Set(agent_id),
        task_id: Set(task_id),
        lat: Set(point.lat),
        lon: Set(point.lon),
        accuracy_m: Set(shared.accuracy_m),
        source: Set(shared.source),
        recorded_at: Set(at),
        ..Default::default()
    };
    position::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    let scopes = agent::scopes(tx, &[agent_id]).await?;
    if let Some(scope) = scopes.get(&agent_id) {
        tx.log(Event::AgentPositionChanged { agent_id }, scope);
    }
    Ok(true)
}

/// A live location goes on where it may not: true for the first one refused since one was taken, so that it is said
/// once.
pub async fn stop(tx: &mut Tx, actor: &Actor) -> Result<bool> {
    let done = last_position::Entity::update_many()
        .col_expr(last_position::Column::RefusedAt, Expr::value(tx.now()))
        .filter(last_position::Column::AgentId.eq(actor.agent_id.unwrap_or_default()))
        .filter(last_position::Column::RefusedAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected == 1)
}

/// The task that the agent was at; whoever was only asked is not on it.
async fn running_task(tx: &Tx, agent_id: i64, at: DateTime<Utc>) -> Result<Option<i64>> {
    let on_it = HELD
        .into_iter()
        .filter(|state| *state != AssignmentState::Offered);
    Ok(assignment::Entity::find()
        .select_only()
        .column(assignment::Column::TaskId)
        .join(
            JoinType::InnerJoin,
            assignment::Entity::belongs_to(task::Entity)
                .from(assignment::Column::TaskId)
                .to(task::Column::Id)
                .into(),
        )
        .filter(assignment::Column::AgentId.eq(agent_id))
        .filter(assignment::Column::State.is_in(on_it))
        .filter(task::Column::Status.is_in([TaskStatus::InProgress, TaskStatus::Paused]))
        .filter(task::Column::StartedAt.lt(at + SECOND))
        .order_by_desc(task::Column::StartedAt)
        .into_tuple()
        .one(tx.db())
        .await?)
}

async fn on_duty(tx: &Tx, agent_id: i64, at: DateTime<Utc>) -> Result<bool> {
    let row: Option<i64> = agents::Entity::find_by_id(agent_id)
        .select_only()
        .column(agents::Column::Id)
        .filter(agents::Column::Active.eq(true))
        .filter(availability::off_duty(at).not())
        .into_tuple()
        .one(tx.db())
        .await?;
    Ok(row.is_some())
}

/// Puts it in the place of the one before, unless that is newer, or too young for anything but a call for help, or a live
/// location that goes before a pin; of two at once one wins.
async fn replace_last(tx: &Tx, agent_id: i64, shared: Shared) -> Result<bool> {
    let gap = match shared.source {
        PositionSource::Sos => TimeDelta::zero(),
        PositionSource::Live | PositionSource::Pin => {
            TimeDelta::seconds(tx.rules().position_seconds.into())
        }
    };
    let before = Expr::col((last_position::Entity, last_position::Column::RecordedAt));
    let mut gives_way = before.clone().lte(shared.at - gap);
    if shared.source == PositionSource::Pin {
        let no_live = last_position::Column::Source.ne(PositionSource::Live);
        gives_way = gives_way.and(no_live.or(before.lte(shared.at - LIVE_HOLDS)));
    }
    let latest = last_position::ActiveModel {
        agent_id: Set(agent_id),
        lat: Set(shared.point.lat),
        lon: Set(shared.point.lon),
        accuracy_m: Set(shared.accuracy_m),
        source: Set(shared.source),
        recorded_at: Set(shared.at),
        refused_at: Set(None),
    };
    let replace = OnConflict::column(last_position::Column::AgentId)
        .update_columns([
            last_position::Column::Lat,
            last_position::Column::Lon,
            last_position::Column::AccuracyM,
            last_position::Column::Source,
            last_position::Column::RecordedAt,
            last_position::Column::RefusedAt,
        ])
        .action_and_where(gives_way)
        .to_owned();
    let done = last_position::Entity::insert(latest)
        .on_conflict(replace)
        .exec_without_returning(tx.db())
        .await;
    match done {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Where each of these agents was last.
pub async fn latest(store: &Store, agent_ids: Vec<i64>) -> Result<HashMap<i64, LastPosition>> {
    agent::positions(store.reader(), &agent_ids).await
}

/// One stored position.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    pub id: i64,
    pub point: Point,
    pub accuracy_m: Option<f64>,
    pub source: PositionSource,
    pub at: DateTime<Utc>,
}

/// What the record says of whoever looks at where somebody else was.
pub(crate) const READ: &str = "position.read";

/// Where an agent was, newest first. Who looks at somebody else's way is put on record, once for all its pages.
pub async fn history(
    store: &Store,
    actor: &Actor,
    agent_id: i64,
    window: Window,
) -> Result<Page<Fix>> {
    agent::find(store, actor, agent_id).await?;
    if window.cursor.is_none() && actor.agent_id != Some(agent_id) {
        let actor = actor.clone();
        let put = store.write(move |tx| {
            Box::pin(async move {
                let whose = Subject::Agent(agent_id);
                audit::record(tx, &actor, READ, whose, serde_json::json!({})).await
            })
        });
        put.await?;
    }
    let rows = position::Entity::find()
        .filter(position::Column::AgentId.eq(agent_id))
        .filter(window.before(position::Column::Id)?)
        .order_by_desc(position::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    Ok(Page::cut(rows, &window, |row| row.id).map(|row| Fix {
        id: row.id,
        point: Point {
            lat: row.lat,
            lon: row.lon,
        },
        accuracy_m: row.accuracy_m,
        source: row.source,
        at: row.recorded_at,
    }))
}
