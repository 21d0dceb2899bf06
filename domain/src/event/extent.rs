//! From which event to which the log is kept, and under which name.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QuerySelect,
};

use ::entity::{event, setting};

use crate::{Result, Store, Tx};

/// The number of the newest event; 0 when there is none.
pub async fn last_seq(store: &Store) -> Result<i64> {
    last(store.reader()).await
}

pub(super) async fn last(db: &impl ConnectionTrait) -> Result<i64> {
    let seq: Option<Option<i64>> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Seq.max(), "seq")
        .into_tuple()
        .one(db)
        .await?;
    Ok(seq.flatten().unwrap_or(0))
}

/// The number of the oldest event that is still kept.
pub async fn first_seq(store: &Store) -> Result<i64> {
    let seq: Option<Option<i64>> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Seq.min(), "seq")
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(seq.flatten().unwrap_or(1))
}

/// Names this log: a client that knows another epoch starts anew.
pub async fn epoch(store: &Store) -> Result<String> {
    if let Some(row) = setting::Entity::find_by_id("epoch")
        .one(store.reader())
        .await?
    {
        return Ok(row.value);
    }
    let fresh = crate::secret::fresh();
    store
        .write(move |tx| {
            Box::pin(async move {
                let row = setting::ActiveModel {
                    key: Set("epoch".into()),
                    value: Set(fresh),
                };
                setting::Entity::insert(row)
                    .on_conflict_do_nothing_on([setting::Column::Key])
                    .exec_without_returning(tx.db())
                    .await?;
                let row = setting::Entity::find_by_id("epoch").one(tx.db()).await?;
                Ok(row.map(|row| row.value).unwrap_or_default())
            })
        })
        .await
}

/// Forgets some events from before `until`, never the newest, whose number the next one follows; how many.
pub async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let old = Condition::all()
        .add(event::Column::CreatedAt.lt(until))
        .add(event::Column::Seq.lt(last(tx.db()).await?));
    crate::prune::some::<event::Entity>(tx, &[event::Column::Seq], old).await
}
