//! The agent of an account, and the units in which both are.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{agent, agent_unit, unit_member};

use super::{
    User, UserPatch,
    create::taken,
    rules::{filled, tidy},
};
use crate::{Result, Tx, actor::Level, agent::announce_availability};

pub(super) async fn join_units(tx: &Tx, user_id: i64, unit_ids: &[i64]) -> Result<()> {
    if unit_ids.is_empty() {
        return Ok(());
    }
    let member = |unit_id: &i64| unit_member::ActiveModel {
        unit_id: Set(*unit_id),
        user_id: Set(user_id),
    };
    unit_member::Entity::insert_many(unit_ids.iter().map(member))
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

pub(super) async fn leave_units(tx: &Tx, user_id: i64) -> Result<()> {
    unit_member::Entity::delete_many()
        .filter(unit_member::Column::UserId.eq(user_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Makes the agent of an account.
pub(super) async fn make(
    tx: &mut Tx,
    user_id: i64,
    name: String,
    badge: Option<String>,
    unit_ids: &[i64],
) -> Result<()> {
    let row = agent::ActiveModel {
        user_id: Set(Some(user_id)),
        name: Set(name),
        badge: Set(badge),
        active: Set(true),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let row = agent::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await
        .map_err(|e| taken(e, "badge"))?;
    post_to_units(tx, row.id, unit_ids).await?;
    announce_availability(tx, vec![row.id]).await
}

/// The agent of the account bears its name, works in its units and is in service as long as it is active.
pub(super) async fn follow(
    tx: &mut Tx,
    user: &User,
    patch: &UserPatch,
    unit_ids: Option<Vec<i64>>,
) -> Result<()> {
    let Some(agent_id) = user.agent_id else {
        return if patch.level == Some(Level::Agent) {
            become_agent(tx, user, patch, unit_ids).await
        } else {
            Ok(())
        };
    };
    let touched = patch.name.is_some() || patch.badge.is_some() || patch.active.is_some();
    if !touched && unit_ids.is_none() {
        return Ok(());
    }
    if touched {
        let row = columns(tx, agent_id, patch);
        let done = agent::Entity::update(row).exec(tx.db()).await;
        done.map_err(|e| taken(e, "badge"))?;
    }
    if let Some(unit_ids) = unit_ids {
        leave_posts(tx, agent_id).await?;
        post_to_units(tx, agent_id, &unit_ids).await?;
    }
    count_version(tx, agent_id).await?;
    announce_availability(tx, vec![agent_id]).await
}

fn columns(tx: &Tx, agent_id: i64, patch: &UserPatch) -> agent::ActiveModel {
    let mut row = agent::ActiveModel {
        id: Set(agent_id),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    if let Some(name) = &patch.name {
        row.name = Set(tidy(name));
    }
    if patch.badge.is_some() {
        row.badge = Set(filled(patch.badge.clone()));
    }
    if let Some(active) = patch.active {
        row.active = Set(active);
    }
    row
}

async fn leave_posts(tx: &Tx, agent_id: i64) -> Result<()> {
    agent_unit::Entity::delete_many()
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn count_version(tx: &Tx, agent_id: i64) -> Result<()> {
    let version = Expr::col(agent::Column::Version).add(1);
    agent::Entity::update_many()
        .col_expr(agent::Column::Version, version)
        .filter(agent::Column::Id.eq(agent_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn become_agent(
    tx: &mut Tx,
    user: &User,
    patch: &UserPatch,
    unit_ids: Option<Vec<i64>>,
) -> Result<()> {
    let name = patch
        .name
        .as_deref()
        .map_or_else(|| user.name.clone(), tidy);
    let unit_ids = unit_ids.unwrap_or_else(|| user.units.iter().map(|unit| unit.id).collect());
    make(tx, user.id, name, filled(patch.badge.clone()), &unit_ids).await
}

async fn post_to_units(tx: &Tx, agent_id: i64, unit_ids: &[i64]) -> Result<()> {
    if unit_ids.is_empty() {
        return Ok(());
    }
    let post = |unit_id: &i64| agent_unit::ActiveModel {
        agent_id: Set(agent_id),
        unit_id: Set(*unit_id),
    };
    agent_unit::Entity::insert_many(unit_ids.iter().map(post))
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
