//! What may be asked for: nothing that lies behind, but for sick days, and nothing twice.

use chrono::{DateTime, Days, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::leave;

use super::{LeaveStatus, NewLeave};
use crate::{Refusal, Result, Tx, error::Problem, shift::names, zone};

/// How many days back sick days may begin: who falls ill tells it afterwards.
pub const SICK_DAYS_BACK: u64 = 30;

/// Refuses what begins before today, by the clock of the installation.
pub(super) fn check_begin(tx: &Tx, new: &NewLeave) -> Result<(), Refusal> {
    let zone = tx.rules().zone;
    let today = zone::to_local(tx.now(), zone).date();
    let back = Days::new(if new.sick { SICK_DAYS_BACK } else { 0 });
    let first = today.checked_sub_days(back).unwrap_or(today);
    match new.starts_at >= zone::midnight(first, zone) {
        true => Ok(()),
        false => Err(Refusal::invalid("starts_at", Problem::InThePast)),
    }
}

/// Refuses what meets other leave of the same agent, asked for or approved. He must be locked.
pub(super) async fn check_once(
    tx: &Tx,
    agent_id: i64,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    but: Option<i64>,
) -> Result<()> {
    let open = [LeaveStatus::Requested, LeaveStatus::Approved];
    let other = leave::Entity::find()
        .filter(leave::Column::AgentId.eq(agent_id))
        .filter(leave::Column::Status.is_in(open))
        .filter(leave::Column::StartsAt.lt(ends_at))
        .filter(leave::Column::EndsAt.gt(starts_at))
        .filter(leave::Column::Id.ne(but.unwrap_or_default()))
        .order_by_asc(leave::Column::StartsAt)
        .one(tx.db())
        .await?;
    let Some(row) = other else { return Ok(()) };
    let name = names(tx.db(), [agent_id]).await?.remove(&agent_id);
    Err(Refusal::LeaveOverlap {
        agent: name.unwrap_or_default(),
        from: row.starts_at,
        until: row.ends_at,
    }
    .into())
}
