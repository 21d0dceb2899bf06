//! The practical ceiling: axum and sqlx alone, running the statements that GAD runs for a list of tasks, for one and
//! for a new one on PostgreSQL, with the same answers. `bench bare URL` serves it and prints its address.

use std::{
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
}

async fn list(State(pool): State<Arc<PgPool>>, Query(query): Query<Limit>) -> Answer<Json<Value>> {
    let mut db = pool.acquire().await?;
    let statement = "SELECT * FROM tasks WHERE id < $1 ORDER BY id DESC LIMIT $2";
    let mut rows: Vec<Task> = sqlx::query_as(statement)
        .bind(i64::MAX)
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
    let statement = "SELECT * FROM tasks WHERE id = $1";
    let row = sqlx::query_as(statement)
        .bind(id)
        .fetch_one(&mut *db)
        .await?;
    Ok(Json(
        with_parts(&mut db, vec![row])
            .await?
            .pop()
            .unwrap_or_default(),
    ))
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
    let row = insert(&mut db, &wanted, &kind, now).await?;
    let audit = "INSERT INTO audit (at, user_id, action, subject_kind, subject_id, channel, data)
        VALUES ($1, 1, 'task.create', 'task', $2, 'api', $3)";
    sqlx::query(audit)
        .bind(now)
        .bind(row.id)
        .bind(json!({ "kind": wanted.kind }))
        .execute(&mut *db)
        .await?;
    let (id, code) = (row.id, row.code.clone());
    let task = with_parts(&mut db, vec![row]).await?.pop();
    log(&mut db, id, &code, now).await?;
    db.commit().await?;
    Ok((StatusCode::CREATED, Json(task.unwrap_or_default())))
}

async fn insert(
    db: &mut PgConnection,
    wanted: &Wanted,
    kind: &PgRow,
    now: DateTime<Utc>,
) -> Result<Task, sqlx::Error> {
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
        RETURNING *";
    sqlx::query_as(statement)
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
        .await
}

async fn log(
    db: &mut PgConnection,
    id: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SELECT pg_advisory_xact_lock(7232147001)")
        .execute(&mut *db)
        .await?;
    let last: Option<i64> = sqlx::query_scalar("SELECT max(seq) AS seq FROM events LIMIT 1")
        .fetch_one(&mut *db)
        .await?;
    let statement = "INSERT INTO events (seq, topic, kind, task_id, agent_id, unit_ids, user_ids, data, created_at)
        VALUES ($1, 'tasks', 'task_created', $2, NULL, $3, $4, $5, $6), ($7, 'kpis', 'kpis_changed', NULL, NULL, $3, $4, $8, $6)";
    let seq = last.unwrap_or(0);
    sqlx::query(statement)
        .bind(seq + 1)
        .bind(id)
        .bind(json!([]))
        .bind(json!([1]))
        .bind(json!({ "id": id, "code": code }))
        .bind(now)
        .bind(seq + 2)
        .bind(json!({}))
        .execute(db)
        .await?;
    Ok(())
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
        kind_id: i64,
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
        unit_id: Option<i64>,
        lead_agent_id: Option<i64>,
        created_by: Option<i64>,
        started_at: Option<DateTime<Utc>>,
        paused_at: Option<DateTime<Utc>>,
        paused_seconds: i64,
        ended_at: Option<DateTime<Utc>>,
        ended_by: Option<i64>,
        end_reason: Option<String>,
        drill: bool,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// The rows of a table whose `column` is one of `ids`.
async fn named(
    db: &mut PgConnection,
    table: &'static str,
    column: &'static str,
    ids: Vec<i64>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let statement = format!(
        "SELECT * FROM {table} WHERE {column} IN ({})",
        marks.join(", ")
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(statement));
    let query = ids.into_iter().fold(query, sqlx::query::Query::bind);
    query.fetch_all(db).await
}

async fn with_parts(db: &mut PgConnection, rows: Vec<Task>) -> Result<Vec<Value>, sqlx::Error> {
    let distinct = |ids: Vec<i64>| {
        let mut ids = ids;
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let kinds = distinct(rows.iter().map(|row| row.kind_id).collect());
    let kinds = named(db, "task_kinds", "id", kinds).await?;
    let units = distinct(rows.iter().filter_map(|row| row.unit_id).collect());
    let units = named(db, "units", "id", units).await?;
    let ids = rows.iter().map(|row| row.id).collect();
    let assignments = named(db, "assignments", "task_id", ids).await?;
    let column = |rows: &[PgRow], name: &str| -> Vec<i64> {
        rows.iter()
            .filter_map(|row| row.try_get::<Option<i64>, _>(name).ok().flatten())
            .collect()
    };
    let mut agent_ids = column(&assignments, "agent_id");
    agent_ids.extend(rows.iter().filter_map(|row| row.lead_agent_id));
    let agent_ids = distinct(agent_ids);
    let agents = named(db, "agents", "id", agent_ids.clone()).await?;
    let mut user_ids = column(&agents, "user_id");
    user_ids.extend(
        rows.iter()
            .flat_map(|row| [row.created_by, row.ended_by])
            .flatten(),
    );
    let users = named(db, "users", "id", distinct(user_ids)).await?;
    let members = named(db, "agent_units", "agent_id", agent_ids).await?;
    let parts = Parts {
        kinds,
        units,
        assignments,
        agents,
        users,
        members,
    };
    rows.iter().map(|row| parts.shown(row)).collect()
}

struct Parts {
    kinds: Vec<PgRow>,
    units: Vec<PgRow>,
    assignments: Vec<PgRow>,
    agents: Vec<PgRow>,
    users: Vec<PgRow>,
    members: Vec<PgRow>,
}

impl Parts {
    fn shown(&self, row: &Task) -> Result<Value, sqlx::Error> {
        let mut assignments = Vec::new();
        for one in &self.assignments {
            if one.try_get::<i64, _>("task_id")? == row.id {
                let agent_id: i64 = one.try_get("agent_id")?;
                assignments.push(json!({
                    "agent_id": agent_id, "name": name_of(&self.agents, agent_id)?,
                    "state": one.try_get::<String, _>("state")?,
                    "at": one.try_get::<DateTime<Utc>, _>("state_at")?,
                    "units": self.members.iter().filter(|member| member.try_get("agent_id").ok() == Some(agent_id)).count(),
                }));
            }
        }
        let kind = self
            .kinds
            .iter()
            .find(|kind| kind.try_get("id").ok() == Some(row.kind_id));
        let person = |id: Option<i64>| id.map(|id| name_of(&self.users, id)).transpose();
        Ok(json!({
            "id": row.id, "code": row.code, "title": row.title, "description": row.description,
            "kind": kind.map(|kind| kind.try_get::<String, _>("code")).transpose()?,
            "status": row.status, "priority": row.priority,
            "place": { "lat": row.lat, "lon": row.lon, "label": row.place_label },
            "planned_start_local": row.planned_start_local, "planned_start": row.planned_start_at,
            "planned_end_local": row.planned_end_local, "planned_end": row.planned_end_at,
            "zone": row.zone, "started_at": row.started_at, "paused_at": row.paused_at,
            "paused_seconds": row.paused_seconds, "ended_at": row.ended_at, "end_reason": row.end_reason,
            "lead": row.lead_agent_id.map(|id| name_of(&self.agents, id)).transpose()?,
            "unit": row.unit_id.map(|id| name_of(&self.units, id)).transpose()?,
            "created_by": person(row.created_by)?, "ended_by": person(row.ended_by)?,
            "assignments": assignments, "drill": row.drill, "version": row.version,
            "created_at": row.created_at, "updated_at": row.updated_at,
        }))
    }
}

fn name_of(rows: &[PgRow], id: i64) -> Result<Option<String>, sqlx::Error> {
    let row = rows.iter().find(|row| row.try_get("id").ok() == Some(id));
    row.map(|row| row.try_get("name")).transpose()
}
