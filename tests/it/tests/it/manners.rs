//! What must not happen: cancelled dialogues that act, taps that count twice, people who do what they may not.

mod cancelled;
mod rights;
mod strangers;
mod taps;

use std::collections::BTreeMap;

use anyhow::Result;
use it::{Somebody, TestApp};
use serde_json::json;

async fn given_task(
    app: &TestApp,
    boss: &Somebody,
    people: &[&Somebody],
) -> Result<serde_json::Value> {
    let ids: Vec<i64> = people.iter().map(|one| one.agent_id).collect();
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": ids });
    app.http(boss)
        .await?
        .post("/api/v1/tasks", &new)
        .await?
        .expect(201)
}

fn id(task: &serde_json::Value) -> i64 {
    task["id"].as_i64().unwrap_or_default()
}

/// How many rows each table has, but for what comes in and goes out, and what the machine notes for itself.
pub async fn rows_of_all(app: &TestApp) -> Result<BTreeMap<String, i64>> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
        AND name NOT IN ('inbox', 'outbox', 'leases', 'settings', 'timers')";
    let mut rows = BTreeMap::new();
    for row in app.rows(tables).await? {
        let table: String = row.try_get_by_index(0)?;
        let count = app
            .count(&format!("SELECT count(*) FROM \"{table}\""))
            .await?;
        rows.insert(table, count);
    }
    assert!(rows.len() > 20, "{rows:?}");
    Ok(rows)
}
