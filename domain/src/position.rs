//! Where people are: only from what they share, only on shift or on a task.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

pub use ::entity::position::PositionSource;
use ::entity::{last_position, position};

use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    agent::{self, LastPosition},
    availability::Availability,
    error::Thing,
    event::Event,
    geo::Point,
    page::Window,
};

/// A position as it was shared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    pub point: Point,
    /// The radius of uncertainty, in metres.
    pub accuracy_m: Option<f64>,
    pub source: PositionSource,
}

/// Stores where the actor is, at most once in [`crate::Rules::position_seconds`]. True when it was stored.
///
/// # Errors
/// [`Refusal::PositionUnwanted`] off shift and without a task: nothing is kept then.
pub async fn share(tx: &mut Tx, actor: &Actor, shared: Shared) -> Result<bool> {
    let point = Point::new(shared.point.lat, shared.point.lon)?;
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Agent))?;
    let now = agent::availabilities(tx.db(), &[agent_id], tx.now()).await?;
    if matches!(
        now.get(&agent_id),
        None | Some(Availability::OffShift | Availability::OnLeave)
    ) {
        return Err(Refusal::PositionUnwanted.into());
    }
    if too_soon(tx, agent_id).await? {
        return Ok(false);
    }
    store(tx, agent_id, point, shared).await?;
    let scopes = agent::scopes(tx, &[agent_id]).await?;
    if let Some(scope) = scopes.get(&agent_id) {
        tx.log(Event::AgentPositionChanged { agent_id }, scope);
    }
    Ok(true)
}

async fn too_soon(tx: &Tx, agent_id: i64) -> Result<bool> {
    let last = last_position::Entity::find_by_id(agent_id)
        .one(tx.db())
        .await?;
    let gap = TimeDelta::seconds(tx.rules().position_seconds.into());
    Ok(last.is_some_and(|last| tx.now() - last.recorded_at < gap))
}

async fn store(tx: &Tx, agent_id: i64, point: Point, shared: Shared) -> Result<()> {
    let row = position::ActiveModel {
        agent_id: Set(agent_id),
        lat: Set(point.lat),
        lon: Set(point.lon),
        accuracy_m: Set(shared.accuracy_m),
        source: Set(shared.source),
        recorded_at: Set(tx.now()),
        ..Default::default()
    };
    position::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    let latest = last_position::ActiveModel {
        agent_id: Set(agent_id),
        lat: Set(point.lat),
        lon: Set(point.lon),
        accuracy_m: Set(shared.accuracy_m),
        source: Set(shared.source),
        recorded_at: Set(tx.now()),
    };
    let replace = OnConflict::column(last_position::Column::AgentId)
        .update_columns([
            last_position::Column::Lat,
            last_position::Column::Lon,
            last_position::Column::AccuracyM,
            last_position::Column::Source,
            last_position::Column::RecordedAt,
        ])
        .to_owned();
    last_position::Entity::insert(latest)
        .on_conflict(replace)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
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

/// Where an agent was, newest first.
pub async fn history(
    store: &Store,
    actor: &Actor,
    agent_id: i64,
    window: Window,
) -> Result<Page<Fix>> {
    agent::find(store, actor, agent_id).await?;
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
