//! How long a kind of work takes, by day and by night, from what was finished: never a number without data.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement, sea_query::OnConflict,
};

use ::entity::{estimate, task, task_kind};

use crate::{
    Result, Store, Tx, setting,
    timer::{self, Due},
    zone,
};

/// Finished tasks until a number is told.
pub const LEAST: i64 = 5;

/// What ends within it is reckoned together.
const MOMENT: TimeDelta = TimeDelta::seconds(2);

const ALL: &str = "all";

/// When work began, by the clock at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    Day,
    Night,
    /// Day and night together.
    All,
}

/// What usually holds for a kind of work.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Estimate {
    pub kind_id: i64,
    /// `day`, `night`, or `all` where one band alone has too little.
    pub band: String,
    /// Finished tasks it rests on.
    pub count: i64,
    pub p50_seconds: i64,
    pub p75_seconds: i64,
}

impl Estimate {
    pub fn p75(&self) -> TimeDelta {
        TimeDelta::seconds(self.p75_seconds)
    }
}

impl From<estimate::Model> for Estimate {
    fn from(row: estimate::Model) -> Self {
        Self {
            kind_id: row.kind_id,
            band: row.band,
            count: row.count,
            p50_seconds: row.p50_seconds,
            p75_seconds: row.p75_seconds,
        }
    }
}

/// The band in which work begins.
pub(crate) fn band(at: DateTime<Utc>, zone: Tz) -> &'static str {
    match zone::is_day(at, zone) {
        true => "day",
        false => "night",
    }
}

/// What holds for a kind that begins then: of its band, else of the kind, else nothing.
pub async fn usual(
    db: &impl ConnectionTrait,
    kind_id: i64,
    at: DateTime<Utc>,
    zone: Tz,
) -> Result<Option<Estimate>> {
    let band = band(at, zone);
    let mut rows = known(estimate::Entity::find())
        .filter(estimate::Column::KindId.eq(kind_id))
        .filter(estimate::Column::Band.is_in([band, ALL]))
        .all(db)
        .await?;
    rows.sort_by_key(|row| row.band != band);
    Ok(rows.into_iter().next().map(Estimate::from))
}

/// Everything that is known.
pub async fn list(store: &Store) -> Result<Vec<Estimate>> {
    let rows = known(estimate::Entity::find())
        .order_by_asc(estimate::Column::KindId)
        .order_by_asc(estimate::Column::Band)
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().map(Estimate::from).collect())
}

fn known(query: Select<estimate::Entity>) -> Select<estimate::Entity> {
    query.filter(estimate::Column::Count.gte(LEAST))
}

/// Work of a kind was finished, or taken back: what holds for it is reckoned anew, behind this transaction and once for
/// all that end within a moment.
pub(crate) async fn changed(tx: &mut Tx, kind_id: i64) -> Result<()> {
    timer::gather(tx, &Due::Estimate { kind_id }, MOMENT).await
}

/// What was finished under an earlier release is reckoned once in the life of an installation.
pub(crate) async fn wind_up(tx: &mut Tx) -> Result<()> {
    if !setting::first(tx, "estimates", "wound").await? {
        return Ok(());
    }
    let kinds: Vec<i64> = task_kind::Entity::find()
        .select_only()
        .column(task_kind::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?;
    let now = tx.now();
    let dues = kinds
        .into_iter()
        .map(|kind_id| (Due::Estimate { kind_id }, now));
    timer::set_each(tx, dues.collect()).await
}

/// Reckons anew what holds for a kind.
pub(crate) async fn refresh(tx: &Tx, kind_id: i64) -> Result<()> {
    let found = match tx.is_postgres() {
        true => at_once(tx, kind_id).await?,
        false => by_place(tx, kind_id).await?,
    };
    let bands: Vec<String> = found.iter().map(|one| one.band.clone()).collect();
    estimate::Entity::delete_many()
        .filter(estimate::Column::KindId.eq(kind_id))
        .filter(estimate::Column::Band.is_not_in(bands))
        .exec(tx.db())
        .await?;
    if found.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let rows = found.into_iter().map(|one| estimate::ActiveModel {
        kind_id: Set(kind_id),
        band: Set(one.band),
        count: Set(one.count),
        p50_seconds: Set(one.p50_seconds),
        p75_seconds: Set(one.p75_seconds),
        updated_at: Set(now),
    });
    let anew = OnConflict::columns([estimate::Column::KindId, estimate::Column::Band])
        .update_columns([
            estimate::Column::Count,
            estimate::Column::P50Seconds,
            estimate::Column::P75Seconds,
            estimate::Column::UpdatedAt,
        ])
        .to_owned();
    estimate::Entity::insert_many(rows)
        .on_conflict(anew)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// What PostgreSQL reckons in one statement, to the second.
const PERCENTILES: &str = "
    SELECT $1::bigint AS kind_id, CASE WHEN grouping(band) = 1 THEN 'all' ELSE band END AS band, count(*) AS count,
        floor((percentile_cont(ARRAY[0.5, 0.75]) WITHIN GROUP (ORDER BY duration_seconds))[1])::bigint AS p50_seconds,
        floor((percentile_cont(ARRAY[0.5, 0.75]) WITHIN GROUP (ORDER BY duration_seconds))[2])::bigint AS p75_seconds
    FROM tasks
    WHERE kind_id = $1 AND duration_seconds IS NOT NULL
    GROUP BY GROUPING SETS ((band), ())
    HAVING count(*) > 0 AND (grouping(band) = 1 OR band IS NOT NULL)";

async fn at_once(tx: &Tx, kind_id: i64) -> Result<Vec<Estimate>> {
    let reckon = Statement::from_sql_and_values(DbBackend::Postgres, PERCENTILES, [kind_id.into()]);
    Ok(Estimate::find_by_statement(reckon).all(tx.db()).await?)
}

/// SQLite has no percentiles, but finds a place in an order by index.
async fn by_place(tx: &Tx, kind_id: i64) -> Result<Vec<Estimate>> {
    let mut found = Vec::new();
    for band in ["day", "night", ALL] {
        let count = finished(kind_id, band).count(tx.db()).await?;
        if count > 0 {
            found.push(Estimate {
                kind_id,
                band: band.into(),
                count: count as i64,
                p50_seconds: percentile(tx, finished(kind_id, band), count, 50).await?,
                p75_seconds: percentile(tx, finished(kind_id, band), count, 75).await?,
            });
        }
    }
    Ok(found)
}

fn finished(kind_id: i64, band: &str) -> Select<task::Entity> {
    let all = task::Entity::find()
        .filter(task::Column::KindId.eq(kind_id))
        .filter(task::Column::DurationSeconds.is_not_null());
    match band {
        ALL => all,
        band => all.filter(task::Column::Band.eq(band)),
    }
}

/// As PostgreSQL's `percentile_cont`, to the second: between two neighbours in proportion.
async fn percentile(tx: &Tx, of: Select<task::Entity>, count: u64, percent: u64) -> Result<i64> {
    let hundredths = percent * (count - 1);
    let neighbours: Vec<i64> = of
        .select_only()
        .column(task::Column::DurationSeconds)
        .order_by_asc(task::Column::DurationSeconds)
        .offset(hundredths / 100)
        .limit(2)
        .into_tuple()
        .all(tx.db())
        .await?;
    let low = neighbours.first().copied().unwrap_or_default();
    let high = neighbours.last().copied().unwrap_or_default();
    Ok(low + (high - low) * (hundredths % 100) as i64 / 100)
}
