//! What Telegram took of an offer: the only ground for saying that somebody was told.

use sea_orm::{ActiveValue::Set, EntityTrait};

use ::entity::assignment;

use super::scope::scope;
use crate::{
    Result, Tx,
    event::Event,
    outbox::{self, Outgoing},
    task::{Assignment, Task, load},
};

/// Telegram took a ring: those who answer for the task see on their cards, and on the board, who was told.
pub(crate) async fn delivered(tx: &mut Tx, task_id: i64, ring: &Outgoing) -> Result<()> {
    let Some(task) = load::one(tx.db(), task_id).await? else {
        return Ok(());
    };
    let asked = task
        .held()
        .find(|one| one.agent.telegram_id == Some(ring.chat_id));
    if let Some(one) = asked
        && is_of(tx, task_id, one, ring).await?
    {
        note(tx, &task, one).await?;
    }
    let creator = task.created_by.as_ref().map(|user| user.user_id);
    let lead = task.lead.as_ref().and_then(|lead| lead.user_id);
    outbox::refresh_cards_of(tx, task_id, creator.into_iter().chain(lead).collect()).await
}

/// Whether it rings for the present offer: one for an earlier offer that was already leaving when he was asked anew does not,
/// and another waits behind it; one that still waited then says what holds now.
async fn is_of(tx: &Tx, task_id: i64, one: &Assignment, ring: &Outgoing) -> Result<bool> {
    let later = ring.created_at >= one.offered_at;
    Ok(later || !outbox::ring_waits(tx, ring.chat_id, task_id).await?)
}

async fn note(tx: &mut Tx, task: &Task, one: &Assignment) -> Result<()> {
    let now = tx.now();
    let update = assignment::ActiveModel {
        id: Set(one.id),
        sent_at: Set(one.sent_at.or(Some(now))),
        rung_at: Set(Some(now)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    if one.sent_at.is_none() {
        let (id, code) = (task.id, task.code.clone());
        tx.log(Event::TaskUpdated { id, code }, &scope(task));
    }
    Ok(())
}
