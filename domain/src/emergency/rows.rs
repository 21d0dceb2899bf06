//! Emergencies from their rows: in a fixed number of statements for any number.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{
    agent,
    assignment::{self, AssignmentState},
    emergency, emergency_offer, task, user,
};

use super::{
    EmergencyStatus, OfferState, askings,
    end::withdrawable_until,
    is_open, progress,
    read::{Emergency, Offer},
};
use crate::{
    Result,
    geo::Point,
    task::{AgentRef, UserRef},
    timer::{self, Due},
};

/// Emergencies in the order of their rows.
pub(super) async fn many(
    db: &impl ConnectionTrait,
    rows: Vec<emergency::Model>,
    withdraw_seconds: u32,
) -> Result<Vec<Emergency>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut offers = offers(db, rows.iter().map(|row| row.id).collect()).await?;
    let left = progress::add(db, &rows, &mut offers).await?;
    askings::add(db, &rows, &mut offers).await?;
    let tasks: HashMap<i64, (String, String, Option<i64>)> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .column(task::Column::Code)
        .column(task::Column::Title)
        .column(task::Column::UnitId)
        .filter(task::Column::Id.is_in(rows.iter().filter_map(|row| row.task_id)))
        .into_tuple::<(i64, String, String, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, code, title, unit)| (id, (code, title, unit)))
        .collect();
    let mut silent = silent(db, rows.iter().filter_map(|row| row.task_id).collect()).await?;
    let rings = next_rings(db, &rows).await?;
    let people = rows.iter().flat_map(|row| [row.raised_by, row.ended_by]);
    let people: HashMap<i64, String> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(people.flatten()))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let task = row.task_id.and_then(|id| tasks.get(&id)).cloned();
            let named = |user_id: i64| {
                let name = people.get(&user_id)?.clone();
                Some(UserRef { user_id, name })
            };
            let offers = offers.remove(&row.id).unwrap_or_default();
            let asked = || offers.iter().filter(|one| one.state != OfferState::Passed);
            let nobody = is_open(row.status) && !offers.iter().any(Offer::counts);
            let alone = left.get(&row.id).copied().max(row.raised_at);
            Emergency {
                nobody_since: alone.filter(|_| nobody),
                withdrawable_until: withdrawable_until(withdraw_seconds, &row),
                next_ring_at: rings.get(&row.id.to_string()).copied(),
                waits_until: row
                    .waits_until
                    .filter(|_| row.status == EmergencyStatus::Waiting),
                asked: asked().count(),
                told: asked().filter(|one| one.sent_at.is_some()).count(),
                offers,
                silent: row
                    .task_id
                    .and_then(|id| silent.remove(&id))
                    .unwrap_or_default(),
                code: task.as_ref().map(|task| task.0.clone()),
                title: task.as_ref().map(|task| task.1.clone()),
                unit_id: task.and_then(|task| task.2),
                place: Point::of(row.lat, row.lon),
                id: row.id,
                task_id: row.task_id,
                status: row.status,
                place_source: row.place_source,
                place_at: row.place_at,
                place_accuracy_m: row.place_accuracy_m,
                text: row.text,
                specialty: row.specialty,
                drill: row.drill,
                crew: row.crew,
                ring: row.ring,
                raised_by: row.raised_by.and_then(named),
                created_at: row.created_at,
                raised_at: row.raised_at,
                escalated_at: row.told_at,
                ended_at: row.ended_at,
                ended_by: row.ended_by.and_then(named),
                end_reason: row.end_reason,
            }
        })
        .collect())
}

/// When those are asked next who have not answered, or others, by emergency.
async fn next_rings(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
) -> Result<HashMap<String, DateTime<Utc>>> {
    let searched = rows
        .iter()
        .filter(|row| row.status == EmergencyStatus::Active);
    let dues: Vec<Due> = searched
        .map(|row| Due::EmergencyRing {
            emergency_id: row.id,
        })
        .collect();
    timer::due_of(db, &dues).await
}

/// Who was put on these tasks by those in command and has not answered, by task.
async fn silent(
    db: &impl ConnectionTrait,
    task_ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<AgentRef>>> {
    let rows: Vec<(i64, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::TaskId)
        .column(assignment::Column::AgentId)
        .filter(assignment::Column::TaskId.is_in(task_ids))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .order_by_asc(assignment::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut silent: HashMap<i64, Vec<AgentRef>> = HashMap::new();
    if rows.is_empty() {
        return Ok(silent);
    }
    let agents = agents(db, rows.iter().map(|row| row.1).collect()).await?;
    for (task_id, agent_id) in rows {
        let agent = agents.get(&agent_id).cloned();
        silent.entry(task_id).or_default().extend(agent);
    }
    Ok(silent)
}

async fn offers(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, Vec<Offer>>> {
    let rows = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.is_in(ids))
        .order_by_asc(emergency_offer::Column::Ring)
        .order_by_asc(emergency_offer::Column::DistanceM)
        .order_by_asc(emergency_offer::Column::Id)
        .all(db)
        .await?;
    let agents = agents(db, rows.iter().map(|row| row.agent_id).collect()).await?;
    let mut offers: HashMap<i64, Vec<Offer>> = HashMap::new();
    for row in rows {
        let Some(agent) = agents.get(&row.agent_id).cloned() else {
            continue;
        };
        offers.entry(row.emergency_id).or_default().push(Offer {
            agent,
            state: row.state,
            at: row.at,
            ring: Some(row.ring).filter(|ring| *ring >= 0 && row.offered_at.is_some()),
            distance_m: row.distance_m,
            position_age_s: row.position_age_s,
            position_accuracy_m: row.position_accuracy_m,
            load: Some(row.load),
            why: row.why,
            askings: Vec::new(),
            offered_at: row.offered_at,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
            en_route_at: None,
            on_site_at: None,
            blocked: false,
            own_call: None,
        });
    }
    // Those who were asked before those who were sent, then those who were not, and of these last those whose place is not known.
    for list in offers.values_mut() {
        list.sort_by_key(|one| {
            let passed = one.state == OfferState::Passed;
            (passed, one.is_unplaced(), !passed && one.ring.is_none())
        });
    }
    Ok(offers)
}

async fn agents(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, AgentRef>> {
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let chats: HashMap<i64, Option<i64>> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.user_id)))
        .into_tuple::<(i64, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let telegram_id = row.user_id.and_then(|id| chats.get(&id).copied().flatten());
            let agent = AgentRef {
                agent_id: row.id,
                name: row.name,
                user_id: row.user_id,
                telegram_id,
            };
            (row.id, agent)
        })
        .collect())
}
