//! Who was near and was not asked, and what stood against each.

use std::collections::HashMap;

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use ::entity::{agent, emergency, emergency_offer};

use super::{
    OfferState,
    candidates::{Candidate, LOOKED_AT, asked, near, steps, with_load},
    offers_in,
    unplaced::unplaced,
};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    agent::{self as agents, AgentFilter, filtered},
    availability::Availability,
    geo::Point,
    task::Task,
};

/// Remembers the nearest who were not asked, and those whose place is not known, and what stood against each.
pub(super) async fn passed_over(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let mut passed = nearest(tx, row, task).await?;
    passed.extend(unplaced(tx, row, task).await?);
    if passed.is_empty() {
        return Ok(());
    }
    emergency_offer::Entity::insert_many(passed)
        .on_conflict_do_nothing_on([
            emergency_offer::Column::EmergencyId,
            emergency_offer::Column::AgentId,
        ])
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Without a place nobody is near.
async fn nearest(
    tx: &Tx,
    row: &emergency::Model,
    task: &Task,
) -> Result<Vec<emergency_offer::ActiveModel>> {
    let Some(place) = Point::of(row.lat, row.lon) else {
        return Ok(Vec::new());
    };
    let everybody = filtered(
        &Actor::system(Channel::Timer),
        &AgentFilter::default(),
        tx.now(),
    )
    .filter(agent::Column::Id.not_in_subquery(asked(row.id)))
    .filter(
        Condition::any()
            .add(agent::Column::UserId.is_null())
            .add(agent::Column::UserId.ne(row.raised_by.unwrap_or_default())),
    );
    let found = near(tx, everybody, place, LOOKED_AT, None).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = found.iter().map(|one| one.0).collect();
    let reasons = reasons(tx, row, &ids).await?;
    let preferred = offers_in(tx, row.id, OfferState::Offered).await?;
    let fresh_seconds = i64::from(tx.rules().position_fresh_minutes) * 60;
    let now = tx.now();
    let passed = with_load(tx, found, task).await?.into_iter().map(|one| {
        let stale = one.position_age_s > fresh_seconds;
        let why = reasons.get(&one.agent_id).copied();
        let why = why.or(stale.then_some("stale"));
        let why = why.unwrap_or_else(|| outdone(&one, &preferred));
        emergency_offer::ActiveModel {
            emergency_id: Set(row.id),
            agent_id: Set(one.agent_id),
            ring: Set(row.ring),
            state: Set(OfferState::Passed),
            distance_m: Set(one.distance_m),
            position_age_s: Set(Some(one.position_age_s)),
            position_accuracy_m: Set(one.position_accuracy_m),
            load: Set(one.load as i32),
            why: Set(Some(why.into())),
            rings: Set(0),
            at: Set(now),
            ..Default::default()
        }
    });
    Ok(passed.collect())
}

/// Why somebody who could have been asked was not: he needs help himself, others are as near and have less to do, or he is
/// farther away.
fn outdone(one: &Candidate, preferred: &[emergency_offer::Model]) -> &'static str {
    if one.in_need {
        return "in_need";
    }
    let mut equally_near = preferred
        .iter()
        .filter(|other| steps(other.distance_m) == steps(one.distance_m));
    match equally_near.any(|other| i64::from(other.load) < one.load) {
        true => "busier",
        false => "farther",
    }
}

/// What stands against these agents, beside the age of their positions.
async fn reasons(
    tx: &Tx,
    row: &emergency::Model,
    ids: &[i64],
) -> Result<HashMap<i64, &'static str>> {
    let states = agents::availabilities(tx.db(), ids, tx.now()).await?;
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .all(tx.db())
        .await?;
    let linked = agents::linked(tx.db(), &rows).await?;
    let stands = |one: &agent::Model| {
        let reach = one.user_id.and_then(|id| linked.get(&id).copied());
        let fits = row.specialty.is_none() || one.specialty == row.specialty;
        match (*states.get(&one.id)?, reach) {
            (Availability::Available, None) => Some("not_linked"),
            (Availability::Available, Some(false)) => Some("blocked"),
            (Availability::Available, Some(true)) => (!fits).then_some("requirement"),
            (state, _) => Some(state.as_str()),
        }
    };
    let against = rows.iter().filter_map(|one| Some((one.id, stands(one)?)));
    Ok(against.collect())
}
