//! Whose time somebody may see and plan, and who has to be told about it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use unicode_segmentation::UnicodeSegmentation;

use ::entity::{agent, agent_unit, unit, unit_member, user};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Level,
    error::{Problem, Thing},
    event::Event,
    task::create::text,
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

/// Chat and account of somebody who can be told something.
pub(crate) type Reader = (i64, i64);

/// Who decides about the time of an agent: the supervisors of his units, else the admins; never himself.
pub(crate) async fn supervisors(tx: &Tx, agent_id: i64) -> Result<Vec<Reader>> {
    supervisors_of(tx, &[agent_id]).await
}

/// Who decides about the time of all these agents: the supervisors who have each of them, else the admins; never one
/// of them.
pub(crate) async fn supervisors_of(tx: &Tx, agent_ids: &[i64]) -> Result<Vec<Reader>> {
    let own: Vec<Option<i64>> = agent::Entity::find()
        .select_only()
        .column(agent::Column::UserId)
        .filter(agent::Column::Id.is_in(agent_ids.iter().copied()))
        .into_tuple()
        .all(tx.db())
        .await?;
    let themselves: Vec<i64> = own.into_iter().flatten().collect();
    let mut of_units = user::Column::Level.eq(Level::Supervisor as i16);
    for agent_id in agent_ids {
        of_units = of_units.and(user::Column::Id.in_subquery(members_beside(*agent_id)));
    }
    let found = linked(tx, of_units, &themselves).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let admins = user::Column::Level.eq(Level::Admin as i16);
    linked(tx, admins, &themselves).await
}

/// Who hears what concerns a unit: its supervisors and the admins who belong to it. Where Telegram reaches none of them,
/// and for whoever belongs to no unit, [`admins`].
pub(crate) async fn in_charge(tx: &Tx, unit_id: Option<i64>) -> Result<Vec<Reader>> {
    let found = match unit_id {
        Some(id) => {
            let members = memberships()
                .and_where(Expr::col(unit_member::Column::UnitId).eq(id))
                .to_owned();
            linked(tx, commanding(members), &[]).await?
        }
        None => Vec::new(),
    };
    match found.is_empty() {
        true => admins(tx).await,
        false => Ok(found),
    }
}

/// The admins whom Telegram reaches: they hear what nobody else can.
pub(crate) async fn admins(tx: &Tx) -> Result<Vec<Reader>> {
    let reached = user::Column::UnreachableAt.is_null();
    let admins = user::Column::Level.eq(Level::Admin as i16);
    linked(tx, admins.and(reached), &[]).await
}

/// The same of all units at once: the admins as well while somebody serves in a unit that nobody else hears of.
pub(crate) async fn all_in_charge(tx: &Tx) -> Result<Vec<Reader>> {
    let mut found = linked(tx, commanding(memberships()), &[]).await?;
    if has_unit_without_command(tx).await? {
        found.extend(admins(tx).await?);
    }
    Ok(found)
}

fn memberships() -> SelectStatement {
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .to_owned()
}

/// Those of these accounts who may command, and did not block the bot.
fn commanding(members: SelectStatement) -> SimpleExpr {
    let command = user::Column::Level.gte(Level::Supervisor as i16);
    let reached = user::Column::UnreachableAt.is_null();
    command
        .and(reached)
        .and(user::Column::Id.in_subquery(members))
}

async fn has_unit_without_command(tx: &Tx) -> Result<bool> {
    let reached = linked_accounts()
        .and_where(Expr::col(user::Column::Level).gte(Level::Supervisor as i16))
        .and_where(Expr::col(user::Column::UnreachableAt).is_null())
        .to_owned();
    let led = Query::select()
        .column(unit_member::Column::UnitId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UserId).in_subquery(reached))
        .to_owned();
    let serving = Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::Active).eq(true))
        .to_owned();
    let left = agent_unit::Entity::find()
        .filter(agent_unit::Column::UnitId.not_in_subquery(led))
        .filter(agent_unit::Column::AgentId.in_subquery(serving))
        .one(tx.db())
        .await?;
    Ok(left.is_some())
}

/// The accounts that belong to a unit of this agent.
fn members_beside(agent_id: i64) -> SelectStatement {
    let units = Query::select()
        .column(agent_unit::Column::UnitId)
        .from(agent_unit::Entity)
        .and_where(Expr::col(agent_unit::Column::AgentId).eq(agent_id))
        .to_owned();
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).in_subquery(units))
        .to_owned()
}

async fn linked(tx: &Tx, which: SimpleExpr, but: &[i64]) -> Result<Vec<Reader>> {
    let rows: Vec<(Option<i64>, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(which)
        .filter(user::Column::Id.is_not_in(but.iter().copied()))
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

/// The accounts that Telegram reaches.
pub(crate) fn linked_accounts() -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Active).eq(true))
        .and_where(Expr::col(user::Column::TelegramId).is_not_null())
        .to_owned()
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

/// The same as [`readers`], told apart by agent.
pub(crate) async fn readers_of(tx: &Tx, agent_ids: &[i64]) -> Result<HashMap<i64, Reader>> {
    let chats = readers(tx, agent_ids).await?;
    let accounts: Vec<(i64, Option<i64>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::UserId)
        .filter(agent::Column::Id.is_in(agent_ids.iter().copied()))
        .into_tuple()
        .all(tx.db())
        .await?;
    let reader = |account| chats.iter().find(|(_, id)| Some(*id) == account).copied();
    let found = accounts.into_iter();
    Ok(found
        .filter_map(|(id, account)| Some((id, reader(account)?)))
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
    linked(tx, user::Column::Id.in_subquery(accounts), &[]).await
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
