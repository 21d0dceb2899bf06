//! How far those are who come, by what they said themselves.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Query,
};

use ::entity::{agent, assignment, emergency, emergency_offer, user};

use super::{OfferState, is_open, offers_in, read::Offer};
use crate::{Result, Tx};

/// Those who come and said so themselves: whom those in command sent may only have said that he got it.
pub(super) async fn going(tx: &Tx, row: &emergency::Model) -> Result<Vec<emergency_offer::Model>> {
    let mut going = offers_in(tx, row.id, OfferState::Taken).await?;
    if going.is_empty() {
        return Ok(going);
    }
    let said: Vec<i64> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .filter(assignment::Column::TaskId.eq(row.task_id))
        .filter(said())
        .into_tuple()
        .all(tx.db())
        .await?;
    let said: BTreeSet<i64> = said.into_iter().collect();
    going.retain(|one| said.contains(&one.agent_id));
    Ok(going)
}

/// Whether as many as are needed go whom Telegram tells what becomes of it: of the others nobody knows whether they still come.
pub(super) async fn enough(tx: &Tx, row: &emergency::Model) -> Result<bool> {
    let going = going(tx, row).await?;
    Ok(reached(tx, &going).await? >= row.crew as usize)
}

/// How many of these Telegram tells anything.
pub(super) async fn reached(tx: &Tx, going: &[emergency_offer::Model]) -> Result<usize> {
    let deaf = deaf(tx.db(), going.iter().map(|one| one.agent_id).collect()).await?;
    let reached = going.iter().filter(|one| !deaf.contains(&one.agent_id));
    Ok(reached.count())
}

/// Those of these agents who blocked the bot, or whose account is gone.
async fn deaf(db: &impl ConnectionTrait, agent_ids: Vec<i64>) -> Result<BTreeSet<i64>> {
    if agent_ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let lost = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::UnreachableAt.is_not_null())
        .to_owned();
    let found: Vec<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(agent_ids))
        .filter(agent::Column::UserId.in_subquery(lost))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// Marks those who come to a call that goes on and whom Telegram tells nothing any more.
async fn mark_deaf(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<()> {
    let open = rows.iter().filter(|row| is_open(row.status));
    let open: BTreeSet<i64> = open.map(|row| row.id).collect();
    let takers: Vec<&mut Offer> = offers
        .iter_mut()
        .filter(|(id, _)| open.contains(*id))
        .flat_map(|(_, list)| list)
        .filter(|one| one.state == OfferState::Taken)
        .collect();
    let ids = takers.iter().map(|one| one.agent.agent_id).collect();
    let deaf = deaf(db, ids).await?;
    for one in takers {
        one.blocked = deaf.contains(&one.agent.agent_id);
    }
    Ok(())
}

fn said() -> Condition {
    Condition::any()
        .add(assignment::Column::EnRouteAt.is_not_null())
        .add(assignment::Column::OnSiteAt.is_not_null())
}

/// Adds to the offers of those who come when each said that he goes, and that he is there. Of those who had said so and come no
/// more, when the last one left, by emergency.
pub(super) async fn add(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<HashMap<i64, DateTime<Utc>>> {
    let with_task = rows.iter().filter_map(|row| Some((row.task_id?, row.id)));
    let calls: HashMap<i64, i64> = with_task.collect();
    let found = assignment::Entity::find()
        .filter(assignment::Column::TaskId.is_in(calls.keys().copied()))
        .filter(said())
        .all(db)
        .await?;
    let mut left: HashMap<i64, DateTime<Utc>> = HashMap::new();
    for one in found {
        let Some(id) = calls.get(&one.task_id) else {
            continue;
        };
        let mut of_call = offers.get_mut(id).into_iter().flatten();
        let comes = |offer: &&mut Offer| {
            offer.agent.agent_id == one.agent_id && offer.state == OfferState::Taken
        };
        if let Some(offer) = of_call.find(comes) {
            offer.en_route_at = one.en_route_at;
            offer.on_site_at = one.on_site_at;
        } else {
            let last = left.entry(*id).or_insert(one.state_at);
            *last = one.state_at.max(*last);
        }
    }
    mark_deaf(db, rows, offers).await?;
    Ok(left)
}
