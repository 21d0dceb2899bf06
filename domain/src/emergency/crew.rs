//! How many come: when they are enough, and when others of its people make them too few.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};

use ::entity::{emergency, emergency_offer};

use super::{
    EmergencyStatus, KIND, OfferState, announce, answer, before, bound, by_hand, change, offers_in,
    progress, ring, set, topics,
};
use crate::{
    Actor, Result, Tx, agent as agents,
    geo::Point,
    task::{AssignmentState, Task},
    timer::{self, Due},
};

/// Why somebody does not come any more whom those in command took off the task: he is not asked again.
pub(super) const DISMISSED: &str = "dismissed";

/// The emergency of a task, if it is one.
pub(super) async fn of_task(tx: &Tx, task: &Task) -> Result<Option<emergency::Model>> {
    if task.kind.code != KIND {
        return Ok(None);
    }
    Ok(emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task.id))
        .one(tx.db())
        .await?)
}

/// Whoever called for help with this task, if it is an emergency.
pub(crate) async fn caller_of(tx: &Tx, task: &Task) -> Result<Option<i64>> {
    Ok(of_task(tx, task).await?.and_then(|row| row.raised_by))
}

/// He comes to this one, or called for it, so the others that asked him ask somebody else, at once.
pub(super) async fn not_elsewhere(tx: &mut Tx, agent_id: i64, here: i64) -> Result<()> {
    none_elsewhere(tx, &[agent_id], here).await
}

/// He is not in the service any more: whatever waits for his answer asks somebody else, at once.
pub(crate) async fn gone(tx: &mut Tx, agent_id: i64) -> Result<()> {
    none_elsewhere(tx, &[agent_id], 0).await
}

/// The same for all of these.
async fn none_elsewhere(tx: &mut Tx, agent_ids: &[i64], here: i64) -> Result<()> {
    let others = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .filter(emergency_offer::Column::EmergencyId.ne(here))
        .order_by_asc(emergency_offer::Column::EmergencyId)
        .all(tx.db())
        .await?;
    for offer in others {
        stand_down_these(tx, vec![offer.id], None).await?;
        let row = answer::tell(tx, offer.emergency_id).await?;
        if let Some(row) = row.filter(|row| row.status == EmergencyStatus::Active) {
            let due = Due::EmergencyRing {
                emergency_id: row.id,
            };
            let now = tx.now();
            timer::set(tx, &due, now).await?;
        }
    }
    Ok(())
}

/// Enough come: the others need not any more.
pub(super) async fn full(tx: &Tx, row: &emergency::Model) -> Result<emergency::Model> {
    let id = row.id;
    timer::cancel(tx, &Due::EmergencyRing { emergency_id: id }).await?;
    stand_down(tx, id).await?;
    set(
        tx,
        emergency::ActiveModel {
            status: Set(EmergencyStatus::Answered),
            ..change(id)
        },
    )
    .await
}

/// Whoever has not answered is no longer waited for.
pub(super) async fn stand_down(tx: &Tx, id: i64) -> Result<()> {
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::State,
            Expr::value(OfferState::StoodDown),
        )
        .col_expr(emergency_offer::Column::At, Expr::value(tx.now()))
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .exec(tx.db())
        .await?;
    Ok(())
}

pub(super) async fn stand_down_these(tx: &Tx, ids: Vec<i64>, why: Option<&str>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let why = why.map(str::to_owned);
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::State,
            Expr::value(OfferState::StoodDown),
        )
        .col_expr(emergency_offer::Column::At, Expr::value(tx.now()))
        .col_expr(emergency_offer::Column::Why, Expr::value(why))
        .filter(emergency_offer::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The people of a task are others now, or said something: who was taken off it does not come any more, and who was put on
/// it is one of its people once he has answered. Whether that changed anything.
pub(super) async fn changed(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<bool> {
    let taken = offers_in(tx, row.id, OfferState::Taken).await?;
    let gone = not_held(&taken, task);
    let known: BTreeSet<i64> = taken.iter().map(|one| one.agent_id).collect();
    let fresh: BTreeMap<i64, DateTime<Utc>> = task
        .held()
        .filter(|one| one.state != AssignmentState::Offered)
        .filter(|one| !known.contains(&one.agent.agent_id))
        .map(|one| (one.agent.agent_id, one.offered_at))
        .collect();
    if gone.is_empty() && fresh.is_empty() {
        return Ok(false);
    }
    let counted = progress::going(tx, &row).await?;
    let fewer = counted.iter().any(|one| gone.contains(&one.id));
    stand_down_these(tx, gone, Some(DISMISSED)).await?;
    come(tx, &row, fresh).await?;
    recount(tx, row, task, fewer).await?;
    Ok(true)
}

/// Offers to people who are not on the task.
fn not_held(offers: &[emergency_offer::Model], task: &Task) -> Vec<i64> {
    let held: BTreeSet<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let gone = offers.iter().filter(|one| !held.contains(&one.agent_id));
    gone.map(|one| one.id).collect()
}

/// These are its people, whether the search had asked them or not.
async fn come(
    tx: &mut Tx,
    row: &emergency::Model,
    fresh: BTreeMap<i64, DateTime<Utc>>,
) -> Result<()> {
    use emergency_offer::Column;
    if fresh.is_empty() {
        return Ok(());
    }
    let (now, place) = (tx.now(), Point::of(row.lat, row.lon));
    let ids: Vec<i64> = fresh.keys().copied().collect();
    by_hand::in_no_ring(tx, row.id, &ids, OfferState::Passed).await?;
    let positions = agents::positions(tx.db(), &ids).await?;
    let loads = agents::loads(tx.db(), &ids).await?;
    let offers = fresh.into_iter().map(|(agent_id, offered_at)| {
        let position = positions.get(&agent_id);
        let distance = position
            .zip(place)
            .map(|(one, place)| one.point.distance_m(place));
        emergency_offer::ActiveModel {
            emergency_id: Set(row.id),
            agent_id: Set(agent_id),
            ring: Set(by_hand::NO_RING),
            state: Set(OfferState::Taken),
            distance_m: Set(distance),
            position_age_s: Set(
                position.map(|one| Ord::max((offered_at - one.at).num_seconds(), 0))
            ),
            position_accuracy_m: Set(position.and_then(|one| one.accuracy_m)),
            load: Set(loads.get(&agent_id).copied().unwrap_or(0) as i32),
            why: Set(None),
            rings: Set(0),
            at: Set(now),
            offered_at: Set(Some(offered_at)),
            answered_at: Set(Some(now)),
            ..Default::default()
        }
    });
    // What he is judged by goes together with the moment from which its age counts.
    let answered = OnConflict::columns([Column::EmergencyId, Column::AgentId])
        .update_columns([
            Column::State,
            Column::Why,
            Column::At,
            Column::AnsweredAt,
            Column::OfferedAt,
            Column::DistanceM,
            Column::PositionAgeS,
            Column::PositionAccuracyM,
            Column::Load,
        ])
        .to_owned();
    emergency_offer::Entity::insert_many(offers.collect::<Vec<_>>())
        .on_conflict(answered)
        .exec_without_returning(tx.db())
        .await?;
    before::hand_on(tx, row, &ids).await
}

/// Somebody who is one of its people got further. With the last who was needed the others need not any more.
pub(super) async fn went_on(tx: &mut Tx, row: emergency::Model, task: &Task) -> Result<()> {
    let searched = row.status == EmergencyStatus::Active;
    let enough = searched && progress::enough(tx, &row).await?;
    let row = if enough { full(tx, &row).await? } else { row };
    announce(tx, &row, task).await
}

/// Whether enough can be counted on, now that others can: else the search begins again. When `fewer` can than before, and nobody
/// can any more, those in command will learn it anew.
pub(super) async fn recount(
    tx: &mut Tx,
    row: emergency::Model,
    task: &Task,
    fewer: bool,
) -> Result<()> {
    let coming = progress::going(tx, &row).await?;
    let row = match (row.status, coming.len() >= row.crew as usize) {
        (EmergencyStatus::Active, true) => full(tx, &row).await?,
        (EmergencyStatus::Answered, false) => {
            let open = emergency::ActiveModel {
                status: Set(EmergencyStatus::Active),
                ..change(row.id)
            };
            set(tx, open).await?
        }
        _ => row,
    };
    let row = if coming.is_empty() && fewer {
        let unheard = emergency::ActiveModel {
            escalated_at: Set(None),
            told_at: Set(None),
            phones_at: Set(None),
            ..change(row.id)
        };
        set(tx, unheard).await?
    } else {
        row
    };
    ring::hurry(tx, &row).await?;
    announce(tx, &row, task).await
}

/// Open again: who is missing is looked for; those who are elsewhere now do not come, and those who are back go to no other.
pub(super) async fn reopened(
    tx: &mut Tx,
    actor: &Actor,
    row: &emergency::Model,
    task: &Task,
) -> Result<emergency::Model> {
    if !bound::had_never_ended(tx, actor, row) {
        bound::anew(tx, row.id).await?;
    }
    let taken = offers_in(tx, row.id, OfferState::Taken).await?;
    let gone = not_held(&taken, task);
    stand_down_these(tx, gone, None).await?;
    let coming = progress::going(tx, row).await?;
    let enough = coming.len() >= row.crew as usize;
    let comes = !coming.is_empty();
    let open = emergency::ActiveModel {
        status: Set(if enough {
            EmergencyStatus::Answered
        } else {
            EmergencyStatus::Active
        }),
        escalated_at: Set(row.escalated_at.filter(|_| comes)),
        told_at: Set(row.told_at.filter(|_| comes)),
        phones_at: Set(row.phones_at.filter(|_| comes)),
        ended_at: Set(None),
        ended_by: Set(None),
        end_reason: Set(None),
        ..change(row.id)
    };
    let row = set(tx, open).await?;
    topics::reopen(tx, row.id).await?;
    ring::hurry(tx, &row).await?;
    let back = task
        .held()
        .filter(|one| one.state != AssignmentState::Offered);
    let back: Vec<i64> = back.map(|one| one.agent.agent_id).collect();
    Box::pin(none_elsewhere(tx, &back, row.id)).await?;
    Ok(row)
}
