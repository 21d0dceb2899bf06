//! Who may do something with an exchange, and what stands in its way.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{
    shift::{self, ShiftStatus},
    shift_swap,
};

use super::OPEN;
use crate::{
    Actor, Refusal, Result, Tx, duty,
    error::{Problem, Thing},
    leave,
    shift::{names, overlapping},
};

/// Whom it does not concern does not see it; whom it does may not do this.
pub(super) async fn not_his(tx: &Tx, actor: &Actor, row: &shift_swap::Model) -> crate::Error {
    let both = [row.from_agent_id, row.to_agent_id];
    let party = actor.agent_id.is_some_and(|id| both.contains(&id));
    if party || duty::check(tx.db(), actor, &both).await.is_ok() {
        Refusal::NotAllowed.into()
    } else {
        Refusal::missing(Thing::Swap).into()
    }
}

/// Agents are locked before anything of theirs, the lower number first.
pub(super) async fn lock_both(tx: &Tx, one: i64, two: i64) -> Result<()> {
    if one == two {
        return Err(Refusal::invalid("to_agent_id", Problem::Unknown).into());
    }
    let (first, second) = if one < two { (one, two) } else { (two, one) };
    duty::locked(tx, first).await?;
    duty::locked(tx, second).await.map(drop)
}

pub(super) async fn locked(tx: &Tx, id: i64) -> Result<shift_swap::Model> {
    let missing = || Refusal::missing(Thing::Swap);
    let row = shift_swap::Entity::find_by_id(id).one(tx.db()).await?;
    let row = row.ok_or_else(missing)?;
    lock_both(tx, row.from_agent_id, row.to_agent_id).await?;
    let row = shift_swap::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    row.ok_or_else(|| missing().into())
}

pub(super) async fn check_mates(tx: &Tx, one: i64, two: i64) -> Result<()> {
    let (mine, his) = (
        duty::units_of(tx.db(), one).await?,
        duty::units_of(tx.db(), two).await?,
    );
    match mine.iter().any(|id| his.contains(id)) {
        true => Ok(()),
        false => Err(Refusal::missing(Thing::Agent).into()),
    }
}

/// A shift of this agent that has not begun.
pub(super) async fn future_of(tx: &Tx, shift_id: i64, agent_id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(shift_id)
        .filter(shift::Column::AgentId.eq(agent_id))
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Shift))?;
    match row.status == ShiftStatus::Planned && row.starts_at > tx.now() {
        true => Ok(row),
        false => Err(Refusal::Settled { what: Thing::Shift }.into()),
    }
}

pub(super) async fn check_free(tx: &Tx, shift_id: i64) -> Result<()> {
    let other = shift_swap::Entity::find()
        .filter(shift_swap::Column::ShiftId.eq(shift_id))
        .filter(shift_swap::Column::Status.is_in(OPEN))
        .one(tx.db())
        .await?;
    match other {
        None => Ok(()),
        Some(_) => Err(Refusal::Taken {
            field: "shift_id".into(),
        }
        .into()),
    }
}

/// Neither may have another shift or leave in what he would get.
pub(super) async fn check_conflicts(tx: &Tx, row: &shift_swap::Model) -> Result<()> {
    let given = future_of(tx, row.shift_id, row.from_agent_id).await?;
    let moved: Vec<i64> = [Some(row.shift_id), row.other_shift_id]
        .into_iter()
        .flatten()
        .collect();
    takes(tx, row.to_agent_id, &given, &moved).await?;
    if let Some(other) = row.other_shift_id {
        let got = future_of(tx, other, row.to_agent_id).await?;
        takes(tx, row.from_agent_id, &got, &moved).await?;
    }
    Ok(())
}

async fn takes(tx: &Tx, agent_id: i64, shift: &shift::Model, moved: &[i64]) -> Result<()> {
    let name = names(tx.db(), [agent_id]).await?.remove(&agent_id);
    if overlapping(tx, agent_id, (shift.starts_at, shift.ends_at), moved).await? {
        return Err(Refusal::ShiftOverlap {
            agent_id: Some(agent_id),
            agent: name,
        }
        .into());
    }
    leave::check_none(tx, agent_id, (shift.starts_at, shift.ends_at)).await
}
