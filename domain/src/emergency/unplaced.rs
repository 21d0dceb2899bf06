//! Who is free, but whose place is not known: nobody without a position is asked, and those in command read it.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query,
};

use ::entity::{agent, emergency, emergency_offer, last_position};

use super::{
    OfferState,
    candidates::{asked, free, mates},
};
use crate::{Result, Tx, agent as agents, task::Task};

/// What stood against asking them.
pub(super) const UNPLACED: &str = "unplaced";

/// How many of them are named.
const MOST: u64 = 8;

/// They as those who were passed over.
pub(super) async fn unplaced(
    tx: &Tx,
    row: &emergency::Model,
    task: &Task,
) -> Result<Vec<emergency_offer::ActiveModel>> {
    let ids = found(tx, row, task).await?;
    let loads = agents::loads(tx.db(), &ids).await?;
    let now = tx.now();
    let passed = ids.into_iter().map(|id| emergency_offer::ActiveModel {
        emergency_id: Set(row.id),
        agent_id: Set(id),
        ring: Set(row.ring),
        state: Set(OfferState::Passed),
        distance_m: Set(None),
        position_age_s: Set(None),
        position_accuracy_m: Set(None),
        load: Set(loads.get(&id).copied().unwrap_or(0) as i32),
        why: Set(Some(UNPLACED.into())),
        rings: Set(0),
        at: Set(now),
        ..Default::default()
    });
    Ok(passed.collect())
}

/// Those of the unit first.
async fn found(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<Vec<i64>> {
    let placed = Query::select()
        .column(last_position::Column::AgentId)
        .from(last_position::Entity)
        .to_owned();
    Ok(free(tx, row, task)
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.not_in_subquery(asked(row.id)))
        .filter(agent::Column::Id.not_in_subquery(placed))
        .order_by_desc(agent::Column::Id.in_subquery(mates(task)))
        .order_by_asc(agent::Column::Id)
        .limit(MOST)
        .into_tuple()
        .all(tx.db())
        .await?)
}
