//! The sums of days that are over, as they are read.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use ::entity::{day_figure, figure_day, task};

use super::{Period, Sums, Whose, count};
use crate::{Result, Store, asked::Asked, task::Status, zone};

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
    let sums = rows.into_iter().map(|row| (row.day, row.sums.into()));
    Ok((days, sums.collect()))
}

/// The sums of a day, over all units that were asked for.
#[derive(FromQueryResult)]
struct DayRow {
    day: NaiveDate,
    #[sea_orm(nested)]
    sums: count::Columns,
}

/// Raised when one of the sums comes to mean something else: the second form counts every round of whoever was asked anew.
const FORM: u8 = 2;

/// By what days are summed up: where they begin, and what is counted. In a rolling restart an older release sums up days in
/// its own form, and marks them so.
pub(super) fn measure(zone: Tz) -> String {
    format!("{} {FORM}", zone.name())
}

/// Sums that were made by another measure are none.
pub(super) fn whole(zone: Tz) -> Condition {
    Condition::all()
        .add(figure_day::Column::Whole.eq(true))
        .add(figure_day::Column::Zone.eq(measure(zone)))
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
    let runs = runs(db, zone).await?;
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
            .filter(outside(&runs, zone))
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

/// Days in a row whose sums are kept, the last one included.
#[derive(FromQueryResult)]
struct Run {
    begins: NaiveDate,
    ends: NaiveDate,
}

/// All of them in order: one, unless some day between them is to be counted anew.
async fn runs(db: &impl ConnectionTrait, zone: Tz) -> Result<Vec<Run>> {
    let mut asked = Asked::of(db);
    let number = "ROW_NUMBER() OVER (ORDER BY day)";
    let same_in_a_row = match asked.backend {
        DbBackend::Postgres => format!("day - CAST({number} AS INTEGER)"),
        _ => format!("julianday(day) - {number}"),
    };
    let zone = asked.bind(measure(zone));
    asked.add(&format!(
        "SELECT MIN(day) AS begins, MAX(day) AS ends FROM
           (SELECT day, {same_in_a_row} AS run FROM figure_days WHERE whole = TRUE AND zone = {zone}) AS kept
         GROUP BY run ORDER BY 1"
    ));
    asked.all(db).await
}

/// What ended outside of these days.
fn outside(runs: &[Run], zone: Tz) -> Condition {
    let before = |day: NaiveDate| task::Column::EndedAt.lt(zone::midnight(day, zone));
    let after =
        |day: NaiveDate| task::Column::EndedAt.gte(zone::midnight(day + Days::new(1), zone));
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return Condition::all();
    };
    let gaps = runs.windows(2).map(|pair| {
        Condition::all()
            .add(after(pair[0].ends))
            .add(before(pair[1].begins))
    });
    gaps.fold(Condition::any(), Condition::add)
        .add(before(first.begins))
        .add(after(last.ends))
}
