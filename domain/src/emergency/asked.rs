//! Which of those who called for help a word answers: somebody may be asked for several.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::{emergency, emergency_offer, outbox as outbox_row};

use super::{OfferState, ring::accounts_of};
use crate::{Result, Store, outbox::Notice};

/// An emergency that somebody was asked for and has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub id: i64,
    /// When it rang for him last.
    pub at: DateTime<Utc>,
    pub drill: bool,
}

/// The one that rang last of those that an agent was asked for and has not answered; one in earnest before any that is practised.
pub async fn asked_of(store: &Store, agent_id: i64) -> Result<Option<Asked>> {
    let offers = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .order_by_asc(emergency_offer::Column::Id)
        .all(store.reader())
        .await?;
    if offers.is_empty() {
        return Ok(None);
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
    Ok(asked.max_by_key(|one| (!one.drill, one.at)))
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
