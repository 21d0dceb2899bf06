//! Which of those who called for help a word answers: somebody may be asked for several.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{emergency, emergency_offer, outbox as outbox_row, task};

use super::{EmergencyStatus, OfferState, ring::accounts_of};
use crate::{Result, Store, outbox::Notice};

/// An emergency that somebody was asked for and has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub id: i64,
    /// When it rang for him last.
    pub at: DateTime<Utc>,
    pub drill: bool,
}

/// Those that an agent was asked for and has not answered, in the order in which they rang last.
pub async fn asked_of(store: &Store, agent_id: i64) -> Result<Vec<Asked>> {
    let offers = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .order_by_asc(emergency_offer::Column::Id)
        .all(store.reader())
        .await?;
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let calls = emergency::Entity::find()
        .filter(emergency::Column::Id.is_in(offers.iter().map(|one| one.emergency_id)))
        .all(store.reader())
        .await?;
    let rung = rung(store, agent_id, &calls).await?;
    let asked = offers.iter().filter_map(|one| {
        let call = calls.iter().find(|call| call.id == one.emergency_id)?;
        Some(Asked {
            id: call.id,
            at: one.offered_at.max(rung.get(&call.id).copied())?,
            drill: call.drill,
        })
    });
    let mut asked: Vec<Asked> = asked.collect();
    asked.sort_by_key(|one| one.at);
    Ok(asked)
}

/// What somebody said no to counts as taken back for so long.
const TAKES_BACK: TimeDelta = TimeDelta::minutes(10);

/// Those that an agent said no to lately and that still search, in the order in which he did.
pub async fn refused_by(store: &Store, agent_id: i64) -> Result<Vec<Asked>> {
    let offers = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.eq(OfferState::Declined))
        .filter(emergency_offer::Column::At.gt(store.now() - TAKES_BACK))
        .order_by_asc(emergency_offer::Column::At)
        .all(store.reader())
        .await?;
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let calls = emergency::Entity::find()
        .filter(emergency::Column::Id.is_in(offers.iter().map(|one| one.emergency_id)))
        .filter(emergency::Column::Status.eq(EmergencyStatus::Active))
        .all(store.reader())
        .await?;
    let refused = offers.iter().filter_map(|one| {
        let call = calls.iter().find(|call| call.id == one.emergency_id)?;
        Some(Asked {
            id: call.id,
            at: one.at,
            drill: call.drill,
        })
    });
    Ok(refused.collect())
}

/// A task by what its card is headed with, and the call for help that it is, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub call: Option<i64>,
    pub task_id: i64,
    pub code: String,
    pub title: String,
}

/// The tasks of these calls, and these tasks, newest first.
pub async fn named(store: &Store, calls: &[i64], tasks: &[i64]) -> Result<Vec<Named>> {
    let calls: Vec<(i64, Option<i64>)> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .column(emergency::Column::TaskId)
        .filter(emergency::Column::Id.is_in(calls.iter().copied()))
        .into_tuple()
        .all(store.reader())
        .await?;
    let theirs = calls.iter().filter_map(|(_, task_id)| *task_id);
    let rows: Vec<(i64, String, String)> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .column(task::Column::Code)
        .column(task::Column::Title)
        .filter(task::Column::Id.is_in(theirs.chain(tasks.iter().copied())))
        .order_by_desc(task::Column::Id)
        .into_tuple()
        .all(store.reader())
        .await?;
    let named = rows.into_iter().map(|(task_id, code, title)| Named {
        call: calls
            .iter()
            .find_map(|(id, its)| (*its == Some(task_id)).then_some(*id)),
        task_id,
        code,
        title,
    });
    Ok(named.collect())
}

/// How far an agent is from each of these calls, as he was judged by, where that is known.
pub async fn distances(store: &Store, agent_id: i64, calls: &[i64]) -> Result<HashMap<i64, f64>> {
    use emergency_offer::Column;
    let rows: Vec<(i64, Option<f64>)> = emergency_offer::Entity::find()
        .select_only()
        .column(Column::EmergencyId)
        .column(Column::DistanceM)
        .filter(Column::AgentId.eq(agent_id))
        .filter(Column::EmergencyId.is_in(calls.iter().copied()))
        .into_tuple()
        .all(store.reader())
        .await?;
    let known = rows.into_iter().filter_map(|(id, far)| Some((id, far?)));
    Ok(known.collect())
}

/// When Telegram took the last ring of each of these for this agent.
async fn rung(
    store: &Store,
    agent_id: i64,
    calls: &[emergency::Model],
) -> Result<HashMap<i64, DateTime<Utc>>> {
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.is_in(calls.iter().filter_map(|call| call.task_id)))
        .filter(outbox_row::Column::UserId.in_subquery(accounts_of(&[agent_id])))
        .filter(outbox_row::Column::SentAt.is_not_null())
        .order_by_asc(outbox_row::Column::SentAt)
        .all(store.reader())
        .await?;
    let rings = rows.into_iter().filter_map(|row| {
        let at = row.sent_at?;
        match serde_json::from_value(row.notice) {
            Ok(Notice::Emergency {
                emergency_id,
                ring: true,
            }) => Some((emergency_id, at)),
            _ => None,
        }
    });
    Ok(rings.collect())
}
