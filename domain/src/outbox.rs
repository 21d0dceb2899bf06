//! Messages to people, as meaning: who shall learn what about which object. The bot words them when it sends.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

pub use ::entity::outbox::{Lane, OutboxStatus};
use ::entity::{card, outbox, user};

use crate::{
    Result, Store, Tx,
    bell::Topic,
    card::{Shown, Subject},
    lease::{self, Fence},
};

/// What somebody shall learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "notice")]
pub enum Notice {
    /// The live card of a task. With `ring` a new message takes over, because edits make no sound.
    Card { task_id: i64, ring: bool },
    /// An agent cannot do it; for lead, creator and supervisors.
    Declined { task_id: i64, agent_id: i64 },
    /// An agent did not answer in time.
    NoAnswer { task_id: i64, agent_id: i64 },
    /// Telegram says that an agent's account cannot be reached.
    Unreachable { task_id: i64, agent_id: i64 },
    /// The recipient is no longer on the task.
    Unassigned { task_id: i64 },
    /// Words of the transport's own, which the domain does not read.
    Reply { reply: serde_json::Value },
}

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct Message {
    pub lane: Lane,
    pub chat_id: i64,
    pub user_id: Option<i64>,
    pub task_id: Option<i64>,
    pub notice: Notice,
    /// Waiting messages with the same key collapse into one.
    pub collapse: Option<String>,
}

impl Message {
    /// The card of a task for one person, as an edit where a message is there already.
    pub fn card(chat_id: i64, user_id: Option<i64>, task_id: i64) -> Self {
        Self {
            lane: Lane::Task,
            chat_id,
            user_id,
            task_id: Some(task_id),
            notice: Notice::Card {
                task_id,
                ring: false,
            },
            collapse: Some(format!("card:{chat_id}:{task_id}")),
        }
    }

    /// The card of a task as a new message that makes a sound.
    pub fn ring(chat_id: i64, user_id: Option<i64>, task_id: i64, lane: Lane) -> Self {
        Self {
            lane,
            notice: Notice::Card {
                task_id,
                ring: true,
            },
            collapse: Some(format!("ring:{chat_id}:{task_id}")),
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// Something about a task, said once.
    pub fn about(chat_id: i64, user_id: Option<i64>, task_id: i64, notice: Notice) -> Self {
        Self {
            notice,
            collapse: None,
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// An answer of the transport to somebody who wrote or pressed.
    pub fn reply(chat_id: i64, user_id: Option<i64>, reply: serde_json::Value) -> Self {
        let notice = Notice::Reply { reply };
        Self {
            lane: Lane::Answer,
            chat_id,
            user_id,
            task_id: None,
            notice,
            collapse: None,
        }
    }

    pub fn in_lane(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }
}

/// Stores messages in the transaction of what they tell; equal waiting ones collapse.
pub async fn push(tx: &mut Tx, messages: Vec<Message>) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let at = tx.now();
    let rows = messages
        .into_iter()
        .map(|message| row(at, message))
        .collect::<Result<Vec<_>>>()?;
    outbox::Entity::insert_many(rows)
        .on_conflict_do_nothing_on([outbox::Column::Collapse])
        .exec_without_returning(tx.db())
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

/// Has every message that shows this task brought up to date.
pub async fn refresh_cards(tx: &mut Tx, task_id: i64) -> Result<()> {
    let chats: Vec<i64> = card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(Subject::Task(task_id).to_string()))
        .into_tuple()
        .all(tx.db())
        .await?;
    push(
        tx,
        chats
            .into_iter()
            .map(|chat| Message::card(chat, None, task_id))
            .collect(),
    )
    .await
}

/// The same for the messages of these people only.
pub(crate) async fn refresh_cards_of(tx: &mut Tx, task_id: i64, user_ids: Vec<i64>) -> Result<()> {
    let shown: Vec<(i64, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(user_ids))
        .filter(user::Column::TelegramId.in_subquery(chats_showing(task_id)))
        .into_tuple()
        .all(tx.db())
        .await?;
    let cards = shown
        .into_iter()
        .map(|(chat_id, user_id)| Message::card(chat_id, Some(user_id), task_id));
    push(tx, cards.collect()).await
}

fn chats_showing(task_id: i64) -> SelectStatement {
    Query::select()
        .column(card::Column::ChatId)
        .from(card::Entity)
        .and_where(Expr::col(card::Column::Subject).eq(Subject::Task(task_id).to_string()))
        .to_owned()
}

/// A message that the sender has taken.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub id: i64,
    pub lane: Lane,
    pub chat_id: i64,
    pub user_id: Option<i64>,
    pub task_id: Option<i64>,
    pub notice: Notice,
    pub tries: i32,
    pub created_at: DateTime<Utc>,
}

/// The lanes, most pressing first.
pub const LANES: [Lane; 4] = [Lane::Emergency, Lane::Answer, Lane::Task, Lane::Digest];

/// Takes the next messages by lane and age, none for `busy` chats and one at most for each chat.
///
/// # Errors
/// [`crate::Error::Away`] also when another sender has taken over.
pub async fn claim(
    store: &Store,
    fence: Fence,
    limit: u64,
    busy: Vec<i64>,
) -> Result<Vec<Outgoing>> {
    if !anything_due(store, &busy).await? {
        return Ok(Vec::new());
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                take(tx, limit, busy).await
            })
        })
        .await
}

async fn anything_due(store: &Store, busy: &[i64]) -> Result<bool> {
    let row = due(store.now(), busy).limit(1).one(store.reader()).await?;
    Ok(row.is_some())
}

fn due(now: DateTime<Utc>, busy: &[i64]) -> sea_orm::Select<outbox::Entity> {
    let waits = Condition::any()
        .add(outbox::Column::NotBefore.is_null())
        .add(outbox::Column::NotBefore.lte(now));
    let mut select = outbox::Entity::find()
        .filter(outbox::Column::Status.eq(OutboxStatus::Queued))
        .filter(waits);
    if !busy.is_empty() {
        select = select.filter(outbox::Column::ChatId.is_not_in(busy.iter().copied()));
    }
    select
}

async fn take(tx: &Tx, limit: u64, mut busy: Vec<i64>) -> Result<Vec<Outgoing>> {
    let mut taken = Vec::new();
    for lane in LANES {
        let left = limit.saturating_sub(taken.len() as u64);
        if left == 0 {
            break;
        }
        let rows = due(tx.now(), &busy)
            .filter(outbox::Column::Lane.eq(lane))
            .order_by_asc(outbox::Column::Id)
            .limit(left)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(tx.db())
            .await?;
        for row in rows {
            if !busy.contains(&row.chat_id) {
                busy.push(row.chat_id);
                taken.extend(outgoing(tx, row).await?);
            }
        }
    }
    mark_sending(tx, taken.iter().map(|message| message.id).collect()).await?;
    Ok(taken)
}

/// From here on an equal message no longer collapses into this one, which may be rendered already.
async fn mark_sending(tx: &Tx, ids: Vec<i64>) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value(OutboxStatus::Sending))
        .col_expr(outbox::Column::Collapse, Expr::value(None::<String>))
        .filter(outbox::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// A message whose meaning this release cannot read is given up, so that it does not hold up the others.
async fn outgoing(tx: &Tx, row: outbox::Model) -> Result<Option<Outgoing>> {
    let notice = match serde_json::from_value(row.notice) {
        Ok(notice) => notice,
        Err(error) => {
            tracing::error!(outbox.id = row.id, %error, "a message cannot be read");
            let lost = outbox::ActiveModel {
                id: Set(row.id),
                status: Set(OutboxStatus::Failed),
                error: Set(Some(error.to_string())),
                ..Default::default()
            };
            outbox::Entity::update(lost).exec(tx.db()).await?;
            return Ok(None);
        }
    };
    Ok(Some(Outgoing {
        id: row.id,
        lane: row.lane,
        chat_id: row.chat_id,
        user_id: row.user_id,
        task_id: row.task_id,
        notice,
        tries: row.tries,
        created_at: row.created_at,
    }))
}

/// What became of one message.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Telegram has it; `message_id` of the message that shows it.
    Sent { message_id: Option<i64> },
    /// There was nothing to send any more.
    Dropped,
    /// To be tried again, not before then.
    Later {
        not_before: DateTime<Utc>,
        error: String,
    },
    /// Telegram will never take it.
    Failed { error: String },
    /// The person blocked the bot or is gone.
    Unreachable { error: String },
}

/// A message and what became of it; `shown` says which message now shows which subject.
#[derive(Clone, Debug)]
pub struct Settled {
    pub message: Outgoing,
    pub outcome: Outcome,
    pub shown: Option<Shown>,
}

/// Records what became of messages.
///
/// # Errors
/// [`crate::Error::Away`] also when another sender has taken over.
pub async fn settle_all(store: &Store, fence: Fence, settled: Vec<Settled>) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                for one in settled {
                    settle(tx, one).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn settle(tx: &mut Tx, settled: Settled) -> Result<()> {
    let Settled {
        message,
        outcome,
        shown,
    } = settled;
    let now = tx.now();
    let mut row = outbox::ActiveModel {
        id: Set(message.id),
        ..Default::default()
    };
    match outcome {
        Outcome::Sent { message_id } => {
            row.status = Set(OutboxStatus::Sent);
            row.message_id = Set(message_id);
            row.sent_at = Set(Some(now));
            if let Notice::Card {
                task_id,
                ring: true,
            } = message.notice
            {
                crate::assignment::delivered(tx, task_id).await?;
            }
        }
        Outcome::Dropped => row.status = Set(OutboxStatus::Dropped),
        Outcome::Later { not_before, error } => {
            row.status = Set(OutboxStatus::Queued);
            row.tries = Set(message.tries + 1);
            row.not_before = Set(Some(not_before));
            row.error = Set(Some(error));
        }
        Outcome::Failed { error } => {
            row.status = Set(OutboxStatus::Failed);
            row.error = Set(Some(error));
        }
        Outcome::Unreachable { error } => {
            row.status = Set(OutboxStatus::Unreachable);
            row.error = Set(Some(error));
            crate::assignment::unreachable(tx, message.chat_id).await?;
        }
    }
    outbox::Entity::update(row).exec(tx.db()).await?;
    if let Some(shown) = shown {
        crate::card::record(tx, message.chat_id, shown).await?;
    }
    Ok(())
}

/// Takes back what a sender that died had in hand: it may or may not have been sent.
pub async fn recover(store: &Store, fence: Fence) -> Result<u64> {
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                let done = outbox::Entity::update_many()
                    .col_expr(outbox::Column::Status, Expr::value(OutboxStatus::Queued))
                    .col_expr(
                        outbox::Column::Tries,
                        Expr::col(outbox::Column::Tries).add(1),
                    )
                    .filter(outbox::Column::Status.eq(OutboxStatus::Sending))
                    .exec(tx.db())
                    .await?;
                tx.ring(Topic::Outbox);
                Ok(done.rows_affected)
            })
        })
        .await
}

/// When the next postponed message is due.
pub async fn next_due(store: &Store) -> Result<Option<DateTime<Utc>>> {
    let at: Option<Option<DateTime<Utc>>> = outbox::Entity::find()
        .select_only()
        .column_as(outbox::Column::NotBefore.min(), "at")
        .filter(outbox::Column::Status.eq(OutboxStatus::Queued))
        .filter(outbox::Column::NotBefore.gt(store.now()))
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(at.flatten())
}

/// How many wait in a lane, and since when the oldest does.
#[derive(Clone, Debug)]
pub struct Depth {
    pub lane: Lane,
    pub waiting: i64,
    pub oldest: Option<DateTime<Utc>>,
}

/// The state of every lane that has something waiting.
pub async fn depth(store: &Store) -> Result<Vec<Depth>> {
    let rows: Vec<(Lane, i64, Option<DateTime<Utc>>)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Lane)
        .column_as(outbox::Column::Id.count(), "waiting")
        .column_as(outbox::Column::CreatedAt.min(), "oldest")
        .filter(outbox::Column::Status.is_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .group_by(outbox::Column::Lane)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(lane, waiting, oldest)| Depth {
            lane,
            waiting,
            oldest,
        })
        .collect())
}

/// A message about a task that Telegram has taken: the only ground for "avisado".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub user_id: i64,
    pub sent_at: DateTime<Utc>,
}

/// The first delivery of a task to each person.
pub async fn deliveries(store: &Store, task_id: i64) -> Result<Vec<Delivery>> {
    let rows: Vec<(i64, DateTime<Utc>)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::UserId)
        .column_as(outbox::Column::SentAt.min(), "sent_at")
        .filter(outbox::Column::TaskId.eq(task_id))
        .filter(outbox::Column::Status.eq(OutboxStatus::Sent))
        .filter(outbox::Column::UserId.is_not_null())
        .group_by(outbox::Column::UserId)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(user_id, sent_at)| Delivery { user_id, sent_at })
        .collect())
}

/// Forgets settled messages from before `until`.
pub async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let done = outbox::Entity::delete_many()
        .filter(outbox::Column::CreatedAt.lt(until))
        .filter(outbox::Column::Status.is_not_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected)
}

/// The wait before try number `tries + 1`: one second, doubled each time, at most a minute.
pub fn backoff(tries: i32) -> TimeDelta {
    TimeDelta::seconds(1 << tries.clamp(0, 6)).min(TimeDelta::seconds(60))
}
