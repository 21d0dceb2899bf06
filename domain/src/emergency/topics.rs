//! An emergency in the forums of the unit: a topic of its own with a live card, closed when it is over. Nobody who is asked for
//! help waits for it, and what fails there is recorded and nothing more.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};

use ::entity::emergency_topic::{self, TopicState};

use super::{again, is_open};
use crate::{
    Result, Store, Tx, group,
    outbox::{self, Message, OutboxStatus},
    task::Task,
};

/// Those that may still have to show something.
const LIVE: [TopicState; 2] = [TopicState::Waiting, TopicState::Open];

/// Has a topic opened in each forum that the unit of its task has registered.
pub(super) async fn begin(tx: &mut Tx, id: i64, task: &Task) -> Result<()> {
    let Some(unit) = &task.unit else {
        return Ok(());
    };
    let groups = group::rows_of(tx.db(), Some(vec![unit.id])).await?;
    let forums: BTreeSet<i64> = groups
        .into_iter()
        .filter(|group| group.forum)
        .map(|group| group.chat_id)
        .collect();
    if forums.is_empty() {
        return Ok(());
    }
    let (unit_id, now) = (unit.id, tx.now());
    let rows = forums
        .into_iter()
        .map(|chat_id| emergency_topic::ActiveModel {
            emergency_id: Set(id),
            unit_id: Set(unit_id),
            chat_id: Set(chat_id),
            state: Set(TopicState::Waiting),
            state_at: Set(now),
            ..Default::default()
        });
    emergency_topic::Entity::insert_many(rows)
        .exec_without_returning(tx.db())
        .await?;
    refresh(tx, id).await
}

/// Has the topics of this emergency brought up to date.
pub(super) async fn refresh(tx: &mut Tx, id: i64) -> Result<()> {
    let topics = emergency_topic::Entity::find()
        .filter(emergency_topic::Column::EmergencyId.eq(id))
        .filter(emergency_topic::Column::State.is_in(LIVE))
        .order_by_asc(emergency_topic::Column::Id)
        .all(tx.db())
        .await?;
    let messages = topics
        .into_iter()
        .map(|topic| Message::emergency_topic(topic.chat_id, id, topic.id));
    outbox::push(tx, messages.collect()).await
}

/// The thread of a topic, once Telegram has opened it; nothing when there is no such topic.
pub async fn topic(store: &Store, id: i64, topic_id: i64) -> Result<Option<Option<i64>>> {
    let row = emergency_topic::Entity::find_by_id(topic_id)
        .one(store.reader())
        .await?;
    let own = row.filter(|row| row.emergency_id == id);
    Ok(own.map(|row| row.thread_id))
}

/// Telegram has opened the topic: it is known at once, so that no second one is opened when the rest fails.
pub async fn topic_opened(store: &Store, topic_id: i64, thread_id: i64) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let opened = emergency_topic::ActiveModel {
                    id: Set(topic_id),
                    thread_id: Set(Some(thread_id)),
                    state: Set(TopicState::Open),
                    state_at: Set(tx.now()),
                    ..Default::default()
                };
                emergency_topic::Entity::update(opened)
                    .exec(tx.db())
                    .await?;
                Ok(())
            })
        })
        .await
}

/// What became of a message about it.
pub(crate) async fn topic_shown(
    tx: &Tx,
    (id, topic_id): (i64, i64),
    status: OutboxStatus,
    error: Option<String>,
) -> Result<()> {
    let over = !is_open(again(tx, id).await?.status);
    let state = match status {
        OutboxStatus::Failed | OutboxStatus::Unreachable => TopicState::Failed,
        _ if over => TopicState::Closed,
        _ => return Ok(()),
    };
    emergency_topic::Entity::update_many()
        .col_expr(emergency_topic::Column::State, Expr::value(state))
        .col_expr(emergency_topic::Column::StateAt, Expr::value(tx.now()))
        .col_expr(emergency_topic::Column::Error, Expr::value(error))
        .filter(emergency_topic::Column::Id.eq(topic_id))
        .filter(emergency_topic::Column::State.is_in(LIVE))
        .exec(tx.db())
        .await?;
    Ok(())
}
