//! An emergency in the forums of the unit: a topic of its own with a live card, closed when it is over. Nobody who is asked for
//! help waits for it, and what fails there is recorded and nothing more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};

use ::entity::{
    emergency::{self, EmergencyStatus},
    emergency_topic::{self, TopicState},
    unit_group,
};

use super::{again, is_open};
use crate::{
    Result, Store, Tx,
    group::{self, Barred},
    outbox::{self, Message, OutboxStatus},
    task::Task,
};

/// Those that may still have to show something.
const LIVE: [TopicState; 2] = [TopicState::Waiting, TopicState::Open];

/// Emergencies that may still get a topic.
const ONGOING: [EmergencyStatus; 2] = [EmergencyStatus::Active, EmergencyStatus::Answered];

/// Has a topic opened in each forum that the unit of its task has registered.
pub(super) async fn begin(tx: &mut Tx, id: i64, task: &Task) -> Result<()> {
    let Some(unit) = &task.unit else {
        return Ok(());
    };
    let groups = group::rows_of(tx.db(), Some(vec![unit.id])).await?;
    let forums: BTreeSet<i64> = groups
        .into_iter()
        .filter(|group| group.forum || group.topics_refused_at.is_some())
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
        .filter(
            Condition::any()
                .add(emergency_topic::Column::State.is_in(LIVE))
                .add(refused()),
        )
        .order_by_asc(emergency_topic::Column::Id)
        .all(tx.db())
        .await?;
    outbox::push(tx, messages(topics)).await
}

/// Those that Telegram did not open: their cards stand in the general topic.
fn refused() -> Condition {
    Condition::all()
        .add(emergency_topic::Column::State.eq(TopicState::Failed))
        .add(emergency_topic::Column::ThreadId.is_null())
        .add(emergency_topic::Column::AskedAt.is_null())
}

fn messages(topics: Vec<emergency_topic::Model>) -> Vec<Message> {
    let message = |topic: emergency_topic::Model| {
        Message::emergency_topic(topic.chat_id, topic.emergency_id, topic.id)
    };
    topics.into_iter().map(message).collect()
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
    /// Telegram was asked to open it. Without a thread it did not, or nobody knows whether it did, and it is not asked again: what
    /// belongs there stands in the group's general topic.
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
        asked: row.asked_at.is_some() || row.state == TopicState::Failed,
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
    store
        .write(move |tx| {
            Box::pin(async move {
                let undone = note(tx, topic_id, |row, _| row.asked_at = Set(None));
                undone.await.map(drop)
            })
        })
        .await
}

/// Telegram will not open it: asked again only once that may be different in the group, where it is said when people there can
/// change it.
pub async fn topic_forbidden(
    store: &Store,
    topic_id: i64,
    error: String,
    why: Option<Barred>,
) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let row = note(tx, topic_id, |row, now| {
                    row.asked_at = Set(None);
                    row.state = Set(TopicState::Failed);
                    row.state_at = Set(now);
                    row.error = Set(Some(error));
                });
                let chat_id = row.await?.chat_id;
                match why {
                    Some(why) => group::refused(tx, chat_id, why).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

/// Telegram has opened the topic: it is known at once, whatever becomes of the rest.
pub async fn topic_opened(store: &Store, topic_id: i64, thread_id: i64) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let row = note(tx, topic_id, |row, now| {
                    row.thread_id = Set(Some(thread_id));
                    row.state = Set(TopicState::Open);
                    row.state_at = Set(now);
                });
                let chat_id = row.await?.chat_id;
                group::opened(tx, chat_id).await
            })
        })
        .await
}

/// Telegram is about to be told to close the topic, or has opened it again.
pub async fn topic_shut(store: &Store, topic_id: i64, shut: bool) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let shut_at = shut.then_some(tx.now());
                let told = note(tx, topic_id, |row, _| row.shut_at = Set(shut_at));
                told.await.map(drop)
            })
        })
        .await
}

async fn note(
    tx: &Tx,
    topic_id: i64,
    set: impl FnOnce(&mut emergency_topic::ActiveModel, DateTime<Utc>),
) -> Result<emergency_topic::Model> {
    let mut row = emergency_topic::ActiveModel {
        id: Set(topic_id),
        ..Default::default()
    };
    set(&mut row, tx.now());
    Ok(emergency_topic::Entity::update(row).exec(tx.db()).await?)
}

/// The bot may be let open topics in this group now: the emergencies that go on and were refused theirs ask for them again.
pub(crate) async fn topics_again(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let ongoing = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .filter(emergency::Column::Status.is_in(ONGOING))
        .into_query();
    let refused = emergency_topic::Entity::find()
        .filter(emergency_topic::Column::ChatId.eq(chat_id))
        .filter(refused())
        .filter(emergency_topic::Column::EmergencyId.in_subquery(ongoing))
        .order_by_asc(emergency_topic::Column::Id)
        .all(tx.db())
        .await?;
    emergency_topic::Entity::update_many()
        .col_expr(
            emergency_topic::Column::State,
            Expr::value(TopicState::Waiting),
        )
        .col_expr(emergency_topic::Column::StateAt, Expr::value(tx.now()))
        .col_expr(emergency_topic::Column::Error, Expr::value(None::<String>))
        .filter(emergency_topic::Column::Id.is_in(refused.iter().map(|topic| topic.id)))
        .exec(tx.db())
        .await?;
    outbox::push(tx, messages(refused)).await
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
