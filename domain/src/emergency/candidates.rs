//! Who can be asked, best first.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, agent_unit, emergency, emergency_offer, last_position, user};

use super::{OfferState, assigned::by_hand, bound, crew::DISMISSED};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    agent::{self as agents, AgentFilter, filtered},
    availability::Availability,
    geo::Point,
    nearest,
    task::Task,
};

/// Distances that differ by less are equal: then load decides.
const EQUAL_M: f64 = 50.0;

/// The distance as it is compared: who has the same is equally near.
pub(super) fn steps(distance_m: Option<f64>) -> i64 {
    distance_m.map_or(0, |metres| (metres / EQUAL_M) as i64)
}

/// How many more than are asked are looked at, so that it can be said why not they.
pub(super) const LOOKED_AT: u64 = 12;

/// How many of those who were seen lately are looked at where no place is known.
const SEEN_LATELY: u64 = 500;

/// Somebody who can be asked.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) agent_id: i64,
    pub(super) distance_m: Option<f64>,
    pub(super) position_age_s: i64,
    pub(super) position_accuracy_m: Option<f64>,
    pub(super) load: i64,
    own_unit: bool,
    /// He said in a broadcast that he needs help himself.
    pub(super) in_need: bool,
}

impl Candidate {
    /// What he is sorted by: near, few tasks, seen lately; without a place those of the unit first; last those who need help
    /// themselves.
    fn rank(&self) -> (bool, bool, i64, i64, i64, i64) {
        (
            self.in_need,
            !self.own_unit && self.distance_m.is_none(),
            steps(self.distance_m),
            self.load,
            self.position_age_s,
            self.agent_id,
        )
    }
}

/// The next who can be asked, best first: free, seen lately, reachable, with the specialty, not waiting, coming or unable
/// already, and not asked as often as may be.
pub(super) async fn candidates(
    tx: &Tx,
    row: &emergency::Model,
    task: &Task,
) -> Result<Vec<Candidate>> {
    let most = u64::from(tx.rules().emergency.offers);
    let used_up = bound::used_up(row.id, tx.rules().ack.rings);
    let free = free(tx, row, task)
        .filter(agent::Column::Id.not_in_subquery(asked(row.id)))
        .filter(agent::Column::Id.not_in_subquery(used_up));
    let found = match Point::of(row.lat, row.lon) {
        Some(place) => near(tx, free, place, most + LOOKED_AT, Some(fresh(tx))).await?,
        None => anywhere(tx, free, task).await?,
    };
    let mut candidates = with_load(tx, found, task).await?;
    candidates.sort_by_key(Candidate::rank);
    candidates.truncate(most as usize);
    Ok(candidates)
}

/// Who could come: free, reachable, with the specialty, not asked by those in command, and not in need of help himself.
pub(super) fn free(tx: &Tx, row: &emergency::Model, task: &Task) -> Select<agent::Entity> {
    let filter = AgentFilter {
        availability: Some(Availability::Available),
        specialty: row.specialty.clone(),
        ..AgentFilter::default()
    };
    filtered(&Actor::system(Channel::Timer), &filter, tx.now())
        .filter(agent::Column::UserId.in_subquery(reachable(row.raised_by)))
        .filter(agent::Column::Id.not_in_subquery(by_hand(task.id)))
        .filter(agent::Column::Id.not_in_subquery(agents::need::who_said_lately(tx.now())))
}

/// From when on a position counts.
fn fresh(tx: &Tx) -> DateTime<Utc> {
    tx.now() - TimeDelta::minutes(tx.rules().position_fresh_minutes.into())
}

/// Accounts that Telegram can reach, without the one who calls.
fn reachable(caller: Option<i64>) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Active).eq(true))
        .and_where(Expr::col(user::Column::TelegramId).is_not_null())
        .and_where(Expr::col(user::Column::UnreachableAt).is_null())
        .and_where(Expr::col(user::Column::Id).ne(caller.unwrap_or_default()))
        .to_owned()
}

pub(super) fn asked(id: i64) -> SelectStatement {
    Query::select()
        .column(emergency_offer::Column::AgentId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::EmergencyId).eq(id))
        .cond_where(
            Condition::any()
                .add(Expr::col(emergency_offer::Column::State).is_not_in([
                    OfferState::Passed,
                    OfferState::StoodDown,
                    OfferState::Unreachable,
                ]))
                .add(Expr::col(emergency_offer::Column::Why).eq(DISMISSED)),
        )
        .to_owned()
}

/// Agent, distance and age of the position.
pub(super) type Found = (i64, Option<f64>, i64, Option<f64>);

pub(super) async fn near(
    tx: &Tx,
    agents: Select<agent::Entity>,
    place: Point,
    limit: u64,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Found>> {
    let found = nearest::nearest_of(tx, agents, place, limit, since).await?;
    Ok(found
        .into_iter()
        .map(|one| {
            let distance = Some(one.distance_m);
            (
                one.agent_id,
                distance,
                one.position_age_s,
                one.position_accuracy_m,
            )
        })
        .collect())
}

/// Without a place nobody is near: whoever was seen lately, those of the unit first.
async fn anywhere(tx: &Tx, agents: Select<agent::Entity>, task: &Task) -> Result<Vec<Found>> {
    let lately = Query::select()
        .column(last_position::Column::AgentId)
        .from(last_position::Entity)
        .and_where(Expr::col(last_position::Column::RecordedAt).gte(fresh(tx)))
        .to_owned();
    let ids: Vec<i64> = agents
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.in_subquery(lately))
        .order_by_desc(agent::Column::Id.in_subquery(mates(task)))
        .order_by_asc(agent::Column::Id)
        .limit(SEEN_LATELY)
        .into_tuple()
        .all(tx.db())
        .await?;
    let positions = agents::positions(tx.db(), &ids).await?;
    Ok(positions
        .into_iter()
        .map(|(id, position)| {
            let age = (tx.now() - position.at).num_seconds();
            (id, None, age, position.accuracy_m)
        })
        .collect())
}

/// Those of the unit of the task.
pub(super) fn mates(task: &Task) -> SelectStatement {
    Query::select()
        .column(agent_unit::Column::AgentId)
        .from(agent_unit::Entity)
        .and_where(Expr::col(agent_unit::Column::UnitId).eq(task.unit.as_ref().map(|unit| unit.id)))
        .to_owned()
}

pub(super) async fn with_load(tx: &Tx, found: Vec<Found>, task: &Task) -> Result<Vec<Candidate>> {
    let ids: Vec<i64> = found.iter().map(|one| one.0).collect();
    let loads = agents::loads(tx.db(), &ids).await?;
    let in_need = agents::need::said_lately(tx.db(), &ids, tx.now()).await?;
    let mates: BTreeSet<i64> = match &task.unit {
        Some(unit) => agent_unit::Entity::find()
            .select_only()
            .column(agent_unit::Column::AgentId)
            .filter(agent_unit::Column::UnitId.eq(unit.id))
            .filter(agent_unit::Column::AgentId.is_in(ids))
            .into_tuple::<i64>()
            .all(tx.db())
            .await?
            .into_iter()
            .collect(),
        None => BTreeSet::new(),
    };
    Ok(found
        .into_iter()
        .map(|(agent_id, distance_m, age, accuracy)| Candidate {
            agent_id,
            distance_m,
            position_age_s: age,
            position_accuracy_m: accuracy,
            load: loads.get(&agent_id).copied().unwrap_or(0),
            own_unit: mates.contains(&agent_id),
            in_need: in_need.contains(&agent_id),
        })
        .collect())
}
