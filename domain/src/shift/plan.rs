//! Planning, moving and removing single shifts.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;

use ::entity::{
    shift::{self, ShiftStatus},
    shift_swap::{self, SwapStatus},
    unit,
};

use super::{Planned, Shift, locked, lot, reload};
use crate::{
    Actor, Refusal, Result, Tx,
    agent::announce_availability,
    audit::{self, Subject},
    duty, edge,
    error::{Problem, Thing},
    event::Event,
    outbox, zone,
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
    let agent = duty::lock(tx, actor, new.agent_id).await?;
    check_order(new.starts_at, new.ends_at)?;
    if overlapping(tx, new.agent_id, (new.starts_at, new.ends_at), &[]).await? {
        return Err(Refusal::ShiftOverlap {
            agent: Some(agent.name),
        }
        .into());
    }
    let unit_id = checked_unit(tx, new.agent_id, new.unit_id).await?;
    let planned = Planned::between(
        tx,
        new.agent_id,
        unit_id,
        (new.starts_at, new.ends_at),
        new.zone,
    );
    let ids = lot::insert(tx, actor, vec![planned]).await?;
    reload(tx, ids[0]).await
}

fn check_order(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Result<(), Refusal> {
    match ends_at > starts_at {
        true => Ok(()),
        false => Err(Refusal::invalid("ends_at", Problem::Order)),
    }
}

/// The unit that was named, or the agent's first.
pub(super) async fn checked_unit(
    tx: &Tx,
    agent_id: i64,
    given: Option<i64>,
) -> Result<Option<i64>> {
    let Some(id) = given else {
        return Ok(duty::units_of(tx.db(), agent_id).await?.first().copied());
    };
    match unit::Entity::find_by_id(id).one(tx.db()).await? {
        Some(_) => Ok(Some(id)),
        None => Err(Refusal::invalid("unit_id", Problem::Unknown).into()),
    }
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
    check_order(starts_at, ends_at)?;
    if overlapping(tx, row.agent_id, (starts_at, ends_at), &[id]).await? {
        return Err(Refusal::ShiftOverlap { agent: None }.into());
    }
    let zone = match patch.zone {
        Some(zone) => zone,
        None => zone::parse(&row.zone)?,
    };
    let update = shift::ActiveModel {
        id: Set(id),
        starts_at: Set(starts_at),
        ends_at: Set(ends_at),
        starts_local: Set(zone::to_local(starts_at, zone)),
        ends_local: Set(zone::to_local(ends_at, zone)),
        zone: Set(zone.name().into()),
        unit_id: Set(match patch.unit_id {
            Some(unit_id) => checked_unit(tx, row.agent_id, Some(unit_id)).await?,
            None => row.unit_id,
        }),
        ..Default::default()
    };
    shift::Entity::update(update).exec(tx.db()).await?;
    drop_swaps(tx, &[id]).await?;
    changed(tx, actor, "shift.edit", &row).await?;
    reload(tx, id).await
}

/// Removes a shift that has not begun.
///
/// # Errors
/// Supervisors for their units' agents; [`Refusal::Settled`] once it has begun.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let row = future(tx, actor, id).await?;
    drop_swaps(tx, &[id]).await?;
    shift::Entity::delete_by_id(id).exec(tx.db()).await?;
    changed(tx, actor, "shift.remove", &row).await
}

/// The agent is locked before the shift, as everywhere.
async fn future(tx: &Tx, actor: &Actor, id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(id).one(tx.db()).await?;
    let agent_id = row.ok_or(Refusal::missing(Thing::Shift))?.agent_id;
    duty::lock(tx, actor, agent_id)
        .await
        .map_err(super::presence::as_shift)?;
    let row = locked(tx, id).await?;
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

/// Exchanges of these shifts that are still open have lost their object.
pub(crate) async fn drop_swaps(tx: &mut Tx, shift_ids: &[i64]) -> Result<()> {
    let ids = || shift_ids.iter().copied();
    let about = shift_swap::Column::ShiftId
        .is_in(ids())
        .or(shift_swap::Column::OtherShiftId.is_in(ids()));
    let open = shift_swap::Entity::find()
        .filter(about)
        .filter(shift_swap::Column::Status.is_in([SwapStatus::Proposed, SwapStatus::Accepted]))
        .all(tx.db())
        .await?;
    shift_swap::Entity::update_many()
        .col_expr(
            shift_swap::Column::Status,
            Expr::value(SwapStatus::Cancelled),
        )
        .filter(shift_swap::Column::Id.is_in(open.iter().map(|row| row.id)))
        .exec(tx.db())
        .await?;
    for row in open {
        outbox::refresh_swap(tx, row.id).await?;
    }
    Ok(())
}
