//! On-duty windows of agents: planned as wall time in a zone, never overlapping.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

pub use ::entity::shift::ShiftStatus;
use ::entity::{agent, agent_unit, shift};

use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::Level,
    agent::within_scope,
    audit::{self, Subject},
    error::{Problem, Thing},
    page::Window,
    zone,
};

/// A shift to be planned.
#[derive(Clone, Debug)]
pub struct NewShift {
    pub agent_id: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The installation's zone when there is none.
    pub zone: Option<Tz>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub id: i64,
    pub agent_id: i64,
    pub status: ShiftStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub zone: String,
    pub present_at: Option<DateTime<Utc>>,
}

impl From<shift::Model> for Shift {
    fn from(row: shift::Model) -> Self {
        Self {
            id: row.id,
            agent_id: row.agent_id,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            zone: row.zone,
            present_at: row.present_at,
        }
    }
}

/// Plans a shift.
///
/// # Errors
/// Supervisors for their units' agents; refused when it ends before it starts or overlaps another.
pub async fn create(tx: &mut Tx, actor: &Actor, new: NewShift) -> Result<Shift> {
    lock_agent(tx, actor, new.agent_id).await?;
    if new.ends_at <= new.starts_at {
        return Err(Refusal::invalid("ends_at", Problem::Order).into());
    }
    let other = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(new.agent_id))
        .filter(shift::Column::StartsAt.lt(new.ends_at))
        .filter(shift::Column::EndsAt.gt(new.starts_at))
        .one(tx.db())
        .await?;
    if other.is_some() {
        return Err(Refusal::Taken {
            field: "starts_at".into(),
        }
        .into());
    }
    let tz = new.zone.unwrap_or(tx.rules().zone);
    let row = shift::ActiveModel {
        agent_id: Set(new.agent_id),
        status: Set(ShiftStatus::Planned),
        starts_local: Set(zone::to_local(new.starts_at, tz)),
        starts_at: Set(new.starts_at),
        ends_local: Set(zone::to_local(new.ends_at, tz)),
        ends_at: Set(new.ends_at),
        zone: Set(tz.name().into()),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = shift::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    audit::record(
        tx,
        actor,
        "shift.create",
        Subject::Shift(row.id),
        json!({ "agent": row.agent_id }),
    )
    .await?;
    crate::agent::announce_availability(tx, vec![row.agent_id]).await?;
    Ok(row.into())
}

/// Locks an agent whose time this person may plan.
pub(crate) async fn lock_agent(tx: &Tx, actor: &Actor, agent_id: i64) -> Result<agent::Model> {
    let row = agent::Entity::find_by_id(agent_id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Agent))?;
    let units: Vec<i64> = agent_unit::Entity::find()
        .select_only()
        .column(agent_unit::Column::UnitId)
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .into_tuple()
        .all(tx.db())
        .await?;
    let scope = actor.level == Level::Admin
        || (actor.level == Level::Supervisor && units.iter().any(|id| actor.unit_ids.contains(id)));
    match scope {
        true => Ok(row),
        false if actor.may_command() => Err(Refusal::missing(Thing::Agent).into()),
        false => Err(Refusal::NotAllowed.into()),
    }
}

/// A page of shifts, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    agent_id: Option<i64>,
    window: Window,
) -> Result<Page<Shift>> {
    let mut query = shift::Entity::find().filter(within_scope(actor, shift::Column::AgentId));
    if let Some(id) = agent_id {
        query = query.filter(shift::Column::AgentId.eq(id));
    }
    let rows = query
        .filter(window.before(shift::Column::Id)?)
        .order_by_desc(shift::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    Ok(Page::cut(rows, &window, |row| row.id).map(Shift::from))
}
