//! A change that is asked for twice with the same key happens once; its answer is kept in its own transaction.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, TryInsertResult,
};

use ::entity::kept_answer::{self, ActiveModel, Column, Entity};

use crate::{Error, Result, Store, Tx, prune};

/// What a client calls one change of his.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Two people may use the same word.
    pub user_id: i64,
    pub word: String,
    /// Differs when something else is asked for.
    pub fingerprint: String,
}

/// The answer to a change, as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// The same was asked for before.
    Same(Kept),
    /// Something else was asked for under this key.
    Other,
}

/// What stands under this key, without taking it.
pub async fn find(store: &Store, key: &Key) -> Result<Found> {
    look(store.reader(), key).await
}

/// Takes a key for this transaction, which then ends with [`keep`]. Whoever takes the same at the same time
/// waits until this one is committed or rolled back.
pub async fn take(tx: &Tx, key: &Key) -> Result<Found> {
    let row = ActiveModel {
        user_id: Set(key.user_id),
        key: Set(key.word.clone()),
        fingerprint: Set(key.fingerprint.clone()),
        status: Set(0),
        headers: Set(serde_json::Value::Null),
        body: Set(String::new()),
        created_at: Set(tx.now()),
    };
    let fresh = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::UserId, Column::Key])
        .exec_without_returning(tx.db())
        .await?;
    if matches!(fresh, TryInsertResult::Inserted(1..)) {
        return Ok(Found::Nothing);
    }
    look(tx.db(), key).await
}

/// Keeps the answer under a key that this transaction has taken.
pub async fn keep(tx: &Tx, key: &Key, answer: &Kept) -> Result<()> {
    let row = ActiveModel {
        user_id: Set(key.user_id),
        key: Set(key.word.clone()),
        status: Set(i16::try_from(answer.status).unwrap_or_default()),
        headers: Set(serde_json::to_value(&answer.headers)?),
        body: Set(answer.body.clone()),
        ..Default::default()
    };
    Entity::update(row).exec(tx.db()).await?;
    Ok(())
}

async fn look(db: &impl ConnectionTrait, key: &Key) -> Result<Found> {
    let row = Entity::find_by_id((key.user_id, key.word.clone()))
        .one(db)
        .await?;
    match row {
        None => Ok(Found::Nothing),
        Some(row) if row.fingerprint == key.fingerprint => kept(row).map(Found::Same),
        Some(_) => Ok(Found::Other),
    }
}

fn kept(row: kept_answer::Model) -> Result<Kept> {
    let status = u16::try_from(row.status)
        .map_err(|_| Error::Data(format!("status {} of a kept answer", row.status)))?;
    Ok(Kept {
        status,
        headers: serde_json::from_value(row.headers)?,
        body: row.body,
    })
}

/// Forgets some answers from before `until`; how many.
pub(crate) async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let old = Condition::all().add(Column::CreatedAt.lt(until));
    prune::some::<Entity>(tx, &[Column::UserId, Column::Key], old).await
}
