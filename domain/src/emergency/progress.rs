//! How far those are who come, by what they said themselves.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{assignment, emergency, emergency_offer};

use super::{OfferState, offers_in, read::Offer};
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
    Ok(left)
}
