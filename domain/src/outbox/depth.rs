//! What waits, and what is old enough to go.

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

/// Forgets some settled messages from before `until`; how many.
pub(crate) async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let open = [OutboxStatus::Queued, OutboxStatus::Sending];
    let old = Condition::all()
        .add(outbox::Column::CreatedAt.lt(until))
        .add(outbox::Column::Status.is_not_in(open));
    prune::some::<outbox::Entity>(tx, &[outbox::Column::Id], old).await
}
