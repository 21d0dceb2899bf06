//! The rows of reports: tasks, responses and shifts of a period, in pages by key, so that a report of any length costs
//! the database one page at a time.

use chrono::{DateTime, Days, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::{
    Actor, Refusal, Result, Store,
    actor::Level,
    error::Thing,
    figures::Period,
    shift::ShiftStatus,
    task::{AssignmentState, Status},
    zone,
};

pub use ::entity::export::{ReportFormat, ReportName};

/// Rows of a page.
const PAGE: u64 = 500;

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

/// Whether somebody may have a report about this unit, or about his own.
///
/// # Errors
/// Refused below level 2, missing when the unit is not his.
pub fn check(actor: &Actor, unit_id: Option<i64>) -> Result<(), Refusal> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed);
    }
    match unit_id {
        Some(id) if actor.level == Level::Supervisor && !actor.unit_ids.contains(&id) => {
            Err(Refusal::missing(Thing::Unit))
        }
        _ => Ok(()),
    }
}

/// A page of tasks by their planned start.
pub async fn tasks(
    store: &Store,
    actor: &Actor,
    wanted: Wanted,
    after: Option<Key>,
) -> Result<Vec<TaskRow>> {
    const WHEN: &str = "COALESCE(t.planned_start_at, t.created_at)";
    const ROWS: &str = "SELECT t.id, COALESCE(t.planned_start_at, t.created_at) AS at, t.code, t.title, k.label AS kind,
        t.status, t.priority, u.name AS unit, l.name AS lead, t.place_label AS place,
        t.planned_start_at AS planned_start, t.window_end_at AS due, t.started_at, t.ended_at, t.paused_seconds,
        (SELECT COUNT(*) FROM assignments a WHERE a.task_id = t.id AND a.state <> 'declined') AS people,
        (SELECT COUNT(*) FROM reports r WHERE r.task_id = t.id) AS reports, t.drill
        FROM tasks t JOIN task_kinds k ON k.id = t.kind_id
        LEFT JOIN units u ON u.id = t.unit_id LEFT JOIN agents l ON l.id = t.lead_agent_id";
    let mut asked = Asked::of(store, actor, wanted)?;
    asked.page(ROWS, (WHEN, "t.id"), after);
    asked.within("t.unit_id", None);
    asked.ordered((WHEN, "t.id"));
    rows(store, asked).await
}

/// A page of offers by the time they were made.
pub async fn responses(
    store: &Store,
    actor: &Actor,
    wanted: Wanted,
    after: Option<Key>,
) -> Result<Vec<ResponseRow>> {
    const ROWS: &str = "SELECT a.id, a.offered_at AS at, t.code, t.title, k.label AS kind, t.priority, u.name AS unit,
        g.name AS agent, g.badge, a.state, a.reason, a.acknowledged_at, a.en_route_at, a.on_site_at, a.released_at,
        CASE WHEN t.status = 'completed' THEN t.ended_at END AS completed_at, a.rings
        FROM assignments a JOIN tasks t ON t.id = a.task_id JOIN task_kinds k ON k.id = t.kind_id
        JOIN agents g ON g.id = a.agent_id LEFT JOIN units u ON u.id = t.unit_id";
    let mut asked = Asked::of(store, actor, wanted)?;
    asked.page(ROWS, ("a.offered_at", "a.id"), after);
    asked.within("t.unit_id", None);
    asked.ordered(("a.offered_at", "a.id"));
    rows(store, asked).await
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
    let mut asked = Asked::of(store, actor, wanted)?;
    asked.page(ROWS, ("s.starts_at", "s.id"), after);
    asked.within(
        "s.agent_id",
        Some("SELECT agent_id FROM agent_units WHERE unit_id"),
    );
    asked.ordered(("s.starts_at", "s.id"));
    rows(store, asked).await
}

async fn rows<R: FromQueryResult>(store: &Store, asked: Asked) -> Result<Vec<R>> {
    let backend = store.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, asked.sql, asked.values);
    Ok(R::find_by_statement(statement).all(store.reader()).await?)
}

/// A statement on its way.
struct Asked {
    sql: String,
    values: Vec<Value>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Everywhere when nothing is said.
    units: Option<Vec<i64>>,
}

impl Asked {
    fn of(store: &Store, actor: &Actor, wanted: Wanted) -> Result<Self, Refusal> {
        check(actor, wanted.unit_id)?;
        let zone = store.rules().zone;
        let midnight = |day: chrono::NaiveDate| zone::to_utc(day.and_time(NaiveTime::MIN), zone);
        let units = match (wanted.unit_id, actor.level) {
            (Some(id), _) => Some(vec![id]),
            (None, Level::Admin) => None,
            (None, _) => Some(actor.unit_ids.clone()),
        };
        Ok(Self {
            sql: String::new(),
            values: Vec::new(),
            from: midnight(wanted.period.from),
            until: midnight(wanted.period.until + Days::new(1)),
            units,
        })
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// What lies behind the page before: its first term tells a database where in the index to begin.
    fn page(&mut self, select: &str, (at, id): (&str, &str), after: Option<Key>) {
        let (from, last_id) = after.unwrap_or((self.from, 0));
        let (first, again, until) = (self.bind(from), self.bind(from), self.bind(self.until));
        let last_id = self.bind(last_id);
        self.sql = format!(
            "{select} WHERE {at} >= {first} AND {at} < {until} AND ({at} > {again} OR {id} > {last_id})"
        );
    }

    fn within(&mut self, column: &str, members: Option<&str>) {
        let Some(units) = self.units.clone() else {
            return;
        };
        let ids: Vec<String> = units.into_iter().map(|id| self.bind(id)).collect();
        let ids = if ids.is_empty() {
            "NULL".to_owned()
        } else {
            ids.join(", ")
        };
        let set = match members {
            Some(select) => format!(" AND {column} IN ({select} IN ({ids}))"),
            None => format!(" AND {column} IN ({ids})"),
        };
        self.sql.push_str(&set);
    }

    fn ordered(&mut self, (at, id): (&str, &str)) {
        let order = format!(" ORDER BY {at}, {id} LIMIT {PAGE}");
        self.sql.push_str(&order);
    }
}
