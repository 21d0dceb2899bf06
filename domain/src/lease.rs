//! What only one process may do at a time; the fence rises whenever it is taken.

mod duty;

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use ::entity::lease;

use crate::{Error, Result, Store, Tx};

pub use duty::{Duty, Term, while_held};

/// A lease as it was taken; whoever takes it later gets a higher number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    pub name: String,
    pub number: i64,
    /// Until when whoever had it before may have been at work; nothing when nobody had it.
    pub before: Option<DateTime<Utc>>,
}

/// Takes a lease that is free, has run out, or belongs to an earlier process of the same holder.
/// `None` while somebody else has it.
pub async fn take(
    store: &Store,
    name: String,
    holder: String,
    span: Duration,
) -> Result<Option<Fence>> {
    let seen = lease::Entity::find_by_id(&name).one(store.reader()).await?;
    if seen.is_some_and(|row| belongs_to_another(&row, &holder, store.now())) {
        return Ok(None);
    }
    store
        .write(move |tx| Box::pin(async move { take_in(tx, name, holder, span).await }))
        .await
}

async fn take_in(tx: &Tx, name: String, holder: String, span: Duration) -> Result<Option<Fence>> {
    let fresh = lease::ActiveModel {
        name: Set(name.clone()),
        holder: Set(holder.clone()),
        fence: Set(0),
        expires_at: Set(tx.now()),
    };
    lease::Entity::insert(fresh)
        .on_conflict_do_nothing_on([lease::Column::Name])
        .exec_without_returning(tx.db())
        .await?;
    let Some(row) = locked(tx, &name).await? else {
        return Ok(None);
    };
    if belongs_to_another(&row, &holder, tx.now()) {
        return Ok(None);
    }
    let number = row.fence + 1;
    let taken = lease::ActiveModel {
        name: Set(name.clone()),
        holder: Set(holder),
        fence: Set(number),
        expires_at: Set(tx.now() + span),
    };
    lease::Entity::update(taken).exec(tx.db()).await?;
    // Also an earlier process of the same holder, however long its lease would have lasted.
    let before = (row.fence > 0).then(|| row.expires_at.min(tx.now()));
    Ok(Some(Fence {
        name,
        number,
        before,
    }))
}

fn belongs_to_another(row: &lease::Model, holder: &str, now: DateTime<Utc>) -> bool {
    row.holder != holder && row.expires_at > now
}

/// A holder that has vanished in the midst of a transaction must not keep the next one out for longer than his lease lasts;
/// two of his may stand behind each other, the one that works and the one that prolongs.
const SILENCE: &str = "set_config('idle_in_transaction_session_timeout', '2s', true)";

/// The row of a lease, locked, on the way of which the server learns that it shall not be held in silence.
async fn locked(tx: &Tx, name: &str) -> Result<Option<lease::Model>> {
    let mut find = lease::Entity::find_by_id(name).lock_exclusive();
    if tx.is_postgres() {
        find = find.expr(Expr::cust(SILENCE));
    }
    Ok(find.one(tx.db()).await?)
}

/// Keeps a lease for another `span`; false when somebody else has taken it meanwhile.
pub async fn prolong(store: &Store, fence: Fence, span: Duration) -> Result<bool> {
    expire_in(store, fence, span).await
}

/// Gives a lease back, so that the next holder need not wait.
pub async fn release(store: &Store, fence: Fence) -> Result<()> {
    expire_in(store, fence, Duration::ZERO).await.map(drop)
}

async fn expire_in(store: &Store, fence: Fence, span: Duration) -> Result<bool> {
    store
        .write(move |tx| {
            Box::pin(async move {
                if tx.is_postgres() {
                    let silence = format!("SELECT {SILENCE}");
                    tx.db().execute_unprepared(&silence).await?;
                }
                let kept = lease::Entity::update_many()
                    .col_expr(lease::Column::ExpiresAt, Expr::value(tx.now() + span))
                    .filter(lease::Column::Name.eq(fence.name))
                    .filter(lease::Column::Fence.eq(fence.number))
                    .exec(tx.db())
                    .await?;
                Ok(kept.rows_affected == 1)
            })
        })
        .await
}

/// Lets a transaction go on only while nobody else has taken the lease.
///
/// # Errors
/// [`Error::Away`] when somebody has: the work is to be left to him.
pub async fn guard(tx: &Tx, fence: &Fence) -> Result<()> {
    let row = locked(tx, &fence.name).await?;
    if row.is_some_and(|row| row.fence == fence.number) {
        return Ok(());
    }
    let name = &fence.name;
    Err(Error::Away(format!(
        "the lease {name} was taken by another process"
    )))
}
