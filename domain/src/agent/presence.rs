//! Who says that he is away, and who learns that somebody is free.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;

use ::entity::agent;

use super::load::{availabilities, units_of};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::{Level, PersonAct},
    assignment,
    audit::{self, Subject},
    edge,
    error::{Problem, Thing},
    event::{Event, Scope},
    task::create,
    unavailability::{self, Said},
};

/// Sets or lifts "unavailable" by hand.
///
/// # Errors
/// Agents may do it for themselves, supervisors for those of their units.
pub async fn set_availability(
    tx: &mut Tx,
    actor: &Actor,
    agent_id: i64,
    unavailable: bool,
    reason: Option<String>,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = agent::Entity::find_by_id(agent_id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Agent))?;
    let units: Vec<i64> = units_of(tx.db(), &[agent_id])
        .await?
        .remove(&agent_id)
        .unwrap_or_default()
        .iter()
        .map(|unit| unit.id)
        .collect();
    if !actor.may_with(PersonAct::See, row.user_id, Level::Agent, &units) {
        return Err(Refusal::missing(Thing::Agent).into());
    }
    if until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::invalid("until", Problem::InThePast).into());
    }
    let said_before = holds(&row, tx.now()).then_some(row.unavailable_until);
    let said = unavailable.then(|| Said {
        reason: create::text(reason.as_deref()),
        until,
    });
    let update = agent::ActiveModel {
        id: Set(agent_id),
        unavailable_since: Set(said.as_ref().map(|_| tx.now())),
        unavailable_reason: Set(said.as_ref().and_then(|said| said.reason.clone())),
        unavailable_until: Set(said.as_ref().and_then(|said| said.until)),
        version: Set(row.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    agent::Entity::update(update).exec(tx.db()).await?;
    unavailability::keep(tx, actor, agent_id, said).await?;
    audit::record(
        tx,
        actor,
        "agent.availability",
        Subject::Agent(agent_id),
        json!({ "unavailable": unavailable }),
    )
    .await?;
    edge::settle(tx, &[agent_id]).await?;
    if unavailable {
        assignment::tell_unavailable(tx, actor, agent_id, until, said_before).await?;
    }
    announce_availability(tx, vec![agent_id]).await
}

/// Whether he said before that he cannot, and that lasts.
fn holds(row: &agent::Model, now: DateTime<Utc>) -> bool {
    row.unavailable_since.is_some() && row.unavailable_until.is_none_or(|until| until > now)
}

/// Tells what these agents' availability is now.
pub(crate) async fn announce_availability(tx: &mut Tx, mut ids: Vec<i64>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let now = availabilities(tx.db(), &ids, tx.now()).await?;
    let scopes = scopes(tx, &ids).await?;
    for id in ids {
        let (Some(availability), Some(scope)) = (now.get(&id), scopes.get(&id)) else {
            continue;
        };
        tx.log(
            Event::AgentAvailabilityChanged {
                agent_id: id,
                availability: *availability,
            },
            scope,
        );
    }
    Ok(())
}

/// Whom events about these agents concern: their units and themselves.
pub(crate) async fn scopes(tx: &Tx, ids: &[i64]) -> Result<HashMap<i64, Scope>> {
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .all(tx.db())
        .await?;
    let mut units = units_of(tx.db(), ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let unit_ids = units
                .remove(&row.id)
                .unwrap_or_default()
                .iter()
                .map(|unit| unit.id)
                .collect();
            (
                row.id,
                Scope {
                    unit_ids,
                    user_ids: row.user_id.into_iter().collect(),
                },
            )
        })
        .collect())
}
