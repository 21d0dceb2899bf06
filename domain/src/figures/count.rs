//! Counts what was done, one statement however many tasks and days.

use std::fmt::Write;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use super::{Sums, Whose};
use crate::{Result, asked::Asked, zone};

/// A row of sums as the database tells it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub part: i64,
    pub unit_id: i64,
    #[sea_orm(nested)]
    pub sums: Columns,
}

/// The sums of a row, by the names of [`SUMS`].
#[derive(Debug, FromQueryResult)]
pub(super) struct Columns {
    pub completed: i64,
    pub cancelled: i64,
    pub timed: i64,
    pub on_time: i64,
    pub reports: i64,
    pub acknowledged: i64,
    pub acknowledged_s: f64,
    pub on_site: i64,
    pub on_site_s: f64,
    pub worked: i64,
    pub worked_s: f64,
}

impl From<Columns> for Sums {
    fn from(row: Columns) -> Self {
        let count = |number: i64| number.unsigned_abs();
        Self {
            completed: count(row.completed),
            cancelled: count(row.cancelled),
            timed: count(row.timed),
            on_time: count(row.on_time),
            reports: count(row.reports),
            acknowledged: (count(row.acknowledged), row.acknowledged_s),
            on_site: (count(row.on_site), row.on_site_s),
            worked: (count(row.worked), row.worked_s),
        }
    }
}

/// The columns of a row, after the part and the unit.
pub(super) const SUMS: [(&str, &str); 11] = [
    ("completed", "BIGINT"),
    ("cancelled", "BIGINT"),
    ("timed", "BIGINT"),
    ("on_time", "BIGINT"),
    ("reports", "BIGINT"),
    ("acknowledged", "BIGINT"),
    ("acknowledged_s", "DOUBLE PRECISION"),
    ("on_site", "BIGINT"),
    ("on_site_s", "DOUBLE PRECISION"),
    ("worked", "BIGINT"),
    ("worked_s", "DOUBLE PRECISION"),
];

/// The sums of every column, in both databases of the same type.
pub(super) fn summed() -> String {
    SUMS.map(|(name, kind)| format!("CAST(COALESCE(SUM({name}), 0) AS {kind}) AS {name}"))
        .join(", ")
}

/// The moments at which some days begin and end.
pub(super) fn moments(
    (first, days): (NaiveDate, Days),
    zone: Tz,
) -> (DateTime<Utc>, DateTime<Utc>) {
    (
        zone::midnight(first, zone),
        zone::midnight(first + days, zone),
    )
}

/// What was done in each of these parts of the calendar.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    parts: &[(NaiveDate, Days)],
    zone: Tz,
    whose: &Whose,
) -> Result<Vec<(NaiveDate, Sums)>> {
    let rows = rows(db, parts, zone, whose).await?;
    let of_part = |row: Row| {
        let (first, _) = parts.get(usize::try_from(row.part).ok()?)?;
        Some((*first, row.sums.into()))
    };
    Ok(rows.into_iter().filter_map(of_part).collect())
}

/// The same by unit; tasks of none are of unit 0.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    days: &[(NaiveDate, Days)],
    zone: Tz,
    whose: &Whose,
) -> Result<Vec<Row>> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Asked::of(db);
    parts(&mut asked, days, zone);
    ended(&mut asked, whose);
    sums(&mut asked, whose);
    asked.all(db).await
}

fn parts(asked: &mut Asked, parts: &[(NaiveDate, Days)], zone: Tz) {
    asked.add("WITH parts(part, begins, ends) AS (VALUES ");
    for (number, part) in parts.iter().enumerate() {
        let (begins, ends) = moments(*part, zone);
        let (begins, ends) = (asked.bind(begins), asked.bind(ends));
        let comma = if number > 0 { ", " } else { "" };
        write!(asked.sql, "{comma}({number}, {begins}, {ends})").expect("a string grows");
    }
    asked.add(")");
}

/// The tasks that ended, with the part in which they did.
fn ended(asked: &mut Asked, whose: &Whose) {
    asked.add(
        ", ended AS (SELECT parts.part, COALESCE(t.unit_id, 0) AS unit_id, t.id, t.status, t.ended_at, t.window_end_at FROM parts",
    );
    let when = "t.ended_at >= parts.begins AND t.ended_at < parts.ends
        AND t.status IN ('completed', 'cancelled') AND t.drill = FALSE";
    match whose {
        Whose::Person { agent_id, .. } => {
            let agent = asked.bind(*agent_id);
            // Whoever was released before the end did not complete it.
            let on_it = format!(
                " JOIN tasks t ON {when} JOIN assignments m ON m.task_id = t.id AND m.agent_id = {agent}
                  AND m.state = 'released' AND m.released_at >= t.ended_at"
            );
            asked.add(&on_it);
        }
        Whose::Units(ids) => {
            let ids = asked.bind_each(ids);
            let when = format!("{when} AND t.unit_id IN ({ids})");
            asked.add(&each(asked.backend, "tasks", "t", &when));
        }
        Whose::Everybody => asked.add(&each(asked.backend, "tasks", "t", when)),
    }
    asked.add(")");
}

/// Joins what belongs to each row so far. PostgreSQL cannot know how few these are: it is told to look for
/// each by the index rather than to read whole tables; SQLite does by itself.
pub(super) fn each(backend: DbBackend, table: &str, alias: &str, condition: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            " CROSS JOIN LATERAL (SELECT {alias}.* FROM {table} {alias} WHERE {condition} OFFSET 0) {alias}"
        ),
        _ => format!(" JOIN {table} {alias} ON {condition}"),
    }
}

/// What was answered on each completed task: in its last round, and before anybody was asked anew.
const ROUNDS: [&str; 2] = ["assignments", "former_assignments"];

/// Whoever was there when the task ended worked on it.
pub(super) fn worked(ended_at: &str) -> String {
    format!("a.on_site_at <= {ended_at} AND a.released_at >= {ended_at}")
}

fn sums(asked: &mut Asked, whose: &Whose) {
    let answers = ROUNDS
        .map(|table| answers(asked, table, whose))
        .join(" UNION ALL ");
    let reports = reports(asked, whose);
    let columns = SUMS.map(|(name, _)| name).join(", ");
    let sql = format!(
        ", rows(part, unit_id, {columns}) AS (
           SELECT e.part, e.unit_id, {done}, {off}, {timed}, {on_time}, 0, 0, 0, 0, 0, 0, 0 FROM ended e
           UNION ALL
           {answers}
           UNION ALL
           {reports})
         SELECT CAST(part AS BIGINT) AS part, CAST(unit_id AS BIGINT) AS unit_id, {summed}
         FROM rows GROUP BY part, unit_id",
        done = one_if("e.status = 'completed'"),
        off = one_if("e.status = 'cancelled'"),
        timed = one_if("e.status = 'completed' AND e.window_end_at IS NOT NULL"),
        on_time = one_if("e.status = 'completed' AND e.ended_at <= e.window_end_at"),
        summed = summed(),
    );
    asked.add(&sql);
}

/// How fast people answered, arrived and worked.
fn answers(asked: &mut Asked, table: &str, whose: &Whose) -> String {
    let of_task = match whose {
        Whose::Person { agent_id, .. } => {
            let agent = asked.bind(*agent_id);
            format!("a.task_id = e.id AND a.agent_id = {agent}")
        }
        _ => "a.task_id = e.id".into(),
    };
    let backend = asked.backend;
    let there = worked("e.ended_at");
    format!(
        "SELECT e.part, e.unit_id, 0, 0, 0, 0, 0, {is_acknowledged}, COALESCE({acknowledged}, 0),
           {has_arrived}, COALESCE({on_site}, 0), {has_worked}, CASE WHEN {there} THEN {worked} ELSE 0 END
         FROM ended e{crew} WHERE e.status = 'completed'",
        crew = each(backend, table, "a", &of_task),
        is_acknowledged = one_if("a.acknowledged_at IS NOT NULL"),
        acknowledged = seconds(backend, "a.acknowledged_at", "a.offered_at"),
        has_arrived = one_if("a.on_site_at IS NOT NULL AND a.acknowledged_at IS NOT NULL"),
        on_site = seconds(backend, "a.on_site_at", "a.acknowledged_at"),
        has_worked = one_if(&there),
        worked = seconds(backend, "e.ended_at", "a.on_site_at"),
    )
}

/// A person's own in these days, else those of the tasks.
fn reports(asked: &mut Asked, whose: &Whose) -> String {
    let Whose::Person { user_id, .. } = whose else {
        let of_task = each(asked.backend, "reports", "r", "r.task_id = e.id");
        return format!(
            "SELECT e.part, e.unit_id, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM ended e{of_task}"
        );
    };
    let user = asked.bind(*user_id);
    let his = format!(
        "r.recorded_at >= parts.begins AND r.recorded_at < parts.ends AND r.user_id = {user}"
    );
    let his = each(asked.backend, "reports", "r", &his);
    format!("SELECT parts.part, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM parts{his}")
}

fn seconds(backend: DbBackend, later: &str, earlier: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("CAST(EXTRACT(EPOCH FROM ({later} - {earlier})) AS DOUBLE PRECISION)")
        }
        _ => format!("ROUND((julianday({later}) - julianday({earlier})) * 86400.0, 3)"),
    }
}

fn one_if(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN 1 ELSE 0 END")
}
