//! What is kept about a person as a file: his own rows, none of anybody else.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::{Value, json};

use ::entity::{
    agent, broadcast_recipient, check_in_person, leave, position, session, shift, user,
};

use super::{EXPORTED, ROWS_MOST, consented, more, seen, sent, units, work};
use crate::{
    Actor, Refusal, Result, Store,
    actor::PersonAct,
    audit::{self, Subject},
    error::Thing,
    user as people,
};

/// JSON of what is kept about whoever asks, at most 20,000 rows of each kind.
///
/// # Errors
/// [`Refusal::NotFound`] for who has no account.
pub async fn file(store: &Store, actor: &Actor) -> Result<Vec<u8>> {
    let missing = || Refusal::missing(Thing::User);
    gather(store, actor.user_id.ok_or_else(missing)?).await
}

/// The same about anybody, for himself and admins. Who takes it away is put on record first.
///
/// # Errors
/// Refused for others who may see the account, missing for whom one may not see.
pub async fn export(store: &Store, actor: &Actor, user_id: i64) -> Result<Vec<u8>> {
    let actor = actor.clone();
    let allowed = store.write(move |tx| {
        Box::pin(async move {
            people::reach(tx, &actor, PersonAct::Export, user_id).await?;
            let whose = Subject::User(user_id);
            audit::record(tx, &actor, EXPORTED, whose, json!({})).await
        })
    });
    allowed.await?;
    gather(store, user_id).await
}

async fn gather(store: &Store, user_id: i64) -> Result<Vec<u8>> {
    let account = user::Entity::find_by_id(user_id)
        .one(store.reader())
        .await?;
    let account = account.ok_or_else(|| Refusal::missing(Thing::User))?;
    let agent = agent::Entity::find()
        .filter(agent::Column::UserId.eq(user_id))
        .one(store.reader())
        .await?;
    // Nobody has the number 0.
    let agent_id = agent.as_ref().map_or(0, |agent| agent.id);
    let file = json!({
        "made_at": store.now(),
        "account": words(&account),
        "agent": agent.as_ref().map(service),
        "units": units(store, user_id).await?,
        "consented_at": consented(store, user_id).await?,
        "consents": more::consents(store, user_id).await?,
        "tasks": work::tasks(store, agent_id).await?,
        "earlier_answers": work::rounds(store, agent_id).await?,
        "reports": work::reports(store, user_id).await?,
        "shifts": shifts(store, agent_id).await?,
        "exchanges": more::exchanges(store, agent_id).await?,
        "leaves": leaves(store, agent_id).await?,
        "unavailable": more::unavailable(store, agent_id).await?,
        "emergencies": more::emergencies(store, user_id, agent_id).await?,
        "calls": more::calls(store, agent_id).await?,
        "broadcasts": broadcasts(store, user_id).await?,
        "broadcasts_sent": sent::broadcasts(store, user_id).await?,
        "check_ins": check_ins(store, agent_id).await?,
        "positions": positions(store, agent_id).await?,
        "sessions": sessions(store, user_id).await?,
        "record": more::record(store, user_id).await?,
        "looked_at_by": seen(store, (user_id, agent_id), ROWS_MOST).await?,
    });
    Ok(serde_json::to_vec_pretty(&file)?)
}

fn words(account: &user::Model) -> Value {
    json!({
        "username": account.username,
        "name": account.name,
        "level": account.level,
        "permissions": account.permissions,
        "email": account.email,
        "phone": account.phone,
        "language": account.lang,
        "telegram_id": account.telegram_id,
        "telegram_username": account.telegram_username,
        "active": account.active,
        "created_at": account.created_at,
    })
}

fn service(agent: &agent::Model) -> Value {
    json!({
        "name": agent.name,
        "badge": agent.badge,
        "rank": agent.rank,
        "specialty": agent.specialty,
        "unavailable_since": agent.unavailable_since,
        "unavailable_reason": agent.unavailable_reason,
        "unavailable_until": agent.unavailable_until,
        "created_at": agent.created_at,
    })
}

#[derive(Serialize, FromQueryResult)]
struct ShiftRow {
    status: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    present_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    note: Option<String>,
}

async fn shifts(store: &Store, agent_id: i64) -> Result<Vec<ShiftRow>> {
    Ok(shift::Entity::find()
        .select_only()
        .columns([
            shift::Column::Status,
            shift::Column::StartsAt,
            shift::Column::EndsAt,
            shift::Column::PresentAt,
            shift::Column::EndedAt,
            shift::Column::Note,
        ])
        .filter(shift::Column::AgentId.eq(agent_id))
        .order_by_desc(shift::Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
struct LeaveRow {
    status: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decided_reason: Option<String>,
}

async fn leaves(store: &Store, agent_id: i64) -> Result<Vec<LeaveRow>> {
    Ok(leave::Entity::find()
        .select_only()
        .columns([
            leave::Column::Status,
            leave::Column::StartsAt,
            leave::Column::EndsAt,
            leave::Column::Reason,
            leave::Column::DecidedAt,
            leave::Column::DecidedReason,
        ])
        .filter(leave::Column::AgentId.eq(agent_id))
        .order_by_desc(leave::Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
struct BroadcastRow {
    state: String,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
}

async fn broadcasts(store: &Store, user_id: i64) -> Result<Vec<BroadcastRow>> {
    use broadcast_recipient::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([Column::State, Column::SentAt, Column::AnsweredAt])
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
struct CheckInRow {
    state: String,
    asked_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    escalated_at: Option<DateTime<Utc>>,
}

async fn check_ins(store: &Store, agent_id: i64) -> Result<Vec<CheckInRow>> {
    use check_in_person::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::State,
            Column::AskedAt,
            Column::SentAt,
            Column::AnsweredAt,
            Column::EscalatedAt,
        ])
        .filter(Column::AgentId.eq(agent_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
struct PositionRow {
    lat: f64,
    lon: f64,
    accuracy_m: Option<f64>,
    recorded_at: DateTime<Utc>,
}

async fn positions(store: &Store, agent_id: i64) -> Result<Vec<PositionRow>> {
    Ok(position::Entity::find()
        .select_only()
        .columns([
            position::Column::Lat,
            position::Column::Lon,
            position::Column::AccuracyM,
            position::Column::RecordedAt,
        ])
        .filter(position::Column::AgentId.eq(agent_id))
        .order_by_desc(position::Column::RecordedAt)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}

#[derive(Serialize, FromQueryResult)]
struct SessionRow {
    address: Option<String>,
    agent: Option<String>,
    telegram_id: Option<i64>,
    created_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
}

async fn sessions(store: &Store, user_id: i64) -> Result<Vec<SessionRow>> {
    Ok(session::Entity::find()
        .select_only()
        .columns([
            session::Column::Address,
            session::Column::Agent,
            session::Column::TelegramId,
            session::Column::CreatedAt,
            session::Column::UsedAt,
        ])
        .filter(session::Column::UserId.eq(user_id))
        .order_by_desc(session::Column::CreatedAt)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?)
}
