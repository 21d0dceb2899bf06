//! Positions are exact for thirty days; of what is older only the points remain where somebody began and ended a task,
//! and where somebody was last is known no longer.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    last_position,
    position::{self, Column},
};

use crate::{
    Error, Result, Tx, setting,
    timer::{self, Due},
};

/// How long positions are exact.
const EXACT: TimeDelta = TimeDelta::days(30);

/// The most that is looked at in one transaction.
const BATCH: u64 = 1000;

const PAUSE: TimeDelta = TimeDelta::seconds(1);
const ROUND: TimeDelta = TimeDelta::hours(1);

/// Up to where it is done: moment and row.
const KEY: &str = "positions_trimmed";

/// What is not newer is forgotten.
pub(super) fn oldest(tx: &Tx) -> DateTime<Utc> {
    tx.now() - EXACT
}

/// Forgets some of what is too old, and comes again: soon while there is more, else in an hour.
pub(crate) async fn trim(tx: &mut Tx) -> Result<()> {
    let rows = next(tx).await?;
    let more = rows.len() as u64 == BATCH;
    if let Some((id, at)) = rows.last() {
        let removed = remove(tx, rows.iter().map(|(id, _)| *id).collect()).await?;
        metrics::counter!("gad_positions_removed_total").increment(removed);
        setting::set(tx, KEY, format!("{} {id}", at.to_rfc3339())).await?;
    }
    let last = last_position::Entity::delete_many()
        .filter(last_position::Column::RecordedAt.lt(oldest(tx)))
        .exec(tx.db())
        .await?;
    metrics::counter!("gad_positions_removed_total").increment(last.rows_affected);
    metrics::gauge!("gad_positions_trimmed_timestamp_seconds").set(tx.now().timestamp() as f64);
    let again = tx.now() + if more { PAUSE } else { ROUND };
    timer::set(tx, &Due::Trim, again).await
}

/// The oldest rows that were exact until now.
async fn next(tx: &Tx) -> Result<Vec<(i64, DateTime<Utc>)>> {
    let mut rows = position::Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::RecordedAt)
        .filter(Column::RecordedAt.lt(oldest(tx)));
    if let Some((at, id)) = done_until(tx).await? {
        let same = Condition::all()
            .add(Column::RecordedAt.eq(at))
            .add(Column::Id.gt(id));
        rows = rows
            .filter(Column::RecordedAt.gte(at))
            .filter(Condition::any().add(Column::RecordedAt.gt(at)).add(same));
    }
    Ok(rows
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(tx.db())
        .await?)
}

async fn done_until(tx: &Tx) -> Result<Option<(DateTime<Utc>, i64)>> {
    let Some(mark) = setting::get_in(tx.db(), KEY).await? else {
        return Ok(None);
    };
    let read = mark
        .split_once(' ')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    read.map(Some)
        .ok_or_else(|| Error::Data(format!("{KEY} says {mark:?}")))
}

/// Removes those of these rows at which nobody began or ended a task.
async fn remove(tx: &Tx, ids: Vec<i64>) -> Result<u64> {
    let between = Condition::all()
        .add(Expr::exists(of_same_task(ExprTrait::lt)))
        .add(Expr::exists(of_same_task(ExprTrait::gt)));
    let done = position::Entity::delete_many()
        .filter(Column::Id.is_in(ids))
        .filter(Condition::any().add(Column::TaskId.is_null()).add(between))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected)
}

/// Another position of the same agent on the same task, before or after.
fn of_same_task(side: impl Fn(Expr, Expr) -> Expr) -> SelectStatement {
    let other = Alias::new("other");
    let theirs = |column: Column| Expr::col((other.clone(), column));
    let own = |column: Column| Expr::col((position::Entity, column));
    Query::select()
        .expr(Expr::value(1))
        .from_as(position::Entity, other.clone())
        .and_where(theirs(Column::TaskId).eq(own(Column::TaskId)))
        .and_where(theirs(Column::AgentId).eq(own(Column::AgentId)))
        .and_where(side(theirs(Column::RecordedAt), own(Column::RecordedAt)))
        .to_owned()
}
