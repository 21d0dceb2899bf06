//! Who may see which file.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use ::entity::{agent_unit, attachment, leave, report, shift};

use super::{Attachment, Owner};
use crate::{
    Actor, Refusal, Result, Store, agent::within_scope, broadcast, error::Thing, task::load,
};

/// A file that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Attachment> {
    let missing = || Refusal::missing(Thing::Attachment);
    let row = attachment::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let file = Attachment::of(row.ok_or_else(missing)?)?;
    let seen = match file.owner {
        Owner::Report { task_id, .. } => load::find(store, actor, task_id).await.is_ok(),
        Owner::ShiftReport(id) => sees_report(store, actor, id).await?,
        Owner::Leave(id) => sees_leave(store, actor, id).await?,
        Owner::Shift(id) => sees_shift(store, actor, id).await?,
        Owner::Broadcast(id) => broadcast::find(store, actor, id).await.is_ok(),
    };
    match seen {
        true => Ok(file),
        false => Err(missing().into()),
    }
}

/// A certificate is for whoever brought it and for those who decide.
async fn sees_leave(store: &Store, actor: &Actor, id: i64) -> Result<bool> {
    let row = leave::Entity::find_by_id(id)
        .filter(within_scope(actor, leave::Column::AgentId))
        .one(store.reader())
        .await?;
    Ok(row.is_some())
}

/// What was reported on a shift is for its agent and for those who see the shift.
async fn sees_report(store: &Store, actor: &Actor, id: i64) -> Result<bool> {
    let row = report::Entity::find_by_id(id).one(store.reader()).await?;
    let Some(shift_id) = row.and_then(|row| row.shift_id) else {
        return Ok(false);
    };
    let row = shift::Entity::find_by_id(shift_id)
        .filter(within_scope(actor, shift::Column::AgentId))
        .one(store.reader())
        .await?;
    Ok(row.is_some())
}

/// A hand-over is for the whole unit.
async fn sees_shift(store: &Store, actor: &Actor, id: i64) -> Result<bool> {
    let Some(row) = shift::Entity::find_by_id(id).one(store.reader()).await? else {
        return Ok(false);
    };
    let agent_id = actor.agent_id.unwrap_or_default();
    let mate = agent_unit::Entity::find()
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .filter(agent_unit::Column::UnitId.eq(row.unit_id))
        .one(store.reader())
        .await?;
    let seen = shift::Entity::find_by_id(id)
        .filter(within_scope(actor, shift::Column::AgentId))
        .one(store.reader())
        .await?;
    Ok(mate.is_some() || seen.is_some())
}
