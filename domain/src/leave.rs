//! Leave of agents; never while it is approved is an agent available.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use ::entity::leave;
pub use ::entity::leave::LeaveStatus;

use crate::{
    Actor, Page, Refusal, Result, Store, Tx, agent,
    audit::{self, Subject},
    error::{Problem, Thing},
    page::Window,
    shift,
    task::create::text,
};

/// Leave to be asked for.
#[derive(Clone, Debug)]
pub struct NewLeave {
    pub agent_id: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    pub id: i64,
    pub agent_id: i64,
    pub status: LeaveStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<leave::Model> for Leave {
    fn from(row: leave::Model) -> Self {
        Self {
            id: row.id,
            agent_id: row.agent_id,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            reason: row.reason,
            decided_at: row.decided_at,
        }
    }
}

/// Asks for leave: for oneself, or for an agent of one's units.
///
/// # Errors
/// Refused when it ends before it starts.
pub async fn request(tx: &mut Tx, actor: &Actor, new: NewLeave) -> Result<Leave> {
    if actor.agent_id != Some(new.agent_id) {
        shift::lock_agent(tx, actor, new.agent_id).await?;
    }
    if new.ends_at <= new.starts_at {
        return Err(Refusal::invalid("ends_at", Problem::Order).into());
    }
    let row = leave::ActiveModel {
        agent_id: Set(new.agent_id),
        status: Set(LeaveStatus::Requested),
        reason: Set(text(new.reason.as_deref())),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.ends_at),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = leave::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    audit::record(
        tx,
        actor,
        "leave.request",
        Subject::Leave(row.id),
        json!({ "agent": row.agent_id }),
    )
    .await?;
    Ok(row.into())
}

/// Approves or rejects a request.
///
/// # Errors
/// Supervisors for their units' agents, never for themselves; only what is still requested.
pub async fn decide(tx: &mut Tx, actor: &Actor, id: i64, approve: bool) -> Result<Leave> {
    let row = leave::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Leave))?;
    shift::lock_agent(tx, actor, row.agent_id).await?;
    if actor.agent_id == Some(row.agent_id) {
        return Err(Refusal::NotAllowed.into());
    }
    if row.status != LeaveStatus::Requested {
        return Err(Refusal::Taken {
            field: "status".into(),
        }
        .into());
    }
    let status = if approve {
        LeaveStatus::Approved
    } else {
        LeaveStatus::Rejected
    };
    let update = leave::ActiveModel {
        id: Set(id),
        status: Set(status),
        decided_by: Set(actor.user_id),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let row = leave::Entity::update(update).exec(tx.db()).await?;
    audit::record(
        tx,
        actor,
        "leave.decide",
        Subject::Leave(id),
        json!({ "status": status }),
    )
    .await?;
    agent::announce_availability(tx, vec![row.agent_id]).await?;
    Ok(row.into())
}

/// A page of leaves, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    agent_id: Option<i64>,
    window: Window,
) -> Result<Page<Leave>> {
    let mut query =
        leave::Entity::find().filter(agent::within_scope(actor, leave::Column::AgentId));
    if let Some(id) = agent_id {
        query = query.filter(leave::Column::AgentId.eq(id));
    }
    let rows = query
        .filter(window.before(leave::Column::Id)?)
        .order_by_desc(leave::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    Ok(Page::cut(rows, &window, |row| row.id).map(Leave::from))
}
