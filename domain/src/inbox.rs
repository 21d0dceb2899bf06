//! Updates from Telegram, kept before anything else happens, and worked off one at a time per person.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};

use ::entity::inbox::{self, InboxStatus};

use crate::{Result, Store, Tx, bell::Topic, prune};

mod handled;
mod look;

pub(crate) use handled::done_all;
pub use handled::{bury, done, ensure_done, failed, give_back};

use look::Look;

/// An update as it came.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub update_id: i64,
    /// Whose turn it takes: the person, or the chat where there is none.
    pub actor: i64,
    pub kind: String,
    pub payload: String,
}

/// An update that somebody is working on.
#[derive(Clone, Debug)]
pub struct Claim {
    pub id: i64,
    pub update_id: i64,
    pub actor: i64,
    pub kind: String,
    pub payload: String,
    /// How often it was tried before.
    pub tries: i32,
    pub received_at: DateTime<Utc>,
}

/// Tries until an update is buried.
pub const TRIES: i32 = 5;

/// How long a claim lasts without being prolonged; a process that dies loses it after that.
pub const CLAIM: Duration = Duration::from_secs(6);

/// Keeps updates; those already known change nothing. Returns how many were new.
pub async fn receive(store: &Store, bot: i64, arrivals: Vec<Arrival>) -> Result<u64> {
    if arrivals.is_empty() {
        return Ok(0);
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                let at = tx.now();
                let rows = arrivals.into_iter().map(|arrival| row(bot, at, arrival));
                let added = inbox::Entity::insert_many(rows)
                    .on_conflict_do_nothing_on([inbox::Column::Bot, inbox::Column::UpdateId])
                    .exec_without_returning(tx.db())
                    .await?;
                tx.ring(Topic::Inbox);
                Ok(match added {
                    sea_orm::TryInsertResult::Inserted(rows) => rows,
                    _ => 0,
                })
            })
        })
        .await
}

fn row(bot: i64, at: DateTime<Utc>, arrival: Arrival) -> inbox::ActiveModel {
    inbox::ActiveModel {
        bot: Set(bot),
        update_id: Set(arrival.update_id),
        actor: Set(arrival.actor),
        kind: Set(arrival.kind),
        payload: Set(arrival.payload),
        status: Set(InboxStatus::Pending),
        tries: Set(0),
        received_at: Set(at),
        ..Default::default()
    }
}

/// Claims the oldest waiting update of each person nobody is working for, at most `limit`.
pub async fn claim(store: &Store, bot: i64, limit: u64) -> Result<Vec<Claim>> {
    let look = Look::new(bot, store.now());
    if !look.anybody(store.reader()).await? {
        return Ok(Vec::new());
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                wait_turn(tx).await?;
                let look = Look::new(bot, tx.now());
                let ids = look.find(tx.db(), limit as usize).await?;
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let rows = hold(tx, ids).await?;
                take(tx, rows.iter().map(|row| row.id).collect()).await?;
                Ok(rows.into_iter().map(Claim::from).collect())
            })
        })
        .await
}

/// Any number that means "claiming updates" to the advisory locks of PostgreSQL.
const TURN: &str = "SELECT pg_advisory_xact_lock(7232147003)";

/// Instances claim one after the other: a look that does not see the claim another is about to commit could find
/// a smaller row of the same person, committed meanwhile.
async fn wait_turn(tx: &Tx) -> Result<()> {
    if tx.is_postgres() {
        tx.db().execute_unprepared(TURN).await?;
    }
    Ok(())
}

/// Holds those of these that can still be claimed.
async fn hold(tx: &Tx, ids: Vec<i64>) -> Result<Vec<inbox::Model>> {
    Ok(inbox::Entity::find()
        .filter(inbox::Column::Id.is_in(ids))
        .filter(unhandled())
        .filter(passed(inbox::Column::ClaimedUntil, tx.now()))
        .filter(passed(inbox::Column::RetryAt, tx.now()))
        .order_by_asc(inbox::Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.db())
        .await?)
}

/// Pending, of rows whose numbers are known: said so, the index on what is pending is no way to them. PostgreSQL would go all
/// along it whenever it believes that nothing waits.
fn unhandled() -> Expr {
    inbox::Column::Status.is_not_in([InboxStatus::Done, InboxStatus::Dead])
}

fn pending(bot: i64) -> sea_orm::Select<inbox::Entity> {
    inbox::Entity::find()
        .filter(inbox::Column::Bot.eq(bot))
        .filter(inbox::Column::Status.eq(InboxStatus::Pending))
}

fn passed(column: inbox::Column, now: DateTime<Utc>) -> Condition {
    Condition::any().add(column.is_null()).add(column.lte(now))
}

async fn take(tx: &Tx, ids: Vec<i64>) -> Result<()> {
    let until = tx.now() + CLAIM;
    inbox::Entity::update_many()
        .col_expr(inbox::Column::ClaimedUntil, Expr::value(until))
        .filter(inbox::Column::Id.is_in(ids))
        .filter(unhandled())
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Keeps the claims of updates that are still worked on.
pub async fn prolong(store: &Store, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    store
        .write(move |tx| Box::pin(async move { take(tx, ids).await }))
        .await
}

/// Frees what the process before this one had claimed. Only the file database belongs to one process at a
/// time; elsewhere the claims of a dead process run out. Returns how many there were.
pub async fn resume(store: &Store, bot: i64) -> Result<u64> {
    store
        .write(move |tx| {
            Box::pin(async move {
                if tx.is_postgres() {
                    return Ok(0);
                }
                let freed = inbox::Entity::update_many()
                    .col_expr(inbox::Column::ClaimedUntil, nothing())
                    .filter(inbox::Column::Bot.eq(bot))
                    .filter(inbox::Column::Status.eq(InboxStatus::Pending))
                    .filter(inbox::Column::ClaimedUntil.is_not_null())
                    .exec(tx.db())
                    .await?;
                tx.ring(Topic::Inbox);
                Ok(freed.rows_affected)
            })
        })
        .await
}

fn nothing() -> Expr {
    Expr::value(None::<DateTime<Utc>>)
}

impl From<inbox::Model> for Claim {
    fn from(row: inbox::Model) -> Self {
        Self {
            id: row.id,
            update_id: row.update_id,
            actor: row.actor,
            kind: row.kind,
            payload: row.payload,
            tries: row.tries,
            received_at: row.received_at,
        }
    }
}

/// When the next update that waits for another try can be claimed.
pub async fn next_retry(store: &Store, bot: i64) -> Result<Option<DateTime<Utc>>> {
    let at: Option<Option<DateTime<Utc>>> = pending(bot)
        .select_only()
        .column_as(inbox::Column::RetryAt.min(), "at")
        .filter(inbox::Column::RetryAt.gt(store.now()))
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(at.flatten())
}

/// How many wait, and how many are buried.
pub async fn depth(store: &Store) -> Result<(u64, u64)> {
    let of = |status: InboxStatus| {
        inbox::Entity::find()
            .filter(inbox::Column::Status.eq(status))
            .count(store.reader())
    };
    Ok((
        of(InboxStatus::Pending).await?,
        of(InboxStatus::Dead).await?,
    ))
}

/// Forgets some handled updates from before `until`; how many.
pub(crate) async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let old = Condition::all()
        .add(inbox::Column::ReceivedAt.lt(until))
        .add(inbox::Column::Status.ne(InboxStatus::Pending));
    prune::some::<inbox::Entity>(tx, &[inbox::Column::Id], old).await
}
