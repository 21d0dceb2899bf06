//! The demo: everything is there, and a second start goes on where the first ended.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use gad::demo::{Demo, Options};
use it::Http;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_comes_back_as_it_was_left() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let options = Options {
        port: 0,
        folder: folder.path().join("demo"),
        agents: 12,
        alive: false,
        config: None,
    };
    let (first, tasks) = visit(&options).await?;
    let (second, later) = visit(&options).await?;
    for list in ["users", "agents"] {
        assert_eq!(first[list], second[list], "{list}");
    }
    assert_eq!(tasks, later);
    assert_eq!(first["agents"].as_array().map(Vec::len), Some(12));
    Ok(())
}

/// Starts the demo, looks at it through its own page of addresses, and stops it.
async fn visit(options: &Options) -> Result<(Value, Value)> {
    let demo = Demo::start(options).await?;
    let page: Value = serde_json::from_slice(&std::fs::read(options.folder.join("demo.json"))?)?;
    let base = page["base_url"].as_str().context("an address")?;
    let phones = Http::stranger(demo.paper.phone_url().trim_end_matches('/'))?;
    let people = phones.get("/paper/people").await?.expect(200)?;
    assert!(people.to_string().contains("Nadia"), "{people}");
    let mut tasks = Value::Null;
    for user in page["users"].as_array().context("users")? {
        let text = |key: &str| user[key].as_str().context("a text").map(str::to_owned);
        let password = text("password")?;
        assert!(password.len() >= 12);
        let http = Http::login(base, &text("username")?, &password).await?;
        let me = http.get("/api/v1/auth/me").await?.expect(200)?;
        assert_eq!(
            (&me["level"], &me["permissions"]),
            (&user["level"], &user["permissions"])
        );
        if user["level"] == 3 {
            tasks = http.get("/api/v1/tasks").await?.expect(200)?["items"].clone();
            agents_are_who_they_are(&http, &page, &people).await?;
        }
    }
    let statuses = ["scheduled", "in_progress", "completed", "cancelled"];
    for status in statuses {
        let there = tasks
            .as_array()
            .is_some_and(|tasks| tasks.iter().any(|task| task["status"] == status));
        assert!(there, "no task is {status}");
    }
    for task in tasks.as_array().into_iter().flatten() {
        happened_in_order(task)?;
    }
    demo.app.stop().await;
    demo.paper.stop().await;
    Ok((page, tasks))
}

/// Nothing begins before it was planned for, or ends before it began.
fn happened_in_order(task: &Value) -> Result<()> {
    let mut before = None;
    for key in ["planned_start", "started_at", "completed_at"] {
        let Some(at) = task[key].as_str() else {
            continue;
        };
        let at = at.parse::<DateTime<Utc>>()?;
        assert!(before.is_none_or(|before| before <= at), "{key}: {task}");
        before = Some(at);
    }
    Ok(())
}

/// Scripts find people by these names: each id is that person's at the API, each number has its phone.
async fn agents_are_who_they_are(http: &Http, page: &Value, people: &Value) -> Result<()> {
    for agent in page["agents"].as_array().context("agents")? {
        let way = format!("/api/v1/agents/{}", agent["agent_id"]);
        let there = http.get(&way).await?.expect(200)?;
        assert_eq!(there["name"], agent["name"]);
        let number = agent["telegram_id"].as_i64().context("a number")?;
        assert!(people.to_string().contains(&number.to_string()), "{people}");
    }
    Ok(())
}
