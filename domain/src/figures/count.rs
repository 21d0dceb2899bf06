//! Counts what was done, one statement however many tasks and days.

use std::fmt::Write;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use super::{Sums, Whose};
use crate::{Result, zone};

/// A row of sums as the database tells it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub part: i64,
    pub unit_id: i64,
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

impl From<Row> for Sums {
    fn from(row: Row) -> Self {
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
    let midnight = |day: NaiveDate| zone::to_utc(day.and_time(NaiveTime::MIN), zone);
    (midnight(first), midnight(first + days))
}

/// What was done in each of these parts of the calendar.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    parts: &[(NaiveDate, Days)],
    zone: Tz,
    whose: &Whose,
) -> Result<Vec<(NaiveDate, Sums)>> {
    let rows = rows(db, parts, zone, whose).await?;
    let of_part = |row: Row| Some((parts.get(usize::try_from(row.part).ok()?)?.0, row.into()));
    Ok(rows.into_iter().filter_map(of_part).collect())
}

/// The same by unit; tasks of none are of unit 0.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    parts: &[(NaiveDate, Days)],
    zone: Tz,
    whose: &Whose,
) -> Result<Vec<Row>> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Asked::new(db.get_database_backend());
    asked.parts(parts, zone);
    asked.ended(whose);
    asked.sums(whose);
    let statement = Statement::from_sql_and_values(asked.backend, asked.sql, asked.values);
    Ok(Row::find_by_statement(statement).all(db).await?)
}

/// A statement on its way.
struct Asked {
    backend: DbBackend,
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    fn new(backend: DbBackend) -> Self {
        Self {
            backend,
            sql: String::new(),
            values: Vec::new(),
        }
    }

    fn add(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// The place of a value.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn parts(&mut self, parts: &[(NaiveDate, Days)], zone: Tz) {
        self.add("WITH parts(part, begins, ends) AS (VALUES ");
        for (number, part) in parts.iter().enumerate() {
            let (begins, ends) = moments(*part, zone);
            let (begins, ends) = (self.bind(begins), self.bind(ends));
            let comma = if number > 0 { ", " } else { "" };
            write!(self.sql, "{comma}({number}, {begins}, {ends})").expect("a string grows");
        }
        self.add(")");
    }

    /// The tasks that ended, with the part in which they did.
    fn ended(&mut self, whose: &Whose) {
        self.add(
            ", ended AS (SELECT parts.part, COALESCE(t.unit_id, 0) AS unit_id, t.id, t.status, t.ended_at, t.window_end_at FROM parts",
        );
        let when = "t.ended_at >= parts.begins AND t.ended_at < parts.ends
            AND t.status IN ('completed', 'cancelled') AND t.drill = FALSE";
        match whose {
            Whose::Person { agent_id, .. } => {
                let agent = self.bind(*agent_id);
                // Whoever was released before the end did not complete it.
                let on_it = format!(
                    " JOIN tasks t ON {when} JOIN assignments m ON m.task_id = t.id AND m.agent_id = {agent}
                      AND m.state = 'released' AND m.released_at >= t.ended_at"
                );
                self.add(&on_it);
            }
            Whose::Units(ids) => {
                let ids: Vec<String> = ids.iter().map(|id| self.bind(*id)).collect();
                let none = "NULL".to_owned();
                let ids = if ids.is_empty() { none } else { ids.join(", ") };
                let each = self.each("tasks", "t", &format!("{when} AND t.unit_id IN ({ids})"));
                self.add(&each);
            }
            Whose::Everybody => {
                let each = self.each("tasks", "t", when);
                self.add(&each);
            }
        }
        self.add(")");
    }

    /// Joins what belongs to each row so far. PostgreSQL cannot know how few these are: it is told to look for
    /// each by the index rather than to read whole tables; SQLite does by itself.
    fn each(&self, table: &str, alias: &str, condition: &str) -> String {
        match self.backend {
            DbBackend::Postgres => format!(
                " CROSS JOIN LATERAL (SELECT {alias}.* FROM {table} {alias} WHERE {condition} OFFSET 0) {alias}"
            ),
            _ => format!(" JOIN {table} {alias} ON {condition}"),
        }
    }

    fn sums(&mut self, whose: &Whose) {
        let (mine, reports) = match whose {
            Whose::Person { user_id, agent_id } => {
                let (agent, user) = (self.bind(*agent_id), self.bind(*user_id));
                (
                    format!(" AND a.agent_id = {agent}"),
                    format!(
                        "SELECT parts.part, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM parts{}",
                        self.each(
                            "reports",
                            "r",
                            &format!("r.recorded_at >= parts.begins AND r.recorded_at < parts.ends AND r.user_id = {user}")
                        )
                    ),
                )
            }
            _ => (
                String::new(),
                format!(
                    "SELECT e.part, e.unit_id, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM ended e{}",
                    self.each("reports", "r", "r.task_id = e.id")
                ),
            ),
        };
        let columns = SUMS.map(|(name, _)| name).join(", ");
        let (acknowledged, on_site, worked) = (
            self.seconds("a.acknowledged_at", "a.offered_at"),
            self.seconds("a.on_site_at", "a.acknowledged_at"),
            self.seconds("e.ended_at", "a.on_site_at"),
        );
        let there = "a.on_site_at <= e.ended_at AND a.released_at >= e.ended_at";
        let sql = format!(
            ", rows(part, unit_id, {columns}) AS (
               SELECT e.part, e.unit_id, {done}, {off}, {timed}, {on_time}, 0, 0, 0, 0, 0, 0, 0 FROM ended e
               UNION ALL
               SELECT e.part, e.unit_id, 0, 0, 0, 0, 0, {is_acknowledged}, COALESCE({acknowledged}, 0),
                 {has_arrived}, COALESCE({on_site}, 0), {has_worked}, CASE WHEN {there} THEN {worked} ELSE 0 END
               FROM ended e{crew} WHERE e.status = 'completed'
               UNION ALL
               {reports})
             SELECT CAST(part AS BIGINT) AS part, CAST(unit_id AS BIGINT) AS unit_id, {summed}
             FROM rows GROUP BY part, unit_id",
            crew = self.each("assignments", "a", &format!("a.task_id = e.id{mine}")),
            done = one_if("e.status = 'completed'"),
            off = one_if("e.status = 'cancelled'"),
            timed = one_if("e.status = 'completed' AND e.window_end_at IS NOT NULL"),
            on_time = one_if("e.status = 'completed' AND e.ended_at <= e.window_end_at"),
            is_acknowledged = one_if("a.acknowledged_at IS NOT NULL"),
            has_arrived = one_if("a.on_site_at IS NOT NULL AND a.acknowledged_at IS NOT NULL"),
            has_worked = one_if(there),
            summed = summed(),
        );
        self.add(&sql);
    }

    fn seconds(&self, later: &str, earlier: &str) -> String {
        match self.backend {
            DbBackend::Postgres => {
                format!("CAST(EXTRACT(EPOCH FROM ({later} - {earlier})) AS DOUBLE PRECISION)")
            }
            _ => format!("ROUND((julianday({later}) - julianday({earlier})) * 86400.0, 3)"),
        }
    }
}

fn one_if(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN 1 ELSE 0 END")
}
