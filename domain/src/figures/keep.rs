//! Keeps the sums of days that are over. A day is counted anew when something of it changes afterwards.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement, sea_query::OnConflict,
};

use ::entity::{day_figure, figure_day, task};

use super::{
    Whose, count,
    kept::{measure, whole},
};
use crate::{
    Result, Tx,
    task::Status,
    timer::{self, Due},
    zone,
};

/// How many days are summed up at a time, so that writers do not wait long.
const AT_ONCE: usize = 7;

/// A day is summed up when it has been over for a day: what was under way at midnight is stored by then.
const SETTLED: TimeDelta = TimeDelta::days(1);

const OVER: [Status; 2] = [Status::Completed, Status::Cancelled];

/// Has the day of something that ended then counted anew, in the transaction that changes it. Of days that are not
/// settled yet nothing is kept.
pub(crate) async fn spoil(tx: &Tx, ended_at: Option<DateTime<Utc>>) -> Result<()> {
    let zone = tx.rules().zone;
    let day = ended_at.map(|at| zone::to_local(at, zone).date());
    let settled = last_settled(tx.now(), zone);
    match day.filter(|day| *day <= settled) {
        Some(day) => mark(tx, day, false).await,
        None => Ok(()),
    }
}

fn last_settled(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    zone::to_local(now - SETTLED, zone).date() - Days::new(1)
}

/// Whoever counts a day and whoever changes it wait for each other at its row.
async fn mark(tx: &Tx, day: NaiveDate, whole: bool) -> Result<()> {
    let row = figure_day::ActiveModel {
        day: Set(day),
        whole: Set(whole),
        zone: Set(measure(tx.rules().zone)),
    };
    let anew = OnConflict::column(figure_day::Column::Day)
        .update_columns([figure_day::Column::Whole, figure_day::Column::Zone])
        .to_owned();
    figure_day::Entity::insert(row)
        .on_conflict(anew)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Sums up some days that are over, and comes again: at once while there are more, else in an hour.
pub(crate) async fn keep(tx: &mut Tx) -> Result<()> {
    let days = missing(tx).await?;
    for day in days.iter().take(AT_ONCE) {
        mark(tx, *day, false).await?;
        sum_up(tx, *day).await?;
        mark(tx, *day, true).await?;
    }
    let pause = if days.len() > AT_ONCE {
        TimeDelta::seconds(1)
    } else {
        TimeDelta::hours(1)
    };
    timer::set(tx, &Due::Figures, tx.now() + pause).await
}

/// Settled days since the first task that ended, of which no sums are kept.
async fn missing(tx: &Tx) -> Result<Vec<NaiveDate>> {
    let zone = tx.rules().zone;
    let mut first: Option<DateTime<Utc>> = None;
    for status in OVER {
        let oldest = task::Entity::find()
            .select_only()
            .column(task::Column::EndedAt)
            .filter(task::Column::Status.eq(status))
            .filter(task::Column::EndedAt.is_not_null())
            .order_by_asc(task::Column::EndedAt)
            .into_tuple::<DateTime<Utc>>()
            .one(tx.db())
            .await?;
        first = first.into_iter().chain(oldest).min();
    }
    let Some(first) = first else {
        return Ok(Vec::new());
    };
    let kept: BTreeSet<NaiveDate> = figure_day::Entity::find()
        .select_only()
        .column(figure_day::Column::Day)
        .filter(whole(zone))
        .into_tuple::<NaiveDate>()
        .all(tx.db())
        .await?
        .into_iter()
        .collect();
    let from = zone::to_local(first, zone).date();
    let until = last_settled(tx.now(), zone);
    let days = from.iter_days().take_while(|day| *day <= until);
    Ok(days.filter(|day| !kept.contains(day)).collect())
}

async fn sum_up(tx: &Tx, day: NaiveDate) -> Result<()> {
    day_figure::Entity::delete_many()
        .filter(day_figure::Column::Day.eq(day))
        .exec(tx.db())
        .await?;
    let zone = tx.rules().zone;
    let part = (day, Days::new(1));
    let sums = count::rows(tx.db(), &[part], zone, &Whose::Everybody).await?;
    let all = everything(tx, count::moments(part, zone)).await?;
    let units: BTreeSet<i64> = all
        .iter()
        .map(|row| row.unit_id)
        .chain(sums.iter().map(|row| row.unit_id))
        .collect();
    let rows: Vec<_> = units
        .into_iter()
        .map(|unit_id| {
            let sums = sums.iter().find(|row| row.unit_id == unit_id);
            let sums = sums.map(|row| &row.sums);
            let all = all.iter().find(|row| row.unit_id == unit_id);
            row(day, unit_id, sums, all)
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    day_figure::Entity::insert_many(rows)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Drills too: what the tables hold, not what was achieved.
#[derive(FromQueryResult)]
struct All {
    unit_id: i64,
    completed: i64,
    cancelled: i64,
}

async fn everything(tx: &Tx, (begins, ends): (DateTime<Utc>, DateTime<Utc>)) -> Result<Vec<All>> {
    const COUNT: &str = "SELECT CAST(COALESCE(unit_id, 0) AS BIGINT) AS unit_id,
        COUNT(CASE WHEN status = 'completed' THEN 1 END) AS completed,
        COUNT(CASE WHEN status = 'cancelled' THEN 1 END) AS cancelled
        FROM tasks WHERE status IN ('completed', 'cancelled') AND ended_at >= $1 AND ended_at < $2
        GROUP BY COALESCE(unit_id, 0)";
    let values = [begins.into(), ends.into()];
    let statement = Statement::from_sql_and_values(tx.db().get_database_backend(), COUNT, values);
    Ok(All::find_by_statement(statement).all(tx.db()).await?)
}

fn row(
    day: NaiveDate,
    unit_id: i64,
    sums: Option<&count::Columns>,
    all: Option<&All>,
) -> day_figure::ActiveModel {
    let number = |get: fn(&count::Columns) -> i64| Set(sums.map_or(0, get));
    let seconds = |get: fn(&count::Columns) -> f64| Set(sums.map_or(0.0, get));
    day_figure::ActiveModel {
        day: Set(day),
        unit_id: Set(unit_id),
        all_completed: Set(all.map_or(0, |all| all.completed)),
        all_cancelled: Set(all.map_or(0, |all| all.cancelled)),
        completed: number(|row| row.completed),
        cancelled: number(|row| row.cancelled),
        timed: number(|row| row.timed),
        on_time: number(|row| row.on_time),
        reports: number(|row| row.reports),
        acknowledged: number(|row| row.acknowledged),
        acknowledged_s: seconds(|row| row.acknowledged_s),
        on_site: number(|row| row.on_site),
        on_site_s: seconds(|row| row.on_site_s),
        worked: number(|row| row.worked),
        worked_s: seconds(|row| row.worked_s),
    }
}
