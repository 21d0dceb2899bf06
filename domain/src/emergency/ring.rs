//! The search: who is asked in which ring, and why he and not another.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};

use ::entity::{agent, agent_unit, emergency, emergency_offer, last_position, user};

use super::{EmergencyStatus, OfferState, announce, change, lock, offers_in, people, set};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    agent::{self as agents, AgentFilter, filtered},
    availability::Availability,
    geo::Point,
    nearest,
    outbox::{self, Message},
    task::Task,
    timer::{self, Due},
};

/// Distances that differ by less are equal: then load decides.
const EQUAL_M: f64 = 50.0;

/// How many more than are asked are looked at, so that it can be said why not they.
const LOOKED_AT: u64 = 12;

/// So many rings come at the pace of the rules; from then on the search goes on at a tenth of it.
const FAST: i32 = 20;

/// From which ring those in command are told that nobody comes, and from which whom to call.
const ESCALATED: i32 = 2;
const PHONES: i32 = 3;

/// Somebody who can be asked.
#[derive(Clone, Debug)]
struct Candidate {
    agent_id: i64,
    distance_m: Option<f64>,
    position_age_s: i64,
    load: i64,
    own_unit: bool,
}

impl Candidate {
    /// What he is sorted by: near, few tasks, seen lately; without a place those of the unit first.
    fn rank(&self) -> (bool, i64, i64, i64, i64) {
        let near = self.distance_m.map_or(0, |m| (m / EQUAL_M) as i64);
        (
            !self.own_unit && self.distance_m.is_none(),
            near,
            self.load,
            self.position_age_s,
            self.agent_id,
        )
    }
}

/// The first ring of a fresh emergency.
pub(super) async fn first(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<()> {
    let asked = widen(tx, &row, task).await?;
    passed_over(tx, &row, task).await?;
    after(tx, row, task, asked).await
}

/// Nobody, or not enough, have answered in time: the silent are rung again, and others are asked.
pub(crate) async fn ring_over(tx: &mut Tx, id: i64) -> Result<()> {
    let (row, task) = lock(tx, id).await?;
    let Some(task) = task.filter(|_| row.status == EmergencyStatus::Active) else {
        return Ok(());
    };
    ring_again(tx, &row).await?;
    onwards(tx, row, &task).await
}

/// The next ring.
async fn onwards(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<()> {
    let next = emergency::ActiveModel {
        ring: Set(row.ring + 1),
        ..change(row.id)
    };
    let row = set(tx, next).await?;
    let asked = widen(tx, &row, task).await?;
    after(tx, row, task, asked).await
}

/// Where it is has become known, or is another place now: the distances are measured again, everybody who was asked or
/// comes hears it, and the search goes on from there.
pub(super) async fn placed(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<()> {
    measure(tx, &row).await?;
    let mut told = offers_in(tx, row.id, OfferState::Taken).await?;
    told.extend(offers_in(tx, row.id, OfferState::Offered).await?);
    let ids: Vec<i64> = told.iter().map(|one| one.agent_id).collect();
    ring(tx, &row, &ids).await?;
    if row.status == EmergencyStatus::Active {
        onwards(tx, row, task).await
    } else {
        announce(tx, &row, task).await
    }
}

/// How far everybody who was thought of is from the place.
async fn measure(tx: &Tx, row: &emergency::Model) -> Result<()> {
    let of_it = emergency_offer::Column::EmergencyId.eq(row.id);
    let offers = emergency_offer::Entity::find()
        .filter(of_it)
        .all(tx.db())
        .await?;
    let Some(place) = Point::of(row.lat, row.lon).filter(|_| !offers.is_empty()) else {
        return Ok(());
    };
    let ids: Vec<i64> = offers.iter().map(|one| one.agent_id).collect();
    let positions = agents::positions(tx.db(), &ids).await?;
    let measured = offers.into_iter().map(|one| {
        let position = positions.get(&one.agent_id);
        emergency_offer::ActiveModel {
            id: NotSet,
            distance_m: Set(position.map(|position| position.point.distance_m(place))),
            ..one.into_active_model()
        }
    });
    let keep_the_rest = OnConflict::columns([
        emergency_offer::Column::EmergencyId,
        emergency_offer::Column::AgentId,
    ])
    .update_column(emergency_offer::Column::DistanceM)
    .to_owned();
    emergency_offer::Entity::insert_many(measured)
        .on_conflict(keep_the_rest)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Whoever comes hears it once more.
pub(super) async fn takers_again(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let coming = offers_in(tx, row.id, OfferState::Taken).await?;
    let ids: Vec<i64> = coming.iter().map(|one| one.agent_id).collect();
    ring(tx, row, &ids).await
}

/// Everybody who could come has said no or cannot be reached: others are asked now, not when the ring is over.
pub(super) async fn hurry(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let waiting = offers_in(tx, row.id, OfferState::Offered).await?;
    if row.status == EmergencyStatus::Active && waiting.is_empty() {
        let now = tx.now();
        timer::set(
            tx,
            &Due::EmergencyRing {
                emergency_id: row.id,
            },
            now,
        )
        .await?;
    }
    Ok(())
}

/// Escalates where it is time, and sets the next ring.
async fn after(tx: &mut Tx, row: emergency::Model, task: &Task, asked: usize) -> Result<()> {
    let (id, ring, now) = (row.id, row.ring, tx.now());
    let coming = offers_in(tx, id, OfferState::Taken).await?.len();
    let pending = offers_in(tx, id, OfferState::Offered).await?.len();
    let nobody = coming == 0 && pending + asked == 0;
    let told = coming == 0 && (nobody || ring >= ESCALATED) && row.escalated_at.is_none();
    let phones = coming == 0 && (nobody || ring >= PHONES) && row.phones_at.is_none();
    let row = if told || phones {
        people::escalate(tx, &row, task, phones).await?;
        let mut update = change(id);
        update.escalated_at = Set(row.escalated_at.or(Some(now)));
        if phones {
            update.phones_at = Set(Some(now));
        }
        set(tx, update).await?
    } else {
        row
    };
    let pace = tx.rules().emergency.ring_seconds * if ring < FAST { 1 } else { 10 };
    let next = now + TimeDelta::seconds(pace.into());
    timer::set(tx, &Due::EmergencyRing { emergency_id: id }, next).await?;
    announce(tx, &row, task).await
}

async fn ring_again(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let most = tx.rules().ack.rings as i32;
    let silent = offers_in(tx, row.id, OfferState::Offered).await?;
    let silent: Vec<_> = silent.iter().filter(|one| one.rings + 1 < most).collect();
    if silent.is_empty() {
        return Ok(());
    }
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::Rings,
            Expr::col(emergency_offer::Column::Rings).add(1),
        )
        .filter(emergency_offer::Column::Id.is_in(silent.iter().map(|one| one.id)))
        .exec(tx.db())
        .await?;
    let ids: Vec<i64> = silent.iter().map(|one| one.agent_id).collect();
    ring(tx, row, &ids).await
}

/// The card with a sound for these agents.
async fn ring(tx: &mut Tx, row: &emergency::Model, agent_ids: &[i64]) -> Result<()> {
    let chats: Vec<(i64, Option<i64>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Id.in_subquery(accounts_of(agent_ids)))
        .filter(user::Column::Active.eq(true))
        .into_tuple()
        .all(tx.db())
        .await?;
    let cards = chats.into_iter().filter_map(|(user_id, chat)| {
        Some(Message::emergency(
            chat?,
            Some(user_id),
            row.task_id,
            row.id,
            true,
        ))
    });
    outbox::push(tx, cards.collect()).await
}

fn accounts_of(agent_ids: &[i64]) -> SelectStatement {
    Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::Id).is_in(agent_ids.iter().copied()))
        .and_where(Expr::col(agent::Column::UserId).is_not_null())
        .to_owned()
}

/// Asks the next ones; returns how many there were.
async fn widen(tx: &mut Tx, row: &emergency::Model, task: &Task) -> Result<usize> {
    let candidates = candidates(tx, row, task).await?;
    if candidates.is_empty() {
        return Ok(0);
    }
    let now = tx.now();
    let offers = candidates.iter().map(|one| emergency_offer::ActiveModel {
        emergency_id: Set(row.id),
        agent_id: Set(one.agent_id),
        ring: Set(row.ring),
        state: Set(OfferState::Offered),
        distance_m: Set(one.distance_m),
        position_age_s: Set(Some(one.position_age_s)),
        load: Set(one.load as i32),
        why: Set(None),
        rings: Set(0),
        at: Set(now),
        offered_at: Set(Some(now)),
        sent_at: Set(None),
        answered_at: Set(None),
        ..Default::default()
    });
    emergency_offer::Entity::insert_many(offers)
        .on_conflict(thought_of_again())
        .exec_without_returning(tx.db())
        .await?;
    let ids: Vec<i64> = candidates.iter().map(|one| one.agent_id).collect();
    ring(tx, row, &ids).await?;
    Ok(ids.len())
}

/// Whoever was passed over, not needed or not reached before is asked in his row, as if for the first time.
fn thought_of_again() -> OnConflict {
    use emergency_offer::Column;
    OnConflict::columns([Column::EmergencyId, Column::AgentId])
        .update_columns([
            Column::Ring,
            Column::State,
            Column::DistanceM,
            Column::PositionAgeS,
            Column::Load,
            Column::Why,
            Column::Rings,
            Column::At,
            Column::OfferedAt,
            Column::SentAt,
            Column::AnsweredAt,
        ])
        .to_owned()
}

/// The next who can be asked, best first: free, seen lately, reachable, with the specialty, and not waiting, coming or
/// unable already.
async fn candidates(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<Vec<Candidate>> {
    let most = u64::from(tx.rules().emergency.offers);
    let now = tx.now();
    let filter = AgentFilter {
        availability: Some(Availability::Available),
        specialty: row.specialty.clone(),
        ..AgentFilter::default()
    };
    let free = filtered(&Actor::system(Channel::Timer), &filter, now)
        .filter(agent::Column::UserId.in_subquery(reachable(row.raised_by)))
        .filter(agent::Column::Id.not_in_subquery(asked(row.id)));
    let found = match Point::of(row.lat, row.lon) {
        Some(place) => near(tx, free, place, most + LOOKED_AT, Some(fresh(tx))).await?,
        None => anywhere(tx, free).await?,
    };
    let mut candidates = with_load(tx, found, task).await?;
    candidates.sort_by_key(Candidate::rank);
    candidates.truncate(most as usize);
    Ok(candidates)
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

fn asked(id: i64) -> SelectStatement {
    Query::select()
        .column(emergency_offer::Column::AgentId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::EmergencyId).eq(id))
        .and_where(Expr::col(emergency_offer::Column::State).is_not_in([
            OfferState::Passed,
            OfferState::StoodDown,
            OfferState::Unreachable,
        ]))
        .to_owned()
}

/// Agent, distance and age of the position.
type Found = (i64, Option<f64>, i64);

async fn near(
    tx: &Tx,
    agents: Select<agent::Entity>,
    place: Point,
    limit: u64,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Found>> {
    let found = nearest::nearest_of(tx, agents, place, limit, since).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.agent_id, Some(one.distance_m), one.position_age_s))
        .collect())
}

/// Without a place nobody is near: whoever was seen lately.
async fn anywhere(tx: &Tx, agents: Select<agent::Entity>) -> Result<Vec<Found>> {
    let lately = Query::select()
        .column(last_position::Column::AgentId)
        .from(last_position::Entity)
        .and_where(Expr::col(last_position::Column::RecordedAt).gte(fresh(tx)))
        .to_owned();
    let ids: Vec<i64> = agents
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.in_subquery(lately))
        .limit(500)
        .into_tuple()
        .all(tx.db())
        .await?;
    let positions = agents::positions(tx.db(), &ids).await?;
    Ok(positions
        .into_iter()
        .map(|(id, position)| (id, None, (tx.now() - position.at).num_seconds()))
        .collect())
}

async fn with_load(tx: &Tx, found: Vec<Found>, task: &Task) -> Result<Vec<Candidate>> {
    let ids: Vec<i64> = found.iter().map(|one| one.0).collect();
    let loads = agents::loads(tx.db(), &ids).await?;
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
        .map(|(agent_id, distance_m, position_age_s)| Candidate {
            agent_id,
            distance_m,
            position_age_s,
            load: loads.get(&agent_id).copied().unwrap_or(0),
            own_unit: mates.contains(&agent_id),
        })
        .collect())
}

/// Remembers the nearest who were not asked, and what stood against each.
async fn passed_over(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let Some(place) = Point::of(row.lat, row.lon) else {
        return Ok(());
    };
    let everybody = filtered(
        &Actor::system(Channel::Timer),
        &AgentFilter::default(),
        tx.now(),
    )
    .filter(agent::Column::Id.not_in_subquery(asked(row.id)))
    .filter(
        sea_orm::Condition::any()
            .add(agent::Column::UserId.is_null())
            .add(agent::Column::UserId.ne(row.raised_by.unwrap_or_default())),
    );
    let found = near(tx, everybody, place, LOOKED_AT, None).await?;
    if found.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = found.iter().map(|one| one.0).collect();
    let reasons = reasons(tx, row, &ids).await?;
    let fresh_seconds = i64::from(tx.rules().position_fresh_minutes) * 60;
    let now = tx.now();
    let passed = with_load(tx, found, task).await?.into_iter().map(|one| {
        let stale = one.position_age_s > fresh_seconds;
        let why = reasons.get(&one.agent_id).copied();
        let why = why.or(stale.then_some("stale")).unwrap_or("farther");
        emergency_offer::ActiveModel {
            emergency_id: Set(row.id),
            agent_id: Set(one.agent_id),
            ring: Set(row.ring),
            state: Set(OfferState::Passed),
            distance_m: Set(one.distance_m),
            position_age_s: Set(Some(one.position_age_s)),
            load: Set(one.load as i32),
            why: Set(Some(why.into())),
            rings: Set(0),
            at: Set(now),
            ..Default::default()
        }
    });
    let passed: Vec<_> = passed.collect();
    emergency_offer::Entity::insert_many(passed)
        .on_conflict_do_nothing_on([
            emergency_offer::Column::EmergencyId,
            emergency_offer::Column::AgentId,
        ])
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// What stands against these agents, beside the age of their positions.
async fn reasons(
    tx: &Tx,
    row: &emergency::Model,
    ids: &[i64],
) -> Result<HashMap<i64, &'static str>> {
    let states = agents::availabilities(tx.db(), ids, tx.now()).await?;
    let reached: BTreeSet<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(agent::Column::UserId.in_subquery(reachable(row.raised_by)))
        .into_tuple::<i64>()
        .all(tx.db())
        .await?
        .into_iter()
        .collect();
    let fit: BTreeSet<i64> = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .all(tx.db())
        .await?
        .into_iter()
        .filter(|agent| row.specialty.is_none() || agent.specialty == row.specialty)
        .map(|agent| agent.id)
        .collect();
    Ok(ids
        .iter()
        .filter_map(|id| {
            let why = match states.get(id) {
                Some(Availability::Available) if !reached.contains(id) => "not_linked",
                Some(Availability::Available) if !fit.contains(id) => "requirement",
                Some(Availability::Available) => return None,
                Some(state) => state.as_str(),
                None => return None,
            };
            Some((*id, why))
        })
        .collect())
}
