//! What else is kept about a person: his calls for help, whom he was asked to help, his exchanges, when he could not, and
//! what he did.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;

use ::entity::{audit, consent, emergency, emergency_offer, shift_swap, unavailability};

use super::ROWS_MOST;
use crate::{Result, Store};

#[derive(Serialize, FromQueryResult)]
pub(super) struct EmergencyRow {
    status: String,
    lat: Option<f64>,
    lon: Option<f64>,
    place_accuracy_m: Option<f64>,
    text: Option<String>,
    drill: bool,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// Those he called for, or that are about him.
pub(super) async fn emergencies(
    store: &Store,
    user_id: i64,
    agent_id: i64,
) -> Result<Vec<EmergencyRow>> {
    use emergency::{Column, Entity};
    let his = Condition::any()
        .add(Column::RaisedBy.eq(user_id))
        .add(Column::AgentId.eq(agent_id));
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::Status,
            Column::Lat,
            Column::Lon,
            Column::PlaceAccuracyM,
            Column::Text,
            Column::Drill,
            Column::CreatedAt,
            Column::EndedAt,
        ])
        .filter(his)
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct CallRow {
    state: String,
    distance_m: Option<f64>,
    position_age_s: Option<i64>,
    position_accuracy_m: Option<f64>,
    why: Option<String>,
    at: DateTime<Utc>,
    offered_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
}

/// Emergencies for which he was thought of.
pub(super) async fn calls(store: &Store, agent_id: i64) -> Result<Vec<CallRow>> {
    use emergency_offer::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::State,
            Column::DistanceM,
            Column::PositionAgeS,
            Column::PositionAccuracyM,
            Column::Why,
            Column::At,
            Column::OfferedAt,
            Column::AnsweredAt,
        ])
        .filter(Column::AgentId.eq(agent_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct ExchangeRow {
    status: String,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    decided_reason: Option<String>,
}

/// Exchanges of shifts that he proposed or that were proposed to him.
pub(super) async fn exchanges(store: &Store, agent_id: i64) -> Result<Vec<ExchangeRow>> {
    use shift_swap::{Column, Entity};
    let his = Condition::any()
        .add(Column::FromAgentId.eq(agent_id))
        .add(Column::ToAgentId.eq(agent_id));
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::Status,
            Column::Reason,
            Column::CreatedAt,
            Column::AnsweredAt,
            Column::DecidedAt,
            Column::DecidedReason,
        ])
        .filter(his)
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct UnavailableRow {
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    reason: Option<String>,
}

/// When he said that he could not.
pub(super) async fn unavailable(store: &Store, agent_id: i64) -> Result<Vec<UnavailableRow>> {
    use unavailability::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([Column::StartsAt, Column::EndsAt, Column::Reason])
        .filter(Column::AgentId.eq(agent_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct ConsentRow {
    purpose: String,
    granted: bool,
    at: DateTime<Utc>,
    channel: String,
}

/// What he agreed to and took back.
pub(super) async fn consents(store: &Store, user_id: i64) -> Result<Vec<ConsentRow>> {
    use consent::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::Purpose,
            Column::Granted,
            Column::At,
            Column::Channel,
        ])
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
pub(super) struct ActRow {
    at: DateTime<Utc>,
    action: String,
    subject_kind: String,
    subject_id: Option<i64>,
    channel: String,
}

/// What the record says that he did.
pub(super) async fn record(store: &Store, user_id: i64) -> Result<Vec<ActRow>> {
    use audit::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::At,
            Column::Action,
            Column::SubjectKind,
            Column::SubjectId,
            Column::Channel,
        ])
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}
