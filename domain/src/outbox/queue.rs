//! What the sender takes next: by lane and age, one message for each chat.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
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

/// The lanes, most pressing first.
pub const LANES: [Lane; 5] = [
    Lane::Emergency,
    Lane::Answer,
    Lane::Broadcast,
    Lane::Task,
    Lane::Digest,
];

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

pub(super) async fn take(tx: &Tx, limit: u64, mut busy: Vec<i64>) -> Result<Vec<Outgoing>> {
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

/// How long a message that this release cannot read waits for an instance of the release that stored it.
const UNREAD: TimeDelta = TimeDelta::minutes(15);

/// How soon another instance may try.
const UNREAD_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// In a rolling restart a newer release stores what this one cannot read: it is left to others for a while, and then given
/// up, so that it holds nobody up.
async fn outgoing(tx: &Tx, row: outbox::Model) -> Result<Option<Outgoing>> {
    let notice = match serde_json::from_value(row.notice) {
        Ok(notice) => notice,
        Err(error) => {
            tracing::error!(outbox.id = row.id, %error, "a message cannot be read");
            let gone = row.created_at + UNREAD <= tx.now();
            let left = outbox::ActiveModel {
                id: Set(row.id),
                status: Set(if gone {
                    OutboxStatus::Failed
                } else {
                    OutboxStatus::Queued
                }),
                not_before: Set(Some(tx.now() + UNREAD_PAUSE)),
                error: Set(Some(error.to_string())),
                ..Default::default()
            };
            outbox::Entity::update(left).exec(tx.db()).await?;
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
