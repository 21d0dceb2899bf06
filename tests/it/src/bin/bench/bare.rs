//! The practical ceiling: axum and sqlx alone, running the statements that GAD runs for a list of tasks, for one and
//! for a new one on PostgreSQL, with the same answers. `bench bare URL` serves it and prints its address.

use std::{
    collections::BTreeSet,
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::sqlx::{
    self, FromRow, PgConnection, PgPool, Row,
    postgres::{PgPoolOptions, PgRow},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, process::Command};

/// As many as GAD has when nobody says otherwise.
const CONNECTIONS: u32 = 16;

/// Serves until it is killed.
pub async fn serve(url: &str) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect(url)
        .await?;
    let router = Router::new()
        .route("/api/v1/tasks", get(list).post(create))
        .route("/api/v1/tasks/{id}", get(detail))
        .with_state(Arc::new(pool));
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    Ok(axum::serve(listener, router).await?)
}

/// The same in a process of its own, killed when it is dropped; its address.
pub async fn start(url: &str) -> Result<(tokio::process::Child, String)> {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let mut child = Command::new(std::env::current_exe()?)
        .args(["bare", url])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("a pipe")?).lines();
    let base = lines.next_line().await?.context("it says no address")?;
    Ok((child, base))
}

/// What went wrong, as 500.
struct Failed(sqlx::Error);

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

type Answer<T> = Result<T, Failed>;

#[derive(Deserialize)]
struct Limit {
    limit: i64,
    /// The last id of the page before, as JSON in base64.
    cursor: Option<String>,
}

impl Limit {
    fn before(&self) -> i64 {
        let bytes = self
            .cursor
            .as_ref()
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or(i64::MAX)
    }
}

async fn list(State(pool): State<Arc<PgPool>>, Query(query): Query<Limit>) -> Answer<Json<Value>> {
    let mut db = pool.acquire().await?;
    let statement = with_names("WHERE tasks.id < $1 ORDER BY tasks.id DESC LIMIT $2");
    let mut rows: Vec<Task> = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(query.before())
        .bind(query.limit + 1)
        .fetch_all(&mut *db)
        .await?;
    rows.truncate(query.limit as usize);
    let next = rows.last().map(|row| row.id.to_string());
    let items = with_parts(&mut db, rows).await?;
    Ok(Json(json!({ "items": items, "next_cursor": next })))
}

async fn detail(State(pool): State<Arc<PgPool>>, Path(id): Path<i64>) -> Answer<Json<Value>> {
    let mut db = pool.acquire().await?;
    Ok(Json(one(&mut db, id).await?))
}

#[derive(Deserialize)]
struct Wanted {
    title: String,
    kind: String,
    place: Place,
}

#[derive(Deserialize)]
struct Place {
    lat: f64,
    lon: f64,
    label: String,
}

async fn create(
    State(pool): State<Arc<PgPool>>,
    Json(wanted): Json<Wanted>,
) -> Answer<(StatusCode, Json<Value>)> {
    let mut db = pool.begin().await?;
    let kind = sqlx::query("SELECT * FROM task_kinds WHERE code = $1 AND active = $2 LIMIT 1")
        .bind(&wanted.kind)
        .bind(true)
        .fetch_one(&mut *db)
        .await?;
    let now: DateTime<Utc> = sqlx::query_scalar("SELECT now()")
        .fetch_one(&mut *db)
        .await?;
    let (id, code) = insert(&mut db, &wanted, &kind, now).await?;
    let audit = "INSERT INTO audit (at, user_id, action, subject_kind, subject_id, channel, data)
        VALUES ($1, 1, 'task.create', 'task', $2, 'api', $3)";
    sqlx::query(audit)
        .bind(now)
        .bind(id)
        .bind(json!({ "kind": wanted.kind }))
        .execute(&mut *db)
        .await?;
    let task = one(&mut db, id).await?;
    log(&mut db, id, &code, now).await?;
    db.commit().await?;
    Ok((StatusCode::CREATED, Json(task)))
}

async fn insert(
    db: &mut PgConnection,
    wanted: &Wanted,
    kind: &PgRow,
    now: DateTime<Utc>,
) -> Result<(i64, String), sqlx::Error> {
    let prefix: String = kind.try_get("prefix")?;
    let count = "INSERT INTO code_counters (prefix, year, last) VALUES ($1, $2, 1)
        ON CONFLICT (prefix, year) DO UPDATE SET last = code_counters.last + 1 RETURNING last";
    let last: i64 = sqlx::query_scalar(count)
        .bind(&prefix)
        .bind(2026)
        .fetch_one(&mut *db)
        .await?;
    let code = format!("{prefix}-2026-{last:04}");
    let statement = "INSERT INTO tasks (code, kind_id, title, search, status, priority, lat, lon, place_label,
            planned_start_local, planned_start_at, zone, window_start_at, window_end_at, created_by, paused_seconds,
            counts_in_estimates, drill, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'scheduled', $5, $6, $7, $8, $9, $10, 'UTC', $10, $10, 1, 0, TRUE, FALSE, 1, $10, $10)
        RETURNING id";
    let id = sqlx::query_scalar(statement)
        .bind(&code)
        .bind(kind.try_get::<i64, _>("id")?)
        .bind(&wanted.title)
        .bind(format!("{code} {} {}", wanted.title, wanted.place.label).to_lowercase())
        .bind(kind.try_get::<i16, _>("priority")?)
        .bind(wanted.place.lat)
        .bind(wanted.place.lon)
        .bind(&wanted.place.label)
        .bind(now.naive_utc())
        .bind(now)
        .fetch_one(db)
        .await?;
    Ok((id, code))
}

/// Order, number and events in one message, as GAD sends them.
async fn log(
    db: &mut PgConnection,
    id: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (data, at) = (json!({ "id": id, "code": code }), now.to_rfc3339());
    let newest = "(SELECT coalesce(max(seq), 0) FROM events)";
    let statement = format!(
        "SELECT pg_advisory_xact_lock(7232147001); INSERT INTO events
            (seq, topic, kind, task_id, agent_id, unit_ids, user_ids, data, created_at) VALUES
            ({newest} + 1, 'tasks', 'task_created', {id}, NULL, '[]', '[1]', '{data}', '{at}'),
            ({newest} + 2, 'kpis', 'kpis_changed', NULL, NULL, '[]', '[1]', '{{}}', '{at}')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(db)
        .await
        .map(drop)
}

macro_rules! row {
    ($name:ident { $($column:ident: $kind:ty,)+ }) => {
        /// A row of the table, all that is shown of it.
        struct $name {
            $($column: $kind,)+
        }

        impl FromRow<'_, PgRow> for $name {
            fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($column: row.try_get(stringify!($column))?,)+
                })
            }
        }
    };
}

row! {
    Task {
        id: i64,
        code: String,
        title: String,
        description: Option<String>,
        status: String,
        priority: i16,
        lat: Option<f64>,
        lon: Option<f64>,
        place_label: Option<String>,
        planned_start_local: Option<NaiveDateTime>,
        planned_start_at: Option<DateTime<Utc>>,
        planned_end_local: Option<NaiveDateTime>,
        planned_end_at: Option<DateTime<Utc>>,
        zone: String,
        started_at: Option<DateTime<Utc>>,
        paused_at: Option<DateTime<Utc>>,
        paused_seconds: i64,
        ended_at: Option<DateTime<Utc>>,
        end_reason: Option<String>,
        drill: bool,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
        kind_code: String,
        unit_name: Option<String>,
        lead_name: Option<String>,
        creator_name: Option<String>,
        ender_name: Option<String>,
    }
}

/// Tasks with what they point at is called: the first of three statements.
fn with_names(which: &str) -> String {
    const LEAD: &str = "FROM agents lead WHERE lead.id = tasks.lead_agent_id";
    format!(
        "SELECT tasks.*, kind.code AS kind_code, kind.label AS kind_label, kind.emoji AS kind_emoji,
            (SELECT name FROM units WHERE units.id = tasks.unit_id) AS unit_name,
            (SELECT lead.name {LEAD}) AS lead_name, (SELECT lead.user_id {LEAD}) AS lead_user_id,
            (SELECT telegram_id FROM users JOIN agents lead ON lead.user_id = users.id AND users.active
                WHERE lead.id = tasks.lead_agent_id) AS lead_telegram_id,
            (SELECT name FROM users WHERE users.id = tasks.created_by) AS creator_name,
            (SELECT name FROM users WHERE users.id = tasks.ended_by) AS ender_name
        FROM tasks JOIN task_kinds kind ON kind.id = tasks.kind_id {which}"
    )
}

async fn one(db: &mut PgConnection, id: i64) -> Result<Value, sqlx::Error> {
    let row = sqlx::query_as(sqlx::AssertSqlSafe(with_names("WHERE tasks.id = $1")))
        .bind(id)
        .fetch_one(&mut *db)
        .await?;
    Ok(with_parts(db, vec![row]).await?.pop().unwrap_or_default())
}

/// The rows that a statement finds for these numbers.
async fn of(
    db: &mut PgConnection,
    statement: &str,
    ids: Vec<i64>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let statement = statement.replace("{}", &marks.join(", "));
    let query = sqlx::query(sqlx::AssertSqlSafe(statement));
    let query = ids.into_iter().fold(query, sqlx::query::Query::bind);
    query.fetch_all(db).await
}

const CREWS: &str = "SELECT assignments.*, member.name, member.user_id, member_user.telegram_id
    FROM assignments JOIN agents member ON member.id = assignments.agent_id
        LEFT JOIN users member_user ON member_user.id = member.user_id AND member_user.active
    WHERE task_id IN ({}) ORDER BY assignments.id";

const UNITS: &str = "SELECT * FROM agent_units WHERE agent_id IN ({})";

async fn with_parts(db: &mut PgConnection, rows: Vec<Task>) -> Result<Vec<Value>, sqlx::Error> {
    let crews = of(db, CREWS, rows.iter().map(|row| row.id).collect()).await?;
    let agents: BTreeSet<i64> = crews
        .iter()
        .map(|member| member.try_get("agent_id"))
        .collect::<Result<_, _>>()?;
    let units = of(db, UNITS, agents.into_iter().collect()).await?;
    rows.iter().map(|row| shown(row, &crews, &units)).collect()
}

fn shown(row: &Task, crews: &[PgRow], units: &[PgRow]) -> Result<Value, sqlx::Error> {
    let crew = crews
        .iter()
        .filter(|member| member.try_get("task_id").ok() == Some(row.id))
        .map(|member| assigned(member, units))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "id": row.id, "code": row.code, "title": row.title, "description": row.description,
        "kind": row.kind_code, "status": row.status, "priority": row.priority,
        "place": { "lat": row.lat, "lon": row.lon, "label": row.place_label },
        "planned_start_local": row.planned_start_local, "planned_start": row.planned_start_at,
        "planned_end_local": row.planned_end_local, "planned_end": row.planned_end_at,
        "zone": row.zone, "started_at": row.started_at, "paused_at": row.paused_at,
        "paused_seconds": row.paused_seconds, "ended_at": row.ended_at, "end_reason": row.end_reason,
        "lead": row.lead_name, "unit": row.unit_name,
        "created_by": row.creator_name, "ended_by": row.ender_name,
        "assignments": crew, "drill": row.drill, "version": row.version,
        "created_at": row.created_at, "updated_at": row.updated_at,
    }))
}

fn assigned(member: &PgRow, units: &[PgRow]) -> Result<Value, sqlx::Error> {
    let agent_id: i64 = member.try_get("agent_id")?;
    let units = units
        .iter()
        .filter(|unit| unit.try_get("agent_id").ok() == Some(agent_id));
    Ok(json!({
        "agent_id": agent_id, "name": member.try_get::<String, _>("name")?,
        "state": member.try_get::<String, _>("state")?,
        "at": member.try_get::<DateTime<Utc>, _>("state_at")?,
        "units": units.count(),
    }))
}
