//! What the sender takes next: by lane and age, one message for each chat.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, LockBehavior, LockType, Query},
};

use ::entity::outbox::{self, Lane, OutboxStatus};

use super::Notice;
use crate::{
    Result, Store, Tx,
    lease::{self, Fence},
};

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

impl TryFrom<outbox::Model> for Outgoing {
    type Error = serde_json::Error;

    fn try_from(row: outbox::Model) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            lane: row.lane,
            chat_id: row.chat_id,
            user_id: row.user_id,
            task_id: row.task_id,
            notice: serde_json::from_value(row.notice)?,
            tries: row.tries,
            created_at: row.created_at,
        })
    }
}

/// The lanes, most pressing first.
pub const LANES: [Lane; 5] = [
    Lane::Emergency,
    Lane::Answer,
    Lane::Broadcast,
    Lane::Task,
    Lane::Digest,
];

/// The lanes in which most only changes what is there already.
const CALM: [Lane; 2] = [Lane::Task, Lane::Digest];

/// Chats that are not like the others, and whether all lanes are looked at.
#[derive(Clone, Debug, Default)]
pub struct Chats {
    /// They get nothing.
    pub busy: Vec<i64>,
    /// They come after the others of their lane, but for an emergency.
    pub behind: Vec<i64>,
    /// What is told of tasks without haste is left where it is.
    pub pressing_only: bool,
}

impl From<Vec<i64>> for Chats {
    fn from(busy: Vec<i64>) -> Self {
        Self {
            busy,
            ..Self::default()
        }
    }
}

/// Takes the next messages by lane and age, none for busy chats and one at most for each chat.
///
/// # Errors
/// [`crate::Error::Away`] also when another sender has taken over.
pub async fn claim(
    store: &Store,
    fence: Fence,
    limit: u64,
    chats: impl Into<Chats>,
) -> Result<Vec<Outgoing>> {
    let chats = chats.into();
    let mut lanes = lanes_due(store, &chats.busy).await?;
    if chats.pressing_only {
        lanes.retain(|lane| !CALM.contains(lane));
    }
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                take(tx, lanes, limit, chats).await
            })
        })
        .await
}

/// The lanes in which something could go out, most pressing first: one look, so that the others are not locked and read one
/// after the other. What comes meanwhile rings.
async fn lanes_due(store: &Store, busy: &[i64]) -> Result<Vec<Lane>> {
    let mut look = Query::select();
    for lane in LANES {
        let first = due(store.now(), busy)
            .filter(outbox::Column::Lane.eq(lane))
            .select_only()
            .column(outbox::Column::Id)
            .limit(1);
        look.expr(Expr::exists(first.into_query()));
    }
    let row = store.reader().query_one(&look).await?;
    let mut lanes = Vec::new();
    for (place, lane) in LANES.into_iter().enumerate() {
        let due = row.as_ref().map(|row| row.try_get_by_index::<bool>(place));
        if due.transpose()?.unwrap_or_default() {
            lanes.push(lane);
        }
    }
    Ok(lanes)
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

async fn take(tx: &Tx, lanes: Vec<Lane>, limit: u64, chats: Chats) -> Result<Vec<Outgoing>> {
    let (mut taken, mut busy) = (Vec::new(), chats.busy);
    for lane in lanes {
        if lane != Lane::Emergency && !chats.behind.is_empty() {
            let all = [busy.as_slice(), &chats.behind].concat();
            let left = limit.saturating_sub(taken.len() as u64);
            next(tx, lane, left, &all, (&mut taken, &mut busy)).await?;
        }
        let (left, all) = (limit.saturating_sub(taken.len() as u64), busy.clone());
        next(tx, lane, left, &all, (&mut taken, &mut busy)).await?;
    }
    mark_sending(tx, taken.iter().map(|message| message.id).collect()).await?;
    Ok(taken)
}

/// The next messages of a lane, one for each chat.
async fn next(
    tx: &Tx,
    lane: Lane,
    limit: u64,
    without: &[i64],
    (taken, busy): (&mut Vec<Outgoing>, &mut Vec<i64>),
) -> Result<()> {
    if limit == 0 {
        return Ok(());
    }
    let rows = due(tx.now(), without)
        .filter(outbox::Column::Lane.eq(lane))
        .order_by_asc(outbox::Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.db())
        .await?;
    for row in rows {
        if !busy.contains(&row.chat_id) {
            busy.push(row.chat_id);
            taken.extend(outgoing(tx, row).await?);
        }
    }
    Ok(())
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

/// How long a message that this release cannot read waits for an instance of the release that stored it.
const UNREAD: TimeDelta = TimeDelta::minutes(15);

/// How soon another instance may try.
const UNREAD_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// In a rolling restart a newer release stores what this one cannot read: it is left to others for a while, and then given
/// up, so that it holds nobody up.
async fn outgoing(tx: &Tx, row: outbox::Model) -> Result<Option<Outgoing>> {
    let (id, created_at) = (row.id, row.created_at);
    match Outgoing::try_from(row) {
        Ok(message) => Ok(Some(message)),
        Err(error) => {
            tracing::error!(outbox.id = id, %error, "a message cannot be read");
            let gone = created_at + UNREAD <= tx.now();
            let left = outbox::ActiveModel {
                id: Set(id),
                status: Set(if gone {
                    OutboxStatus::Failed
                } else {
                    OutboxStatus::Queued
                }),
                // What this release makes of the same must not vanish into it.
                collapse: Set(None),
                not_before: Set(Some(tx.now() + UNREAD_PAUSE)),
                error: Set(Some(error.to_string())),
                ..Default::default()
            };
            outbox::Entity::update(left).exec(tx.db()).await?;
            Ok(None)
        }
    }
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
