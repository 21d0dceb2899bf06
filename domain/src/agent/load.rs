//! Brings agents and what is derived about them, in a fixed number of statements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{agent, agent_unit, assignment, last_position, task, unit, user};

use super::{Agent, LastPosition, need::needs};
use crate::{
    Result,
    availability::{self, Availability, HELD},
    geo::Point,
    task::{Status, UnitRef},
};

/// Agents in the order of their rows, with what is derived about them, in a fixed number of statements.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    rows: Vec<agent::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<Agent>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut units = units_of(db, &ids).await?;
    let availabilities = availabilities(db, &ids, now).await?;
    let positions = positions(db, &ids).await?;
    let loads = loads(db, &ids).await?;
    let linked = linked(db, &rows).await?;
    let mut needs = needs(db, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let availability = availabilities
                .get(&row.id)
                .copied()
                .unwrap_or(Availability::Unavailable);
            let unavailable = availability::says_he_cannot(&row, now);
            let reach = row.user_id.and_then(|id| linked.get(&id).copied());
            Agent {
                units: units.remove(&row.id).unwrap_or_default(),
                availability,
                unavailable,
                reason: row.unavailable_reason.filter(|_| unavailable),
                until: row.unavailable_until.filter(|_| unavailable),
                need: needs.remove(&row.id),
                position: positions.get(&row.id).copied(),
                active_tasks: loads.get(&row.id).copied().unwrap_or(0),
                linked: reach.is_some(),
                blocked: reach == Some(false),
                id: row.id,
                user_id: row.user_id,
                name: row.name,
                badge: row.badge,
                rank: row.rank,
                specialty: row.specialty,
                active: row.active,
                version: row.version,
            }
        })
        .collect())
}

pub(super) async fn units_of(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<UnitRef>>> {
    let links = agent_unit::Entity::find()
        .filter(agent_unit::Column::AgentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let names: HashMap<i64, String> = unit::Entity::find()
        .filter(unit::Column::Id.is_in(links.iter().map(|link| link.unit_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut units: HashMap<i64, Vec<UnitRef>> = HashMap::new();
    for link in links {
        let name = names.get(&link.unit_id).cloned().unwrap_or_default();
        units.entry(link.agent_id).or_default().push(UnitRef {
            id: link.unit_id,
            name,
        });
    }
    Ok(units)
}

/// The availability of each of these agents.
pub(crate) async fn availabilities(
    db: &impl ConnectionTrait,
    ids: &[i64],
    now: DateTime<Utc>,
) -> Result<HashMap<i64, Availability>> {
    let rows: Vec<(i64, String)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .expr_as(availability::expression(now), "availability")
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, word)| Some((id, Availability::from_column(&word)?)))
        .collect())
}

pub(crate) async fn positions(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, LastPosition>> {
    let rows = last_position::Entity::find()
        .filter(last_position::Column::AgentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.iter().map(|row| (row.agent_id, last(row))).collect())
}

fn last(row: &last_position::Model) -> LastPosition {
    LastPosition {
        point: Point {
            lat: row.lat,
            lon: row.lon,
        },
        accuracy_m: row.accuracy_m,
        at: row.recorded_at,
    }
}

/// How many open tasks each of these agents is on; who is on none is not there.
pub(crate) async fn loads(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    let open = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(Expr::col(task::Column::Status).is_in([
            Status::Scheduled,
            Status::InProgress,
            Status::Paused,
        ]))
        .to_owned();
    let rows: Vec<(i64, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .column_as(assignment::Column::Id.count(), "load")
        .filter(assignment::Column::AgentId.is_in(ids.iter().copied()))
        .filter(assignment::Column::State.is_in(HELD))
        .filter(assignment::Column::TaskId.in_subquery(open))
        .group_by(assignment::Column::AgentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The accounts of these agents that are linked to Telegram, and whether that reaches them as far as is known.
pub(crate) async fn linked(
    db: &impl ConnectionTrait,
    rows: &[agent::Model],
) -> Result<HashMap<i64, bool>> {
    let rows: Vec<(i64, Option<DateTime<Utc>>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::UnreachableAt)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.user_id)))
        .filter(user::Column::TelegramId.is_not_null())
        .filter(user::Column::Active.eq(true))
        .into_tuple()
        .all(db)
        .await?;
    let reach = rows.into_iter().map(|(id, lost)| (id, lost.is_none()));
    Ok(reach.collect())
}
