//! Messages enter the outbox in the transaction of what they tell.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};

use ::entity::outbox;

use super::{Lane, Message, Notice, OutboxStatus, message::ring_of};
use crate::{Result, Tx, bell::Topic, notification};

/// Messages to a statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

/// Stores messages in the transaction of what they tell; equal waiting ones collapse. One that waits already is held
/// until the commit: the sender must not word it before there is something new to say.
pub async fn push(tx: &mut Tx, mut messages: Vec<Message>) -> Result<()> {
    // Two transactions that refresh the same cards wait for each other in the same order.
    messages.sort_by_key(|message| message.chat_id);
    store(tx, messages).await
}

/// The same for messages that shall leave in this order, the first first: what waits already is held beforehand, in the order
/// in which everybody else does.
pub(crate) async fn push_in_order(tx: &mut Tx, messages: Vec<Message>) -> Result<()> {
    hold_waiting(tx, &messages).await?;
    store(tx, messages).await
}

async fn hold_waiting(tx: &Tx, messages: &[Message]) -> Result<()> {
    let mut keys: Vec<(i64, &str)> = messages
        .iter()
        .filter_map(|message| Some((message.chat_id, message.collapse.as_deref()?)))
        .collect();
    keys.sort_unstable();
    for some in keys.chunks(AT_ONCE) {
        outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Id)
            .filter(outbox::Column::Collapse.is_in(some.iter().map(|(_, key)| *key)))
            .order_by_asc(outbox::Column::ChatId)
            .lock(LockType::Update)
            .into_tuple::<i64>()
            .all(tx.db())
            .await?;
    }
    Ok(())
}

/// The sender takes what is stored first before the rest of its lane.
async fn store(tx: &mut Tx, mut messages: Vec<Message>) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut said = HashSet::new();
    messages.retain(|message| match &message.collapse {
        Some(what) => said.insert(what.clone()),
        None => true,
    });
    notification::announce(tx, &messages);
    let at = tx.now();
    let rows = messages
        .into_iter()
        .map(|message| row(at, message))
        .collect::<Result<Vec<_>>>()?;
    let hold = OnConflict::column(outbox::Column::Collapse)
        .update_column(outbox::Column::Collapse)
        .to_owned();
    for some in rows.chunks(AT_ONCE) {
        outbox::Entity::insert_many(some.to_vec())
            .on_conflict(hold.clone())
            .exec_without_returning(tx.db())
            .await?;
    }
    tx.ring(Topic::Outbox);
    Ok(())
}

/// What is to be said in these chats in the lane of emergencies and was not tried yet, or is being tried for the first time.
pub(crate) async fn untried(tx: &Tx, chat_ids: Vec<i64>) -> Result<Vec<(i64, Notice)>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::ChatId.is_in(chat_ids))
        .filter(outbox::Column::Status.is_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .filter(outbox::Column::Lane.eq(Lane::Emergency))
        .filter(outbox::Column::Tries.eq(0))
        .all(tx.db())
        .await?;
    // What only another release can read is none of ours.
    let read = |row: outbox::Model| Some((row.chat_id, serde_json::from_value(row.notice).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Whether a ring of this task waits for this chat.
pub(crate) async fn ring_waits(tx: &Tx, chat_id: i64, task_id: i64) -> Result<bool> {
    let waiting = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::Column::Collapse.eq(ring_of(chat_id, task_id)))
        .into_tuple::<i64>()
        .one(tx.db())
        .await?;
    Ok(waiting.is_some())
}

/// What waits for a chat is meant for another from now on.
pub(crate) async fn redirect(tx: &mut Tx, from: i64, to: i64) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::ChatId, Expr::value(to))
        .filter(outbox::Column::ChatId.eq(from))
        .filter(outbox::Column::Status.eq(OutboxStatus::Queued))
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Outbox);
    Ok(())
}

fn row(at: DateTime<Utc>, message: Message) -> Result<outbox::ActiveModel> {
    Ok(outbox::ActiveModel {
        lane: Set(message.lane),
        chat_id: Set(message.chat_id),
        user_id: Set(message.user_id),
        notice: Set(serde_json::to_value(message.notice)?),
        task_id: Set(message.task_id),
        collapse: Set(message.collapse),
        status: Set(OutboxStatus::Queued),
        tries: Set(0),
        created_at: Set(at),
        ..Default::default()
    })
}
