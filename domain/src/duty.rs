//! Whose time somebody may see and plan, and who has to be told about it.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, agent_unit, unit_member, user};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Level,
    error::{Problem, Thing},
    event::Event,
};

/// Locks an agent whose time this person may plan.
pub(crate) async fn lock(tx: &Tx, actor: &Actor, agent_id: i64) -> Result<agent::Model> {
    let row = locked(tx, agent_id).await?;
    check(tx.db(), actor, &[agent_id]).await?;
    Ok(row)
}

/// Locks an agent who is this person himself, or whose time he may plan.
pub(crate) async fn lock_own(tx: &Tx, actor: &Actor, agent_id: i64) -> Result<agent::Model> {
    if actor.agent_id == Some(agent_id) {
        locked(tx, agent_id).await
    } else {
        lock(tx, actor, agent_id).await
    }
}

/// Locks an agent for what happens by itself.
pub(crate) async fn locked(tx: &Tx, agent_id: i64) -> Result<agent::Model> {
    let row = agent::Entity::find_by_id(agent_id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    row.ok_or_else(|| Refusal::missing(Thing::Agent).into())
}

/// Locks agents whose time this person may plan, in the order in which everybody locks them.
pub(crate) async fn lock_all(tx: &Tx, actor: &Actor, ids: &[i64]) -> Result<Vec<agent::Model>> {
    let ids: BTreeSet<i64> = ids.iter().copied().collect();
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?;
    if rows.len() != ids.len() {
        return Err(Refusal::invalid("agent_ids", Problem::Unknown).into());
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    check(tx.db(), actor, &ids).await?;
    Ok(rows)
}

/// Refuses unless this person may plan the time of all these agents.
pub(crate) async fn check(db: &impl ConnectionTrait, actor: &Actor, ids: &[i64]) -> Result<()> {
    match actor.level {
        Level::Admin => Ok(()),
        Level::Agent => Err(Refusal::NotAllowed.into()),
        Level::Supervisor => {
            let own: BTreeSet<i64> = agent_unit::Entity::find()
                .select_only()
                .column(agent_unit::Column::AgentId)
                .filter(agent_unit::Column::UnitId.is_in(actor.unit_ids.iter().copied()))
                .filter(agent_unit::Column::AgentId.is_in(ids.iter().copied()))
                .into_tuple()
                .all(db)
                .await?
                .into_iter()
                .collect();
            match ids.iter().all(|id| own.contains(id)) {
                true => Ok(()),
                false => Err(Refusal::missing(Thing::Agent).into()),
            }
        }
    }
}

/// The agents of these units.
pub(crate) fn members(unit_ids: &[i64]) -> SelectStatement {
    Query::select()
        .column(agent_unit::Column::AgentId)
        .from(agent_unit::Entity)
        .and_where(Expr::col(agent_unit::Column::UnitId).is_in(unit_ids.iter().copied()))
        .to_owned()
}

/// The units of an agent, the oldest first.
pub(crate) async fn units_of(db: &impl ConnectionTrait, agent_id: i64) -> Result<Vec<i64>> {
    Ok(agent_unit::Entity::find()
        .select_only()
        .column(agent_unit::Column::UnitId)
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .order_by_asc(agent_unit::Column::UnitId)
        .into_tuple()
        .all(db)
        .await?)
}

/// Chat and account of somebody who can be told something.
pub(crate) type Reader = (i64, i64);

/// Who decides about the time of an agent: the supervisors of his units, else the admins; never himself.
pub(crate) async fn supervisors(tx: &Tx, agent_id: i64) -> Result<Vec<Reader>> {
    let own = agent::Entity::find_by_id(agent_id).one(tx.db()).await?;
    let himself = own.and_then(|agent| agent.user_id).unwrap_or_default();
    let units = units_of(tx.db(), agent_id).await?;
    let near = Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).is_in(units))
        .to_owned();
    let of_units = user::Column::Level
        .eq(Level::Supervisor as i16)
        .and(user::Column::Id.in_subquery(near));
    let found = linked(tx, of_units, himself).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    linked(tx, user::Column::Level.eq(Level::Admin as i16), himself).await
}

async fn linked(tx: &Tx, which: sea_orm::sea_query::SimpleExpr, but: i64) -> Result<Vec<Reader>> {
    let rows: Vec<(Option<i64>, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(which)
        .filter(user::Column::Id.ne(but))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::TelegramId.is_not_null())
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(chat, id)| Some((chat?, id)))
        .collect())
}

/// The chats of those of these agents who are linked.
pub(crate) async fn readers(tx: &Tx, agent_ids: &[i64]) -> Result<Vec<Reader>> {
    let accounts = Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::Id).is_in(agent_ids.iter().copied()))
        .and_where(Expr::col(agent::Column::UserId).is_not_null())
        .to_owned();
    linked(tx, user::Column::Id.in_subquery(accounts), 0).await
}

/// Tells the boards of those whom these agents concern.
pub(crate) async fn log(tx: &mut Tx, ids: &[i64], event: impl Fn(i64) -> Event) -> Result<()> {
    let scopes = crate::agent::scopes(tx, ids).await?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        if let Some(scope) = scopes.get(&id) {
            tx.log(event(id), scope);
        }
    }
    Ok(())
}
