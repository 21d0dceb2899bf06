//! What is old is forgotten a little at a time, so that nobody waits for it and a big table is not given up on.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::timer::{self, TimerStatus};

use crate::{
    Result, Tx, drill, event, inbox, login, nudge, once, outbox, session,
    timer::{Due, set},
};

/// The most rows of a table that go in one transaction.
pub(crate) const BATCH: u64 = 2_000;

const PAUSE: TimeDelta = TimeDelta::seconds(1);
const ROUND: TimeDelta = TimeDelta::hours(1);

/// Forgets some of what is old, and comes again: soon while there is more of something, else in an hour.
pub(crate) async fn prune(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    let days = |days: u32| now - TimeDelta::days(days.into());
    let (events, sent) = (days(tx.rules().event_days), days(tx.rules().outbox_days));
    let updates = now - TimeDelta::hours(tx.rules().inbox_hours.into());
    let removed = [
        event::prune(tx, events).await?,
        outbox::prune(tx, sent).await?,
        inbox::prune(tx, updates).await?,
        login::prune(tx).await?,
        once::prune(tx, days(1)).await?,
        nudge::prune(tx).await?,
        session::prune(tx, sent).await?,
        session::prune_tickets(tx).await?,
        settled(tx, sent).await?,
    ];
    drill::keep_left(tx).await?;
    let more = removed.contains(&BATCH);
    let again = if more { PAUSE } else { ROUND };
    set(tx, &Due::Prune, now + again).await
}

/// Forgets timers that are over.
async fn settled(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let over = [
        TimerStatus::Fired,
        TimerStatus::Cancelled,
        TimerStatus::Failed,
    ];
    let old = Condition::all()
        .add(timer::Column::Status.is_in(over))
        .add(timer::Column::DueAt.lt(until));
    some::<timer::Entity>(tx, &[timer::Column::Id], old).await
}

/// Removes some of the `old` rows of a table, [`BATCH`] at most; how many.
pub(crate) async fn some<E: EntityTrait>(
    tx: &Tx,
    key: &[E::Column],
    old: Condition,
) -> Result<u64> {
    let chosen = Query::select()
        .columns(key.iter().copied())
        .from(E::default())
        .cond_where(old)
        .limit(BATCH)
        .to_owned();
    let row = Expr::tuple(key.iter().map(|column| Expr::col(*column)));
    let done = E::delete_many()
        .filter(row.in_subquery(chosen))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected)
}
