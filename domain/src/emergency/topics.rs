//! An emergency in the forums of the unit: a topic of its own with a live card, closed when it is over. Nobody who is asked for
//! help waits for it, and what fails there is recorded and nothing more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use ::entity::{
    emergency_topic::{self, TopicState},
    unit_group,
};

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

/// It goes on: what showed the end has something to show again.
pub(super) async fn reopen(tx: &Tx, id: i64) -> Result<()> {
    let closed = |state: TopicState| {
        emergency_topic::Entity::update_many()
            .col_expr(emergency_topic::Column::State, Expr::value(state))
            .col_expr(emergency_topic::Column::StateAt, Expr::value(tx.now()))
            .filter(emergency_topic::Column::EmergencyId.eq(id))
            .filter(emergency_topic::Column::State.eq(TopicState::Closed))
    };
    closed(TopicState::Open)
        .filter(emergency_topic::Column::ThreadId.is_not_null())
        .exec(tx.db())
        .await?;
    closed(TopicState::Waiting).exec(tx.db()).await?;
    Ok(())
}

/// How far Telegram is with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its thread, once it is open.
    pub thread_id: Option<i64>,
    /// Telegram was asked to open it. Without a thread nobody knows whether it did, and it is not asked again: what belongs there
    /// stands in the group's general topic.
    pub asked: bool,
    /// Telegram was told to close it.
    pub shut: bool,
}

/// A topic of this emergency; nothing when there is none, or when the group belongs to the unit no more.
pub async fn topic(store: &Store, id: i64, topic_id: i64) -> Result<Option<Topic>> {
    let row = emergency_topic::Entity::find_by_id(topic_id)
        .one(store.reader())
        .await?;
    let Some(row) = row.filter(|row| row.emergency_id == id) else {
        return Ok(None);
    };
    let registered = unit_group::Entity::find()
        .filter(unit_group::Column::UnitId.eq(row.unit_id))
        .filter(unit_group::Column::ChatId.eq(row.chat_id))
        .limit(1)
        .one(store.reader())
        .await?;
    Ok(registered.map(|_| Topic {
        thread_id: row.thread_id,
        asked: row.asked_at.is_some(),
        shut: row.shut_at.is_some(),
    }))
}

/// Telegram is about to be asked to open it: noted beforehand, because a second question would open a second topic. False when it was
/// asked before.
pub async fn topic_asked(store: &Store, topic_id: i64) -> Result<bool> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let first = emergency_topic::Entity::update_many()
                    .col_expr(emergency_topic::Column::AskedAt, Expr::value(tx.now()))
                    .filter(emergency_topic::Column::Id.eq(topic_id))
                    .filter(emergency_topic::Column::AskedAt.is_null())
                    .exec(tx.db())
                    .await?;
                Ok(first.rows_affected == 1)
            })
        })
        .await
}

/// Telegram said that it did not open it: it may be asked again.
pub async fn topic_refused(store: &Store, topic_id: i64) -> Result<()> {
    note(store, topic_id, |row, _| row.asked_at = Set(None)).await
}

/// Telegram has opened the topic: it is known at once, whatever becomes of the rest.
pub async fn topic_opened(store: &Store, topic_id: i64, thread_id: i64) -> Result<()> {
    note(store, topic_id, move |row, now| {
        row.thread_id = Set(Some(thread_id));
        row.state = Set(TopicState::Open);
        row.state_at = Set(now);
    })
    .await
}

/// Telegram is about to be told to close the topic, or has opened it again.
pub async fn topic_shut(store: &Store, topic_id: i64, shut: bool) -> Result<()> {
    note(store, topic_id, move |row, now| {
        row.shut_at = Set(shut.then_some(now));
    })
    .await
}

async fn note(
    store: &Store,
    topic_id: i64,
    set: impl FnOnce(&mut emergency_topic::ActiveModel, DateTime<Utc>) + Clone + Send + 'static,
) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let mut row = emergency_topic::ActiveModel {
                    id: Set(topic_id),
                    ..Default::default()
                };
                set(&mut row, tx.now());
                emergency_topic::Entity::update(row).exec(tx.db()).await?;
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
