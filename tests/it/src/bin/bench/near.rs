//! The nearest of a hundred thousand agents.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use it::{Backend, Database, Http, process::Process};
use sea_orm::ConnectionTrait;

use crate::{
    force::{ADMIN, PASSWORD},
    table::{Row, Spread},
};

const QUESTIONS: u32 = 500;

/// A city of thirty kilometres, half of it off shift; everybody was seen this minute.
const CITY: [&str; 3] = [
    "INSERT INTO agents (name, active, version, created_at, updated_at)
     SELECT 'Efectivo ' || i, TRUE, 1, now.at, now.at FROM
        (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n) AS n, {now}",
    "INSERT INTO last_positions (agent_id, lat, lon, source, recorded_at)
     SELECT id, -34.45 - (id * 7919 % 100003) / 333000.0, -58.2 - (id * 15485863 % 99991) / 277000.0, 'live', now.at
     FROM agents, {now} WHERE user_id IS NULL",
    "INSERT INTO shifts (agent_id, status, starts_local, starts_at, ends_local, ends_at, zone, created_at)
     SELECT id, 'ended', now.local, now.at, now.local, now.at, 'UTC', now.at FROM agents, {now} WHERE user_id IS NULL AND id % 2 = 0",
];

/// Moves the city in, and asks from places all over it.
pub async fn all(server: &Process, database: &Database, backend: Backend) -> Result<Vec<Row>> {
    let db = database.connect().await?;
    let now = match backend {
        Backend::Sqlite => {
            "(SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') AS at, strftime('%Y-%m-%dT%H:%M:%S', 'now') AS local) AS now"
        }
        Backend::Postgres => "(SELECT now() AS at, now() AT TIME ZONE 'UTC' AS local) AS now",
    };
    for statement in CITY {
        db.execute_unprepared(&statement.replace("{now}", now))
            .await?;
    }
    db.execute_unprepared("ANALYZE").await?;
    db.close().await?;
    let http = Http::login(server.base(), ADMIN, PASSWORD).await?;
    let (begun, mut took) = (Instant::now(), Vec::new());
    for number in 0..QUESTIONS {
        let (lat, lon) = (f64::from(number * 37 % 300), f64::from(number * 71 % 300));
        let (lat, lon) = (-34.45 - lat / 1e3, -58.2 - lon / 833.0);
        let asked = Instant::now();
        let found = http
            .get(&format!(
                "/api/v1/agents/nearest?lat={lat}&lon={lon}&limit=10"
            ))
            .await?
            .expect(200)?;
        took.push(asked.elapsed());
        let count = found["items"].as_array().map_or(0, Vec::len);
        ensure!(count == 10, "{count} of 10 were found near {lat}, {lon}");
    }
    let target = match backend {
        Backend::Sqlite => 50.0,
        Backend::Postgres => 5.0,
    };
    let spread = Spread::of(took, begun.elapsed().max(Duration::from_millis(1)));
    Ok(spread.delays("nearest of 100,000", Some((95, target))))
}
