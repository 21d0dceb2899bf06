//! What became of an update: handled, given back for another try, or buried.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany, sea_query::Expr,
};

use ::entity::inbox::{self, InboxStatus};

use super::{TRIES, nothing};
use crate::{Result, Store, Tx, bell::Topic};

/// The wait of an update that failed through no fault of its own.
const BREATH: TimeDelta = TimeDelta::seconds(1);

/// Marks an update handled in the transaction of what it caused, and forgets what it said, which may be a secret such
/// as the code of a link. False when it was handled before: then this transaction must change nothing.
pub async fn done(tx: &mut Tx, id: i64) -> Result<bool> {
    let done = closing(tx)
        .filter(inbox::Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Inbox);
    Ok(done.rows_affected == 1)
}

/// The same for many at once; those that were not handled before.
pub(crate) async fn done_all(tx: &mut Tx, ids: Vec<i64>) -> Result<Vec<i64>> {
    let open: Vec<i64> = inbox::Entity::find()
        .select_only()
        .column(inbox::Column::Id)
        .filter(inbox::Column::Id.is_in(ids))
        .filter(inbox::Column::Status.eq(InboxStatus::Pending))
        .order_by_asc(inbox::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.db())
        .await?;
    closing(tx)
        .filter(inbox::Column::Id.is_in(open.iter().copied()))
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Inbox);
    Ok(open)
}

fn closing(tx: &Tx) -> UpdateMany<inbox::Entity> {
    inbox::Entity::update_many()
        .col_expr(inbox::Column::Status, Expr::value(InboxStatus::Done))
        .col_expr(inbox::Column::DoneAt, Expr::value(tx.now()))
        .col_expr(inbox::Column::Payload, Expr::value(""))
        .filter(inbox::Column::Status.eq(InboxStatus::Pending))
}

/// Marks an update handled whose handler did not do it itself.
pub async fn ensure_done(store: &Store, id: i64) -> Result<()> {
    let row = inbox::Entity::find_by_id(id).one(store.reader()).await?;
    if row.is_some_and(|row| row.status == InboxStatus::Pending) {
        store
            .write(move |tx| Box::pin(async move { done(tx, id).await.map(drop) }))
            .await?;
    }
    Ok(())
}

/// Gives an update back that is not to blame, for another try soon.
pub async fn give_back(store: &Store, id: i64) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                inbox::Entity::update_many()
                    .col_expr(inbox::Column::ClaimedUntil, nothing())
                    .col_expr(inbox::Column::RetryAt, Expr::value(tx.now() + BREATH))
                    .filter(inbox::Column::Id.eq(id))
                    .filter(inbox::Column::Status.eq(InboxStatus::Pending))
                    .exec(tx.db())
                    .await?;
                tx.ring(Topic::Inbox);
                Ok(())
            })
        })
        .await
}

/// Buries an update that no try will help.
pub async fn bury(store: &Store, id: i64, error: String) -> Result<()> {
    store
        .write(move |tx| Box::pin(async move { put_down(tx, id, TRIES, error).await }))
        .await
}

/// Gives a failed update back for another try later, or buries it after [`TRIES`]. True when buried.
pub async fn failed(store: &Store, id: i64, error: String) -> Result<bool> {
    store
        .write(move |tx| Box::pin(async move { fail(tx, id, error).await }))
        .await
}

async fn fail(tx: &mut Tx, id: i64, error: String) -> Result<bool> {
    let Some(row) = inbox::Entity::find_by_id(id).one(tx.db()).await? else {
        return Ok(false);
    };
    if row.status != InboxStatus::Pending {
        return Ok(false);
    }
    let tries = row.tries + 1;
    put_down(tx, id, tries, error).await?;
    Ok(tries >= TRIES)
}

async fn put_down(tx: &mut Tx, id: i64, tries: i32, error: String) -> Result<()> {
    let status = if tries >= TRIES {
        InboxStatus::Dead
    } else {
        InboxStatus::Pending
    };
    let retry_at = tx.now() + TimeDelta::milliseconds(100 << tries);
    inbox::Entity::update_many()
        .col_expr(inbox::Column::Status, Expr::value(status))
        .col_expr(inbox::Column::Tries, Expr::value(tries))
        .col_expr(inbox::Column::ClaimedUntil, nothing())
        .col_expr(inbox::Column::RetryAt, Expr::value(retry_at))
        .col_expr(inbox::Column::Error, Expr::value(error))
        .filter(inbox::Column::Id.eq(id))
        .filter(inbox::Column::Status.eq(InboxStatus::Pending))
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Inbox);
    Ok(())
}
