//! How far those are who come, by what they said themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use ::entity::{agent, assignment, emergency, emergency_offer, task, user};

use super::{
    EmergencyStatus, OfferState,
    alone::{self, Latest},
    is_open, offers_in,
    read::Offer,
};
use crate::{Result, Tx};

/// Those who come and count: they said so themselves, Telegram reaches them, and they do not call for help on their own. Of the
/// others nobody knows whether they still come. The same of what is read is [`Offer::counts`].
pub(super) async fn going(tx: &Tx, row: &emergency::Model) -> Result<Vec<emergency_offer::Model>> {
    let mut going = offers_in(tx, row.id, OfferState::Taken).await?;
    if going.is_empty() {
        return Ok(going);
    }
    let ids: Vec<i64> = going.iter().map(|one| one.agent_id).collect();
    let said: Vec<i64> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .filter(assignment::Column::TaskId.eq(row.task_id))
        .filter(said())
        .into_tuple()
        .all(tx.db())
        .await?;
    let said: BTreeSet<i64> = said.into_iter().collect();
    let deaf = deaf(tx.db(), ids.clone()).await?;
    let calling = calling(tx.db(), ids).await?;
    going.retain(|one| {
        let lost = deaf.contains_key(&one.agent_id) || calling.contains_key(&one.agent_id);
        said.contains(&one.agent_id) && !lost
    });
    Ok(going)
}

/// Whether as many as are needed go who count.
pub(super) async fn enough(tx: &Tx, row: &emergency::Model) -> Result<bool> {
    Ok(going(tx, row).await?.len() >= row.crew as usize)
}

/// Those of these agents who blocked the bot, or whose account is gone, and since when.
async fn deaf(
    db: &impl ConnectionTrait,
    agent_ids: Vec<i64>,
) -> Result<BTreeMap<i64, DateTime<Utc>>> {
    if agent_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let account: RelationDef = agent::Entity::belongs_to(user::Entity)
        .from(agent::Column::UserId)
        .to(user::Column::Id)
        .into();
    let found: Vec<(i64, DateTime<Utc>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(user::Column::UnreachableAt)
        .join(JoinType::InnerJoin, account)
        .filter(agent::Column::Id.is_in(agent_ids))
        .filter(user::Column::UnreachableAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// The code of a call of one's own, and when it left.
type Own = (String, Option<DateTime<Utc>>);

/// Those of these agents whose own call in earnest goes on, and which it is.
pub(super) async fn calling(
    db: &impl ConnectionTrait,
    agent_ids: Vec<i64>,
) -> Result<BTreeMap<i64, Own>> {
    if agent_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let its_task: RelationDef = emergency::Entity::belongs_to(task::Entity)
        .from(emergency::Column::TaskId)
        .to(task::Column::Id)
        .into();
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let found: Vec<(Option<i64>, String, Option<DateTime<Utc>>)> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::AgentId)
        .column(task::Column::Code)
        .column(emergency::Column::RaisedAt)
        .join(JoinType::InnerJoin, its_task)
        .filter(emergency::Column::AgentId.is_in(agent_ids))
        .filter(emergency::Column::Drill.eq(false))
        .filter(emergency::Column::Status.is_in(open))
        .order_by_asc(emergency::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let his = found
        .into_iter()
        .filter_map(|(agent_id, code, at)| Some((agent_id?, (code, at))));
    Ok(his.collect())
}

/// Marks those who come to a call that goes on and do not count: Telegram tells them nothing any more, or they call for help
/// themselves. Since when the last of those who had said that they go does not count any more, by emergency.
async fn mark_lost(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<Latest> {
    let open = rows.iter().filter(|row| is_open(row.status));
    let open: BTreeSet<i64> = open.map(|row| row.id).collect();
    let mut takers: Vec<(i64, &mut Offer)> = offers
        .iter_mut()
        .filter(|(id, _)| open.contains(*id))
        .flat_map(|(id, list)| list.iter_mut().map(move |one| (*id, one)))
        .filter(|(_, one)| one.state == OfferState::Taken)
        .collect();
    let ids: Vec<i64> = takers.iter().map(|(_, one)| one.agent.agent_id).collect();
    let deaf = deaf(db, ids.clone()).await?;
    let calling = calling(db, ids).await?;
    let mut lost = Latest::new();
    for (id, one) in &mut takers {
        let since = deaf.get(&one.agent.agent_id).copied();
        let own = calling.get(&one.agent.agent_id).cloned();
        one.blocked = since.is_some();
        let called_at = own.as_ref().and_then(|(_, at)| *at);
        one.own_call = own.map(|(code, _)| code);
        if one.said_he_goes() {
            alone::note(&mut lost, *id, since.max(called_at));
        }
    }
    Ok(lost)
}

fn said() -> Condition {
    Condition::any()
        .add(assignment::Column::EnRouteAt.is_not_null())
        .add(assignment::Column::OnSiteAt.is_not_null())
}

/// Adds to the offers of those who come when each said that he goes, and that he is there. Of those who had said so and come no
/// more, or do not count any more, since when the last one does not, by emergency.
pub(super) async fn add(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<Latest> {
    let with_task = rows.iter().filter_map(|row| Some((row.task_id?, row.id)));
    let calls: HashMap<i64, i64> = with_task.collect();
    let found = assignment::Entity::find()
        .filter(assignment::Column::TaskId.is_in(calls.keys().copied()))
        .filter(said())
        .all(db)
        .await?;
    let mut left = alone::before(db, &calls).await?;
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
            alone::note(&mut left, *id, Some(one.state_at));
        }
    }
    for (id, at) in mark_lost(db, rows, offers).await? {
        alone::note(&mut left, id, Some(at));
    }
    Ok(left)
}
