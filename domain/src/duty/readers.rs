//! Who can be told something about the time of people: those who decide about it, and they themselves.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use ::entity::{agent, agent_unit, unit_member, user};

use crate::{Result, Tx, actor::Level};

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
