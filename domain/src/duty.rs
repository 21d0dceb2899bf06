//! Whose time somebody may see and plan, and who has to be told about it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use unicode_segmentation::UnicodeSegmentation;

use ::entity::{agent, agent_unit, unit, user};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Level,
    error::{Problem, Thing},
    event::Event,
    task::create::text,
};

mod moved;
mod readers;

pub(crate) use moved::tell_moved;
pub(crate) use readers::{
    Reader, admins, all_in_charge, in_charge, linked_accounts, readers, readers_of, supervisors,
    supervisors_of,
};

/// The longest reason, in characters as people count them.
pub const REASON_MOST: usize = 500;

/// A reason as it is kept; nothing when there are no words in it.
pub(crate) fn reason(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let kept = text(given);
    let long = |text: &String| text.graphemes(true).count() > REASON_MOST;
    match kept.as_ref().is_some_and(long) {
        true => Err(Refusal::invalid("reason", Problem::TooLong)),
        false => Ok(kept),
    }
}

/// Locks an agent whose time this person may plan.
pub(crate) async fn lock(tx: &Tx, actor: &Actor, agent_id: i64) -> Result<agent::Model> {
    let row = locked(tx, agent_id).await?;
    check(tx.db(), actor, &[agent_id]).await?;
    Ok(row)
}

/// Locks an agent who is this person himself, or whose time he may plan.
///
/// # Errors
/// [`Refusal::Settled`] when the agent was erased: nothing more is kept about him.
pub(crate) async fn lock_own(tx: &Tx, actor: &Actor, agent_id: i64) -> Result<agent::Model> {
    let row = if actor.agent_id == Some(agent_id) {
        locked(tx, agent_id).await?
    } else {
        lock(tx, actor, agent_id).await?
    };
    match is_erased(tx, &row).await? {
        true => Err(Refusal::Settled { what: Thing::User }.into()),
        false => Ok(row),
    }
}

async fn is_erased(tx: &Tx, row: &agent::Model) -> Result<bool> {
    let Some(user_id) = row.user_id.filter(|_| !row.active) else {
        return Ok(false);
    };
    let erased = user::Entity::find_by_id(user_id)
        .filter(user::Column::ErasedAt.is_not_null())
        .one(tx.db())
        .await?;
    Ok(erased.is_some())
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

/// Locks agents for what happens by itself, in the order in which everybody locks them.
pub(crate) async fn lock_each(tx: &Tx, ids: &[i64]) -> Result<()> {
    agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
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

/// The unit of a plan for each of these agents: the one that was named, or his first.
///
/// # Errors
/// Refused when it is neither one of this person's units nor, for each of them, one of the agent's.
pub(crate) async fn units_for(
    db: &impl ConnectionTrait,
    actor: &Actor,
    agent_ids: &[i64],
    named: Option<i64>,
) -> Result<HashMap<i64, i64>> {
    let theirs = units_of_all(db, agent_ids).await?;
    let Some(unit_id) = named else {
        let first = theirs.into_iter();
        return Ok(first
            .filter_map(|(id, units)| Some((id, *units.first()?)))
            .collect());
    };
    let known = unit::Entity::find_by_id(unit_id).one(db).await?.is_some();
    let of = |id: &i64| theirs.get(id).is_some_and(|units| units.contains(&unit_id));
    if known && (plans_into(actor, unit_id) || agent_ids.iter().all(of)) {
        return Ok(agent_ids.iter().map(|id| (*id, unit_id)).collect());
    }
    Err(Refusal::invalid("unit_id", Problem::Unknown).into())
}

/// Whether whatever this person plans may belong to the unit, whoever it is for.
pub(crate) fn plans_into(actor: &Actor, unit_id: i64) -> bool {
    actor.level == Level::Admin || actor.unit_ids.contains(&unit_id)
}

/// The units of these agents, the oldest first.
pub(crate) async fn units_of_all(
    db: &impl ConnectionTrait,
    agent_ids: &[i64],
) -> Result<HashMap<i64, Vec<i64>>> {
    let links = agent_unit::Entity::find()
        .filter(agent_unit::Column::AgentId.is_in(agent_ids.iter().copied()))
        .order_by_asc(agent_unit::Column::UnitId)
        .all(db)
        .await?;
    let mut units: HashMap<i64, Vec<i64>> = HashMap::new();
    for link in links {
        units.entry(link.agent_id).or_default().push(link.unit_id);
    }
    Ok(units)
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
