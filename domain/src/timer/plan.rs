//! What will fall due, and what no longer does.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use ::entity::timer::{self, TimerStatus};

use super::Due;
use crate::{Result, Store, Tx, bell::Topic};

/// Sets a timer; one that waits for the same is replaced.
pub async fn set(tx: &mut Tx, due: &Due, due_at: DateTime<Utc>) -> Result<()> {
    set_all(tx, vec![due.clone()], due_at).await
}

/// Sets a timer unless one waits for the same already.
pub async fn ensure(tx: &mut Tx, due: &Due, due_at: DateTime<Utc>) -> Result<()> {
    match waits(tx, due).await? {
        true => Ok(()),
        false => set(tx, due, due_at).await,
    }
}

/// Whether a timer waits for this.
pub(crate) async fn waits(tx: &Tx, due: &Due) -> Result<bool> {
    let waiting = timer::Entity::find()
        .filter(timer::Column::Kind.eq(due.kind()))
        .filter(timer::Column::Subject.eq(due.subject()))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .one(tx.db())
        .await?;
    Ok(waiting.is_some())
}

/// When those of these that wait, all of one kind, are due, by what they are about.
pub(crate) async fn due_of(
    db: &impl ConnectionTrait,
    dues: &[Due],
) -> Result<HashMap<String, DateTime<Utc>>> {
    let Some(kind) = dues.first().map(Due::kind) else {
        return Ok(HashMap::new());
    };
    let rows: Vec<(String, DateTime<Utc>)> = timer::Entity::find()
        .select_only()
        .column(timer::Column::Subject)
        .column(timer::Column::DueAt)
        .filter(timer::Column::Kind.eq(kind))
        .filter(timer::Column::Subject.is_in(dues.iter().map(Due::subject)))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Sets a timer for later, unless one waits for the same that nobody can take yet: what many cause is done once for them
/// all, and after each of them. Nobody waits for another here.
pub(crate) async fn gather(tx: &mut Tx, due: &Due, after: TimeDelta) -> Result<()> {
    let now = tx.now();
    let waiting = timer::Entity::find()
        .filter(timer::Column::Kind.eq(due.kind()))
        .filter(timer::Column::Subject.eq(due.subject()))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .filter(timer::Column::DueAt.gte(now + after / 2))
        .one(tx.db())
        .await?;
    match waiting {
        Some(_) => Ok(()),
        None => set_each(tx, vec![(due.clone(), now + after)]).await,
    }
}

/// Whether a timer still waits: neither done nor cancelled nor given up.
pub async fn is_waiting(store: &Store, id: i64) -> Result<bool> {
    let row = timer::Entity::find_by_id(id).one(store.reader()).await?;
    Ok(row.is_some_and(|row| row.status == TimerStatus::Waiting))
}

/// Sets timers of one kind for the same moment; those that wait for the same are replaced.
pub(crate) async fn set_all(tx: &mut Tx, dues: Vec<Due>, due_at: DateTime<Utc>) -> Result<()> {
    if dues.is_empty() {
        return Ok(());
    }
    cancel_all(tx, dues.clone()).await?;
    set_each(tx, dues.into_iter().map(|due| (due, due_at)).collect()).await
}

/// Sets timers that nothing waits for yet, each for its own moment.
pub(crate) async fn set_each(tx: &mut Tx, dues: Vec<(Due, DateTime<Utc>)>) -> Result<()> {
    if dues.is_empty() {
        return Ok(());
    }
    let rows = dues
        .iter()
        .map(|(due, due_at)| row(tx, due, *due_at))
        .collect::<Result<Vec<_>>>()?;
    timer::Entity::insert_many(rows)
        .exec_without_returning(tx.db())
        .await?;
    tx.ring(Topic::Timers);
    Ok(())
}

fn row(tx: &Tx, due: &Due, due_at: DateTime<Utc>) -> Result<timer::ActiveModel> {
    Ok(timer::ActiveModel {
        kind: Set(due.kind().into()),
        subject: Set(due.subject()),
        data: Set(serde_json::to_value(due)?),
        due_at: Set(due_at),
        status: Set(TimerStatus::Waiting),
        tries: Set(0),
        created_at: Set(tx.now()),
        ..Default::default()
    })
}

/// Takes back a timer that still waits.
pub async fn cancel(tx: &Tx, due: &Due) -> Result<()> {
    cancel_all(tx, vec![due.clone()]).await
}

/// Takes back timers of one kind that still wait.
pub(crate) async fn cancel_all(tx: &Tx, dues: Vec<Due>) -> Result<()> {
    let Some(kind) = dues.first().map(Due::kind) else {
        return Ok(());
    };
    timer::Entity::update_many()
        .col_expr(timer::Column::Status, Expr::value(TimerStatus::Cancelled))
        .filter(timer::Column::Kind.eq(kind))
        .filter(timer::Column::Subject.is_in(dues.iter().map(Due::subject)))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .exec(tx.db())
        .await?;
    Ok(())
}
