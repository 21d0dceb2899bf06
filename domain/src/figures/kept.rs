//! The sums of days that are over, as they are read.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use ::entity::{day_figure, figure_day, task};

use super::{Period, Sums, Whose, count};
use crate::{Result, Store, task::Status, zone};

/// The days of this period whose sums are kept, and these.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    zone: Tz,
    whose: &Whose,
    period: Period,
) -> Result<(BTreeSet<NaiveDate>, Vec<(NaiveDate, Sums)>)> {
    let days: BTreeSet<NaiveDate> = figure_day::Entity::find()
        .select_only()
        .column(figure_day::Column::Day)
        .filter(figure_day::Column::Day.between(period.from, period.until))
        .filter(whole(zone))
        .into_tuple::<NaiveDate>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut select = day_figure::Entity::find()
        .filter(day_figure::Column::Day.is_in(days.iter().copied()))
        .filter(of(whose))
        .select_only()
        .column(day_figure::Column::Day)
        .group_by(day_figure::Column::Day);
    for (name, kind) in count::SUMS {
        let sum = format!("CAST(COALESCE(SUM({name}), 0) AS {kind})");
        select = select.column_as(Expr::cust(sum), name);
    }
    let rows = select.into_model::<DayRow>().all(db).await?;
    let sums = rows.into_iter().map(|row| (row.day, row.into()));
    Ok((days, sums.collect()))
}

#[derive(FromQueryResult)]
struct DayRow {
    day: NaiveDate,
    completed: i64,
    cancelled: i64,
    timed: i64,
    on_time: i64,
    reports: i64,
    acknowledged: i64,
    acknowledged_s: f64,
    on_site: i64,
    on_site_s: f64,
    worked: i64,
    worked_s: f64,
}

impl From<DayRow> for Sums {
    fn from(row: DayRow) -> Self {
        count::Row {
            part: 0,
            unit_id: 0,
            completed: row.completed,
            cancelled: row.cancelled,
            timed: row.timed,
            on_time: row.on_time,
            reports: row.reports,
            acknowledged: row.acknowledged,
            acknowledged_s: row.acknowledged_s,
            on_site: row.on_site,
            on_site_s: row.on_site_s,
            worked: row.worked,
            worked_s: row.worked_s,
        }
        .into()
    }
}

/// Sums that were made for days of another zone are none.
pub(super) fn whole(zone: Tz) -> Condition {
    Condition::all()
        .add(figure_day::Column::Whole.eq(true))
        .add(figure_day::Column::Zone.eq(zone.name()))
}

fn of(whose: &Whose) -> Condition {
    match whose {
        Whose::Units(ids) => {
            Condition::all().add(day_figure::Column::UnitId.is_in(ids.iter().copied()))
        }
        _ => Condition::all(),
    }
}

/// How many tasks are completed, and how many cancelled, of all time.
pub(crate) async fn ended(store: &Store, whose: &Whose) -> Result<(u64, u64)> {
    let (db, zone) = (store.reader(), store.rules().zone);
    let days: Vec<NaiveDate> = figure_day::Entity::find()
        .select_only()
        .column(figure_day::Column::Day)
        .filter(whole(zone))
        .order_by_asc(figure_day::Column::Day)
        .into_tuple()
        .all(db)
        .await?;
    let kept: Vec<(i64, i64)> = day_figure::Entity::find()
        .select_only()
        .expr(Expr::cust(
            "CAST(COALESCE(SUM(all_completed), 0) AS BIGINT)",
        ))
        .expr(Expr::cust(
            "CAST(COALESCE(SUM(all_cancelled), 0) AS BIGINT)",
        ))
        .filter(
            day_figure::Column::Day.in_subquery(sea_orm::QueryTrait::into_query(
                figure_day::Entity::find()
                    .select_only()
                    .column(figure_day::Column::Day)
                    .filter(whole(zone)),
            )),
        )
        .filter(of(whose))
        .into_tuple()
        .all(db)
        .await?;
    let (completed, cancelled) = kept.first().copied().unwrap_or_default();
    let live = [Status::Completed, Status::Cancelled].map(|status| {
        task::Entity::find()
            .filter(task::Column::Status.eq(status))
            .filter(between(&days, zone))
            .filter(task_of(whose))
            .count(db)
    });
    let [done, off] = live;
    Ok((
        completed.unsigned_abs() + done.await?,
        cancelled.unsigned_abs() + off.await?,
    ))
}

fn task_of(whose: &Whose) -> Condition {
    match whose {
        Whose::Units(ids) => Condition::all().add(task::Column::UnitId.is_in(ids.iter().copied())),
        _ => Condition::all(),
    }
}

/// What ended outside these days, which are in order.
fn between(days: &[NaiveDate], zone: Tz) -> Condition {
    let midnight = |day: NaiveDate| zone::to_utc(day.and_time(NaiveTime::MIN), zone);
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Condition::all();
    };
    let gaps = days
        .windows(2)
        .filter(|pair| pair[0] + Days::new(1) != pair[1]);
    let gaps = gaps.map(|pair| {
        Condition::all()
            .add(task::Column::EndedAt.gte(midnight(pair[0] + Days::new(1))))
            .add(task::Column::EndedAt.lt(midnight(pair[1])))
    });
    gaps.fold(Condition::any(), Condition::add)
        .add(task::Column::EndedAt.lt(midnight(*first)))
        .add(task::Column::EndedAt.gte(midnight(*last + Days::new(1))))
}
