//! Finds tasks for those who may see them, and locks them for those who change them.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::task;

use super::Task;
use crate::{Actor, Refusal, Result, Store, Tx, actor::Act, error::Thing};

use super::rows::{many, rows};

/// A task that this person may see.
///
/// # Errors
/// [`Refusal::NotFound`] also when it exists but is none of his business.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Task> {
    visible_one(store.reader(), actor, id).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Task> {
    visible_one(tx.db(), actor, id).await
}

/// Whether there is such a task, whoever may see it.
pub async fn exists(tx: &Tx, id: i64) -> Result<bool> {
    let row = task::Entity::find_by_id(id)
        .select_only()
        .column(task::Column::Id)
        .into_tuple::<i64>();
    Ok(row.one(tx.db()).await?.is_some())
}

/// A task by what people call it, such as `PAT-2026-0042`, in any case.
pub async fn by_code(store: &Store, actor: &Actor, code: &str) -> Result<Task> {
    let id: Option<i64> = task::Entity::find()
        .filter(task::Column::Code.eq(code.trim().to_uppercase()))
        .select_only()
        .column(task::Column::Id)
        .into_tuple()
        .one(store.reader())
        .await?;
    let id = id.ok_or(Refusal::missing(Thing::Task))?;
    find(store, actor, id).await
}

async fn visible_one(db: &impl ConnectionTrait, actor: &Actor, id: i64) -> Result<Task> {
    let task = one(db, id).await?.ok_or(Refusal::missing(Thing::Task))?;
    shown(actor, task)
}

/// The task, if this person may see it.
pub(crate) fn shown(actor: &Actor, task: Task) -> Result<Task> {
    if actor.may(Act::See, &task.stake()) {
        Ok(task)
    } else {
        Err(Refusal::missing(Thing::Task).into())
    }
}

/// These tasks in this order; whether one may see them is decided before.
pub(crate) async fn these(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Task>> {
    let found = task::Entity::find().filter(task::Column::Id.is_in(ids.iter().copied()));
    let mut tasks = many(db, rows(db, found).await?).await?;
    tasks.sort_by_key(|task| ids.iter().position(|id| *id == task.id));
    Ok(tasks)
}

/// Goes on only while a task that this person may see has this version; it stays so for the rest of the transaction.
///
/// # Errors
/// [`Refusal::Stale`] with the version it has.
pub async fn expect_version(tx: &Tx, actor: &Actor, id: i64, version: i32) -> Result<()> {
    let task = locked(tx, actor, id).await?;
    if task.version == version {
        return Ok(());
    }
    let version = task.version;
    Err(Refusal::Stale { version }.into())
}

/// Locks the row of a task for the rest of the transaction and loads it.
pub(crate) async fn locked(tx: &Tx, actor: &Actor, id: i64) -> Result<Task> {
    let task = lock(tx, id).await?;
    shown(actor, task)
}

/// The same whoever may see it.
pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<Task> {
    hold(tx, id).await?;
    Ok(one(tx.db(), id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?)
}

/// Locks the row of a task, if there is one, for the rest of the transaction.
pub(crate) async fn hold(tx: &Tx, id: i64) -> Result<()> {
    task::Entity::find_by_id(id)
        .select_only()
        .column(task::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .one(tx.db())
        .await?;
    Ok(())
}

/// Locks the rows of several tasks in one order, so that two who lock the same ones wait for each other.
pub(crate) async fn lock_rows(tx: &Tx, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::Column::Id.is_in(ids))
        .order_by_asc(task::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
}

/// A task whoever may see it.
pub(crate) async fn one(db: &impl ConnectionTrait, id: i64) -> Result<Option<Task>> {
    let rows = rows(db, task::Entity::find_by_id(id)).await?;
    Ok(many(db, rows).await?.pop())
}
