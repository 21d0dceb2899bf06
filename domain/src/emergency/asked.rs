//! Which of those who called for help a word answers: somebody may be asked for several.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};

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

/// A call for help by what its card is headed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub id: i64,
    pub task_id: i64,
    pub code: String,
    pub title: String,
}

/// These calls and those with these tasks, newest first.
pub async fn named(store: &Store, calls: &[i64], tasks: &[i64]) -> Result<Vec<Named>> {
    let its_task: RelationDef = emergency::Entity::belongs_to(task::Entity)
        .from(emergency::Column::TaskId)
        .to(task::Column::Id)
        .into();
    let which = Condition::any()
        .add(emergency::Column::Id.is_in(calls.iter().copied()))
        .add(emergency::Column::TaskId.is_in(tasks.iter().copied()));
    let rows: Vec<(i64, i64, String, String)> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .column_as(task::Column::Id, "task")
        .column(task::Column::Code)
        .column(task::Column::Title)
        .join(JoinType::InnerJoin, its_task)
        .filter(which)
        .order_by_desc(emergency::Column::Id)
        .into_tuple()
        .all(store.reader())
        .await?;
    let named = rows.into_iter().map(|(id, task_id, code, title)| Named {
        id,
        task_id,
        code,
        title,
    });
    Ok(named.collect())
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
