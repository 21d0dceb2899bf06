//! What waits, what was delivered, and what is old enough to go.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use ::entity::outbox::{self, Lane, OutboxStatus};

use super::queue::LANES;
use crate::{Result, Store, Tx, prune};

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
        .filter(outbox::Column::Lane.is_in(LANES))
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

/// Forgets some settled messages from before `until`; how many.
pub(crate) async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let open = [OutboxStatus::Queued, OutboxStatus::Sending];
    let old = Condition::all()
        .add(outbox::Column::CreatedAt.lt(until))
        .add(outbox::Column::Status.is_not_in(open));
    prune::some::<outbox::Entity>(tx, &[outbox::Column::Id], old).await
}
