//! The rows of reports: tasks, responses and shifts of a period, in pages by key, so that a report of any length costs
//! the database one page at a time.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use sea_orm::FromQueryResult;
use serde_json::json;

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Level,
    asked::Asked,
    audit::{self, Subject},
    figures::Period,
    shift::ShiftStatus,
    task::{AssignmentState, Status},
    zone,
};

pub use ::entity::export::{ReportFormat, ReportName};

mod homes;
mod length;

/// Rows of a page.
const PAGE: u64 = 500;

/// The most rows of a report as PDF: its pages lie in memory until the last one is there, and nobody reads more of them.
pub const PDF_ROWS_MOST: u64 = 2_000;

/// Of when and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub period: Period,
    /// All of one's units when nothing is said.
    pub unit_id: Option<i64>,
}

/// Where a page ended.
pub type Key = (DateTime<Utc>, i64);

/// A task that was planned for the period, or came up in it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TaskRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub code: String,
    pub title: String,
    pub kind: String,
    pub status: Status,
    pub priority: i16,
    pub unit: Option<String>,
    pub lead: Option<String>,
    pub place: Option<String>,
    pub planned_start: Option<DateTime<Utc>>,
    pub due: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub paused_seconds: i64,
    pub people: i64,
    pub reports: i64,
    pub drill: bool,
}

/// What became of an offer that was made in the period.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ResponseRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub code: String,
    pub title: String,
    pub kind: String,
    pub priority: i16,
    pub unit: Option<String>,
    pub agent: String,
    pub badge: Option<String>,
    pub state: AssignmentState,
    pub reason: Option<String>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub en_route_at: Option<DateTime<Utc>>,
    pub on_site_at: Option<DateTime<Utc>>,
    pub released_at: Option<DateTime<Utc>>,
    /// When the task was completed, if it was.
    pub completed_at: Option<DateTime<Utc>>,
    pub rings: i32,
}

/// A shift that begins in the period.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ShiftRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub agent: String,
    pub badge: Option<String>,
    pub unit: Option<String>,
    pub status: ShiftStatus,
    pub ends_at: DateTime<Utc>,
    pub present_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

/// Puts on record who takes which report away, of when and of whom, as it begins.
///
/// # Errors
/// Refused below level 2, and as PDF when it is longer than [`PDF_ROWS_MOST`]; missing when the unit is not his.
pub async fn begun(
    tx: &Tx,
    actor: &Actor,
    (report, format): (ReportName, ReportFormat),
    wanted: Wanted,
) -> Result<()> {
    let scope = Scope::of(tx.rules().zone, actor, wanted)?;
    let paper = format == ReportFormat::Pdf;
    if paper && length::is_longer(tx, &scope, report, PDF_ROWS_MOST).await? {
        let limit = PDF_ROWS_MOST as u32;
        return Err(Refusal::TooManyRows { limit }.into());
    }
    let subject = wanted.unit_id.map_or(Subject::Export, Subject::Unit);
    let data = json!({
        "report": report,
        "format": format,
        "from": wanted.period.from,
        "until": wanted.period.until,
    });
    audit::record(tx, actor, "export.begun", subject, data).await
}

/// When a task was planned for, or came up.
const WHEN: &str = "COALESCE(t.planned_start_at, t.created_at)";

/// A page of tasks by their planned start.
pub async fn tasks(
    store: &Store,
    actor: &Actor,
    wanted: Wanted,
    after: Option<Key>,
) -> Result<Vec<TaskRow>> {
    const ROWS: &str = "SELECT t.id, COALESCE(t.planned_start_at, t.created_at) AS at, t.code, t.title, k.label AS kind,
        t.status, t.priority, u.name AS unit, l.name AS lead, t.place_label AS place,
        t.planned_start_at AS planned_start, t.window_end_at AS due, t.started_at, t.ended_at, t.paused_seconds,
        (SELECT COUNT(*) FROM assignments a WHERE a.task_id = t.id AND a.state <> 'declined') AS people,
        (SELECT COUNT(*) FROM reports r WHERE r.task_id = t.id) AS reports, t.drill
        FROM tasks t JOIN task_kinds k ON k.id = t.kind_id
        LEFT JOIN units u ON u.id = t.unit_id LEFT JOIN agents l ON l.id = t.lead_agent_id";
    let scope = Scope::of(store.rules().zone, actor, wanted)?;
    let mut asked = Asked::of(store.reader());
    scope.page(&mut asked, ROWS, (WHEN, "t.id"), after);
    scope.of_units(&mut asked, "t.unit_id");
    ordered(&mut asked, (WHEN, "t.id"));
    asked.all(store.reader()).await
}

/// What was asked and answered, and the number of it: earlier rounds count downwards from 0, so that no two have one.
const ROUNDS: [(&str, &str, &str); 2] = [
    ("assignments", "a.id", "a.rings"),
    ("former_assignments", "-a.id", "0"),
];

/// A page of offers by the time they were made, also those after which somebody was asked anew.
pub async fn responses(
    store: &Store,
    actor: &Actor,
    wanted: Wanted,
    after: Option<Key>,
) -> Result<Vec<ResponseRow>> {
    let scope = Scope::of(store.rules().zone, actor, wanted)?;
    let mut asked = Asked::of(store.reader());
    for (table, id, rings) in ROUNDS {
        let union = if asked.sql.is_empty() {
            ""
        } else {
            " UNION ALL "
        };
        asked.add(&format!("{union}SELECT * FROM ("));
        let select = format!(
            "SELECT {id} AS id, a.offered_at AS at, t.code, t.title, k.label AS kind, t.priority, u.name AS unit,
             g.name AS agent, g.badge, a.state, a.reason, a.acknowledged_at, a.en_route_at, a.on_site_at, a.released_at,
             CASE WHEN t.status = 'completed' THEN t.ended_at END AS completed_at, {rings} AS rings
             FROM {table} a JOIN tasks t ON t.id = a.task_id JOIN task_kinds k ON k.id = t.kind_id
             JOIN agents g ON g.id = a.agent_id LEFT JOIN units u ON u.id = t.unit_id"
        );
        let key = ("a.offered_at", id);
        scope.page(&mut asked, &select, key, after);
        scope.of_units(&mut asked, "t.unit_id");
        ordered(&mut asked, key);
        asked.add(") AS rounds");
    }
    ordered(&mut asked, ("at", "id"));
    asked.all(store.reader()).await
}

/// A page of shifts by their start.
pub async fn shifts(
    store: &Store,
    actor: &Actor,
    wanted: Wanted,
    after: Option<Key>,
) -> Result<Vec<ShiftRow>> {
    const ROWS: &str = "SELECT s.id, s.starts_at AS at, g.name AS agent, g.badge, u.name AS unit, s.status, s.ends_at,
        s.present_at, s.ended_at, s.note
        FROM shifts s JOIN agents g ON g.id = s.agent_id LEFT JOIN units u ON u.id = s.unit_id";
    let scope = Scope::of(store.rules().zone, actor, wanted)?;
    let mut asked = Asked::of(store.reader());
    let part = format!(" ORDER BY s.starts_at, s.id LIMIT {PAGE}");
    let key = match homes::add(&mut asked, &scope, ROWS, after, &part) {
        true => ("at", "id"),
        false => homes::KEY,
    };
    ordered(&mut asked, key);
    asked.all(store.reader()).await
}

/// Of when and of whom, as it stands in a statement.
struct Scope {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Everywhere when nothing is said.
    units: Option<Vec<i64>>,
}

impl Scope {
    fn of(zone: Tz, actor: &Actor, wanted: Wanted) -> Result<Self, Refusal> {
        actor.check_unit(wanted.unit_id)?;
        let units = match (wanted.unit_id, actor.level) {
            (Some(id), _) => Some(vec![id]),
            (None, Level::Admin) => None,
            (None, _) => Some(actor.unit_ids.clone()),
        };
        Ok(Self {
            from: zone::midnight(wanted.period.from, zone),
            until: zone::midnight(wanted.period.until + Days::new(1), zone),
            units,
        })
    }

    /// What lies behind the page before: its first term tells a database where in the index to begin.
    fn page(&self, asked: &mut Asked, select: &str, (at, id): (&str, &str), after: Option<Key>) {
        let (from, last_id) = after.unwrap_or((self.from, i64::MIN));
        let (first, again) = (asked.bind(from), asked.bind(from));
        let until = asked.bind(self.until);
        let last_id = asked.bind(last_id);
        asked.add(&format!(
            "{select} WHERE {at} >= {first} AND {at} < {until} AND ({at} > {again} OR {id} > {last_id})"
        ));
    }

    fn of_units(&self, asked: &mut Asked, unit: &str) {
        if let Some(units) = &self.units {
            let ids = asked.bind_each(units);
            asked.add(&format!(" AND {unit} IN ({ids})"));
        }
    }

    /// Agents who belong to one of the units.
    fn of_members(&self, asked: &mut Asked, agent: &str) {
        if let Some(units) = &self.units {
            let ids = asked.bind_each(units);
            asked.add(&format!(
                " AND {agent} IN (SELECT agent_id FROM agent_units WHERE unit_id IN ({ids}))"
            ));
        }
    }
}

fn ordered(asked: &mut Asked, (at, id): (&str, &str)) {
    asked.add(&format!(" ORDER BY {at}, {id} LIMIT {PAGE}"));
}
