//! The search: who is asked in which ring, who is rung again, and when those in command learn that nobody comes.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};

use ::entity::{agent, emergency, emergency_offer, user};

use super::{
    EmergencyStatus, OfferState, announce, askings, bound, call::heard_again,
    candidates::candidates, change, lock, offers_in, passed::passed_over, people, progress, set,
    unheeded,
};
use crate::{
    Result, Tx, agent as agents,
    geo::Point,
    outbox::{self, Message},
    task::Task,
    timer::{self, Due},
};

/// So many rings are shown each: an hour of them, in which ages are told by the minute. Of later ones every tenth is, and each
/// that asks or tells somebody.
const SHOWN: i32 = 120;

/// From which ring those in command are told that nobody comes, and whom to call.
const ESCALATED: i32 = 2;

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
    heard_again(tx, &row, &task).await?;
    let ring = TimeDelta::seconds(tx.rules().emergency.ring_seconds.into());
    let rung = bound::rung_since(tx, &row, tx.now() - ring).await?;
    ring_again(tx, &row, rung).await?;
    onwards(tx, row, &task).await
}

/// The next ring.
async fn onwards(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<()> {
    let next = emergency::ActiveModel {
        ring: Set(row.ring + 1),
        ..change(row.id)
    };
    let row = set(tx, next).await?;
    bound::wait_for_the_asked(tx, &row, task).await?;
    let asked = widen(tx, &row, task).await?;
    after(tx, row, task, asked).await
}

/// Where it is has become known, or is another place now: the distances are measured again, whoever comes hears it and so do
/// the silent who may be rung again, and the search goes on from there: from a further place only when its last ring is over.
pub(super) async fn placed(
    tx: &mut Tx,
    row: emergency::Model,
    task: &Task,
    further: bool,
) -> Result<()> {
    measure(tx, &row).await?;
    takers_again(tx, &row, Vec::new()).await?;
    if row.status != EmergencyStatus::Active {
        return announce(tx, &row, task).await;
    }
    let soon = further && asks_still(tx, &row).await?;
    ring_again(tx, &row, Vec::new()).await?;
    match soon {
        true => announce(tx, &row, task).await,
        false => onwards(tx, row, task).await,
    }
}

/// Whether the time of a ring is not over yet since somebody was asked first.
async fn asks_still(tx: &Tx, row: &emergency::Model) -> Result<bool> {
    let since = tx.now() - TimeDelta::seconds(tx.rules().emergency.ring_seconds.into());
    let asked = offers_in(tx, row.id, OfferState::Offered).await?;
    let mut times = asked.iter().filter_map(|one| one.offered_at);
    Ok(times.any(|at| at > since))
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

/// Whoever comes hears it once more, without those accounts.
pub(super) async fn takers_again(tx: &mut Tx, row: &emergency::Model, but: Vec<i64>) -> Result<()> {
    let coming = offers_in(tx, row.id, OfferState::Taken).await?;
    let ids: Vec<i64> = coming.iter().map(|one| one.agent_id).collect();
    let ids = bound::others(tx, ids, but).await?;
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
    let coming = progress::going(tx, &row).await?.len();
    let pending = offers_in(tx, id, OfferState::Offered).await?.len();
    let nobody = coming == 0 && pending + asked == 0;
    let unheard = row.escalated_at.is_none() || row.phones_at.is_none();
    let heard = match coming == 0 && (nobody || ring >= ESCALATED) && unheard {
        true => people::escalate(tx, &row, task, &[]).await?,
        false if coming == 0 => again_unheeded(tx, &row, task).await?,
        false => 0,
    };
    let row = if heard > 0 {
        let told = emergency::ActiveModel {
            escalated_at: Set(row.escalated_at.or(Some(now))),
            phones_at: Set(Some(now)),
            ..change(id)
        };
        set(tx, told).await?
    } else {
        row
    };
    let next = now + TimeDelta::seconds(tx.rules().emergency.ring_seconds.into());
    timer::set(tx, &Due::EmergencyRing { emergency_id: id }, next).await?;
    match ring < SHOWN || ring % 10 == 0 || asked + heard > 0 {
        true => announce(tx, &row, task).await,
        false => Ok(()),
    }
}

/// Nobody in command has done anything since they learned that nobody comes: they hear it again. Returns how many.
async fn again_unheeded(tx: &mut Tx, row: &emergency::Model, task: &Task) -> Result<usize> {
    if !unheeded::is_unheeded(tx, row, task.id).await? {
        return Ok(0);
    }
    let waiting = unheeded::waiting(tx, row.id, task.id).await?;
    people::escalate(tx, row, task, &waiting).await
}

/// Whoever has not answered and could still come is rung again, without those accounts.
async fn ring_again(tx: &mut Tx, row: &emergency::Model, but: Vec<i64>) -> Result<()> {
    bound::leave_the_busy(tx, row).await?;
    let most = tx.rules().ack.rings as i32;
    let silent = offers_in(tx, row.id, OfferState::Offered).await?;
    let left = silent.iter().filter(|one| one.rings + 1 < most);
    let ids = bound::others(tx, left.map(|one| one.agent_id).collect(), but).await?;
    if ids.is_empty() {
        return Ok(());
    }
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::Rings,
            Expr::col(emergency_offer::Column::Rings).add(1),
        )
        .filter(emergency_offer::Column::EmergencyId.eq(row.id))
        .filter(emergency_offer::Column::AgentId.is_in(ids.iter().copied()))
        .exec(tx.db())
        .await?;
    ring(tx, row, &ids).await
}

/// Somebody who was not reached is asked again; whoever had heard it as often as may be is only waited for.
pub(super) async fn ask_again(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    offer: &emergency_offer::Model,
) -> Result<()> {
    let now = tx.now();
    let rings = offer.rings + i32::from(offer.sent_at.is_some());
    let rung = rings < tx.rules().ack.rings as i32;
    let waited_for = emergency_offer::ActiveModel {
        id: Set(offer.id),
        state: Set(OfferState::Offered),
        at: Set(now),
        ..Default::default()
    };
    let waited = (now - offer.offered_at.unwrap_or(offer.at)).num_seconds();
    let asked = emergency_offer::ActiveModel {
        rings: Set(rings),
        position_age_s: Set(offer.position_age_s.map(|age| age + waited)),
        offered_at: Set(Some(now)),
        sent_at: Set(None),
        answered_at: Set(None),
        ..waited_for.clone()
    };
    let offered = if rung { asked } else { waited_for };
    emergency_offer::Entity::update(offered)
        .exec(tx.db())
        .await?;
    if rung {
        askings::record(tx, row, &[offer.agent_id]).await?;
        ring(tx, row, &[offer.agent_id]).await?;
    }
    announce(tx, row, task).await
}

/// The card with a sound for these agents.
pub(super) async fn ring(tx: &mut Tx, row: &emergency::Model, agent_ids: &[i64]) -> Result<()> {
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

pub(super) fn accounts_of(agent_ids: &[i64]) -> SelectStatement {
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
        position_accuracy_m: Set(one.position_accuracy_m),
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
    askings::record(tx, row, &ids).await?;
    ring(tx, row, &ids).await?;
    Ok(ids.len())
}

/// Whoever was passed over, not needed or not reached before is asked in his row; how often he was asked goes on being counted.
fn thought_of_again() -> OnConflict {
    use emergency_offer::Column;
    OnConflict::columns([Column::EmergencyId, Column::AgentId])
        .update_columns([
            Column::Ring,
            Column::State,
            Column::DistanceM,
            Column::PositionAgeS,
            Column::PositionAccuracyM,
            Column::Load,
            Column::Why,
            Column::At,
            Column::OfferedAt,
            Column::SentAt,
            Column::AnsweredAt,
        ])
        .value(Column::Rings, bound::once_more())
        .to_owned()
}
