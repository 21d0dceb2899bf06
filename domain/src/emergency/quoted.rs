//! A message that somebody quotes: which call for help it was about.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use ::entity::{emergency, emergency_offer};

use super::{OfferState, is_open};
use crate::{Actor, Result, Store, Tx, actor::Permission, outbox, task::Task};

/// The call, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub id: i64,
    pub task_id: i64,
    pub open: bool,
    /// Whoever quotes called himself.
    pub own: bool,
    /// What became of it that he was asked to come, if he was.
    pub offer: Option<OfferState>,
}

/// The call that this message in this chat was about; nothing where it was about none.
pub async fn shown_by(
    store: &Store,
    actor: &Actor,
    chat_id: i64,
    message_id: i64,
) -> Result<Option<Quoted>> {
    let Some(sent) = outbox::shown(store, chat_id, message_id).await? else {
        return Ok(None);
    };
    let about = match sent.notice.get("emergency_id").and_then(Value::as_i64) {
        Some(id) => emergency::Column::Id.eq(id),
        None => emergency::Column::TaskId.eq(sent.task_id),
    };
    let call = emergency::Entity::find().filter(about);
    let Some(call) = call.one(store.reader()).await? else {
        return Ok(None);
    };
    let Some(task_id) = call.task_id else {
        return Ok(None);
    };
    let offer = match actor.agent_id {
        Some(agent_id) => offered(call.id, agent_id).one(store.reader()).await?,
        None => None,
    };
    Ok(Some(Quoted {
        id: call.id,
        task_id,
        open: is_open(call.status),
        own: actor.user_id.is_some() && call.raised_by == actor.user_id,
        offer: offer.map(|one| one.state),
    }))
}

/// Whether this is the task of an open call that somebody was asked to come to, or watches as a dispatcher: then he may report
/// on it although it is no business of his.
pub(crate) async fn may_report(tx: &Tx, actor: &Actor, task: &Task) -> Result<bool> {
    if task.kind.code != super::KIND {
        return Ok(false);
    }
    let call = super::crew::of_task(tx, task).await?;
    let call = call.filter(|call| is_open(call.status));
    match (call, actor.agent_id) {
        (Some(_), _) if actor.has(Permission::Broadcast) => Ok(true),
        (Some(call), Some(agent_id)) => asks(tx, call.id, agent_id).await,
        _ => Ok(false),
    }
}

/// Whether an agent was asked for it.
pub(super) async fn asks(tx: &Tx, id: i64, agent_id: i64) -> Result<bool> {
    Ok(offered(id, agent_id).count(tx.db()).await? > 0)
}

fn offered(id: i64, agent_id: i64) -> sea_orm::Select<emergency_offer::Entity> {
    emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.ne(OfferState::Passed))
}
