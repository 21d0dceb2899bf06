//! Somebody takes on a task by himself, beside whoever is on it already.

use sea_orm::{ActiveValue::Set, EntityTrait};

use ::entity::agent;
use ::entity::assignment::{self, AssignmentState};

use super::{announce, bump, excuse::Excuse, former, offer::asked_again};
use crate::{
    Actor, Result, Tx,
    outbox::{self, Lane, Message},
    task::Task,
};

/// Puts an agent on a task who said himself that he is on his way; planned work does not stand against it.
pub(crate) async fn take(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    agent: &agent::Model,
) -> Result<Task> {
    former::keep(tx, task.id, vec![agent.id]).await?;
    let now = Some(tx.now());
    let row = assignment::ActiveModel {
        task_id: Set(task.id),
        agent_id: Set(agent.id),
        state: Set(AssignmentState::EnRoute),
        reason: Set(None),
        override_reason: Set(None),
        state_at: Set(tx.now()),
        offered_at: Set(tx.now()),
        acknowledged_at: Set(now),
        en_route_at: Set(now),
        on_site_at: Set(None),
        released_at: Set(None),
        rings: Set(0),
        sent_at: Set(None),
        rung_at: Set(None),
        escalated_at: Set(None),
        unheard_at: Set(None),
        unreachable_at: Set(None),
        ack_due_at: Set(None),
        offered_by: Set(actor.user_id),
        ..Default::default()
    };
    assignment::Entity::insert(row)
        .on_conflict(asked_again())
        .exec_without_returning(tx.db())
        .await?;
    bump(tx, task.id).await?;
    let fresh = std::slice::from_ref(agent);
    let taken = announce(tx, actor, task, fresh, &Excuse::default()).await?;
    if let Some(chat_id) = actor.telegram_id {
        let card = Message::ring(chat_id, actor.user_id, task.id, Lane::Emergency);
        outbox::push(tx, vec![card]).await?;
    }
    Ok(taken)
}
