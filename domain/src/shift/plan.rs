//! Planning, moving and removing single shifts.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use ::entity::{
    agent,
    shift::{self, ShiftStatus},
};

use super::{Planned, Shift, locked_of, lot, reload};
use crate::{
    Actor, Error, Refusal, Result, Tx,
    agent::announce_availability,
    audit::{self, Subject},
    duty, edge,
    error::{Invalid, Problem, Thing},
    event::Event,
    leave, swap, zone,
};

/// A shift to be planned.
#[derive(Clone, Debug, Default)]
pub struct NewShift {
    pub agent_id: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The installation's zone when there is none.
    pub zone: Option<Tz>,
    /// The first unit of the agent when there is none.
    pub unit_id: Option<i64>,
}

/// Plans a shift.
///
/// # Errors
/// Supervisors for their units' agents; refused when it ends before it starts or overlaps another.
pub async fn create(tx: &mut Tx, actor: &Actor, new: NewShift) -> Result<Shift> {
    let span = (new.starts_at, new.ends_at);
    let agent = duty::lock(tx, actor, new.agent_id).await;
    let agent = agent.map_err(|error| not_his(tx, span, error))?;
    let unit_id = checked_unit(tx, actor, new.agent_id, new.unit_id).await;
    let unit_id = checked(tx, span, unit_id)?;
    if overlapping(tx, new.agent_id, span, &[]).await? {
        return Err(Refusal::ShiftOverlap {
            agent_id: Some(new.agent_id),
            agent: Some(agent.name),
        }
        .into());
    }
    leave::check_none(tx, new.agent_id, span).await?;
    let planned = Planned::between(tx, new.agent_id, unit_id, span, new.zone);
    let ids = lot::insert(tx, actor, vec![planned]).await?;
    reload(tx, ids[0]).await
}

/// An agent who is not there, or whose time is not his to plan, is a field that is wrong, beside hours that are wrong too.
fn not_his(tx: &Tx, (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>), error: Error) -> Error {
    let nobody = Refusal::missing(Thing::Agent);
    if error.refusal() != Some(&nobody) {
        return error;
    }
    let agent = Refusal::invalid("agent_id", Problem::Unknown);
    let hours = check_span(tx, starts_at, ends_at);
    let all = Refusal::together([Some(&agent), hours.as_ref().err()]);
    all.err().map_or(error, Error::from)
}

/// The longest shift.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// The unit, when there is nothing against it and the hours; else everything that there is.
fn checked(
    tx: &Tx,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    unit_id: Result<Option<i64>>,
) -> Result<Option<i64>> {
    let hours = check_span(tx, starts_at, ends_at);
    let unit = unit_id.as_ref().err().and_then(Error::refusal);
    Refusal::together([hours.as_ref().err(), unit])?;
    unit_id
}

/// What is wrong with it whatever is stored and whatever the time is.
pub fn broken(new: &NewShift) -> Vec<Invalid> {
    let order = Invalid {
        field: "ends_at".into(),
        problem: Problem::Order,
    };
    match new.ends_at > new.starts_at {
        true => Vec::new(),
        false => vec![order],
    }
}

fn check_span(tx: &Tx, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Result<(), Refusal> {
    zone::check_span((starts_at, ends_at), tx.now())?;
    match ends_at - starts_at <= LONGEST {
        true => Ok(()),
        false => Err(Refusal::invalid("ends_at", Problem::OutOfRange)),
    }
}

async fn checked_unit(
    tx: &Tx,
    actor: &Actor,
    agent_id: i64,
    named: Option<i64>,
) -> Result<Option<i64>> {
    let units = duty::units_for(tx.db(), actor, &[agent_id], named).await?;
    Ok(units.get(&agent_id).copied())
}

/// Whether the agent has a shift in the span, other than these.
pub(crate) async fn overlapping(
    tx: &Tx,
    agent_id: i64,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    but: &[i64],
) -> Result<bool> {
    let other = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::StartsAt.lt(ends_at))
        .filter(shift::Column::EndsAt.gt(starts_at))
        .filter(shift::Column::Id.is_not_in(but.iter().copied()))
        .one(tx.db())
        .await?;
    Ok(other.is_some())
}

/// What shall change about a shift; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ShiftPatch {
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub zone: Option<Tz>,
    pub unit_id: Option<i64>,
}

/// Moves a shift that has not begun.
///
/// # Errors
/// Those of [`create`]; [`Refusal::Settled`] once it has begun.
pub async fn edit(tx: &mut Tx, actor: &Actor, id: i64, patch: ShiftPatch) -> Result<Shift> {
    let row = future(tx, actor, id).await?;
    let (starts_at, ends_at) = (
        patch.starts_at.unwrap_or(row.starts_at),
        patch.ends_at.unwrap_or(row.ends_at),
    );
    let unit_id = match patch.unit_id.filter(|id| row.unit_id != Some(*id)) {
        Some(unit_id) => checked_unit(tx, actor, row.agent_id, Some(unit_id)).await,
        None => Ok(row.unit_id),
    };
    let unit_id = checked(tx, (starts_at, ends_at), unit_id)?;
    if overlapping(tx, row.agent_id, (starts_at, ends_at), &[id]).await? {
        return Err(Refusal::ShiftOverlap {
            agent_id: Some(row.agent_id),
            agent: None,
        }
        .into());
    }
    leave::check_none(tx, row.agent_id, (starts_at, ends_at)).await?;
    let zone = match patch.zone {
        Some(zone) => zone,
        None => zone::parse(&row.zone)?,
    };
    let moved = (starts_at, unit_id) != (row.starts_at, row.unit_id);
    let update = shift::ActiveModel {
        id: Set(id),
        starts_at: Set(starts_at),
        ends_at: Set(ends_at),
        starts_local: Set(zone::to_local(starts_at, zone)),
        ends_local: Set(zone::to_local(ends_at, zone)),
        zone: Set(zone.name().into()),
        unit_id: Set(unit_id),
        moved_at: Set(if moved { Some(tx.now()) } else { row.moved_at }),
        // Whoever was there for another start has to say it anew.
        present_at: Set(row.present_at.filter(|_| starts_at == row.starts_at)),
        present_by: Set(row.present_by.filter(|_| starts_at == row.starts_at)),
        ..Default::default()
    };
    shift::Entity::update(update).exec(tx.db()).await?;
    swap::drop_open(tx, actor, &[id]).await?;
    changed(tx, actor, "shift.edit", &row).await?;
    reload(tx, id).await
}

/// Removes a shift that has not begun.
///
/// # Errors
/// Supervisors for their units' agents; [`Refusal::Settled`] once it has begun.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let row = future(tx, actor, id).await?;
    if tx.now() >= row.starts_at {
        return Err(Refusal::Settled { what: Thing::Shift }.into());
    }
    swap::drop_open(tx, actor, &[id]).await?;
    shift::Entity::delete_by_id(id).exec(tx.db()).await?;
    note_unplanned(tx, row.agent_id).await?;
    changed(tx, actor, "shift.remove", &row).await
}

/// Whoever had a shift planned is not taken for one who never had any, on duty at all times.
pub(super) async fn note_unplanned(tx: &Tx, agent_id: i64) -> Result<()> {
    let update = agent::ActiveModel {
        id: Set(agent_id),
        unplanned_at: Set(Some(tx.now())),
        ..Default::default()
    };
    agent::Entity::update(update).exec(tx.db()).await?;
    Ok(())
}

/// The agent is locked before the shift, as everywhere.
async fn future(tx: &Tx, actor: &Actor, id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(id).one(tx.db()).await?;
    let agent_id = row.ok_or(Refusal::missing(Thing::Shift))?.agent_id;
    duty::lock(tx, actor, agent_id)
        .await
        .map_err(super::presence::as_shift)?;
    let row = locked_of(tx, id, agent_id).await?;
    match row.status {
        ShiftStatus::Planned => Ok(row),
        ShiftStatus::Active | ShiftStatus::Ended => {
            Err(Refusal::Settled { what: Thing::Shift }.into())
        }
    }
}

async fn changed(tx: &mut Tx, actor: &Actor, action: &str, row: &shift::Model) -> Result<()> {
    let before =
        json!({ "agent": row.agent_id, "starts_at": row.starts_at, "ends_at": row.ends_at });
    audit::record(tx, actor, action, Subject::Shift(row.id), before).await?;
    edge::settle(tx, &[row.agent_id]).await?;
    lot::tell(tx, actor, &[row.agent_id]).await?;
    duty::log(tx, &[row.agent_id], |agent_id| Event::ShiftsChanged {
        agent_id,
    })
    .await?;
    announce_availability(tx, vec![row.agent_id]).await
}
