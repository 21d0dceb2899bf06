//! What is known of a kind of work, and more people suggested by it: nothing before there is data.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, until::until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

const KNOWN: &str = "/api/v1/estimates?kind=patrullaje";

/// Five patrols of half an hour each.
async fn history(app: &TestApp, clock: &Clock, boss: &Somebody, ana: &Somebody) -> Result<()> {
    for _ in 0..5 {
        let http = app.http(boss).await?;
        let task =
            json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
        let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;
        let path = format!("/api/v1/tasks/{}", task["id"]);
        http.post(&format!("{path}/start"), &json!({}))
            .await?
            .expect(200)?;
        app.settled().await?;
        clock.advance(TimeDelta::minutes(30));
        let done = json!({ "reason": "Prueba" });
        let http = app.http(boss).await?;
        http.post(&format!("{path}/complete"), &done)
            .await?
            .expect(200)?;
        app.settled().await?;
    }
    Ok(())
}

async fn orders(boss: &Somebody, title: &str) -> Result<()> {
    boss.says(&format!("/crear patrullaje; {title}; Puerto; ; Ana"))?;
    press(boss, "Confirmar").await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_plans_with_few_is_offered_more_once_there_is_data(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, _beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    assert_eq!(http.get(KNOWN).await?.expect(200)?["items"], json!([]));
    history(&app, &clock, &boss, &ana).await?;
    clock.advance(TimeDelta::seconds(2));
    let http = app.http(&boss).await?;
    let figures = |band: &str| json!({ "kind": "patrullaje", "band": band, "count": 5, "p50_seconds": 1800, "p75_seconds": 1800 });
    until("the figures", || async {
        let told = http.get(KNOWN).await?.expect(200)?;
        Ok((told["items"] == json!([figures("all"), figures("day")])).then_some(()))
    })
    .await?;
    let first = http.get(&format!("{KNOWN}&limit=1")).await?.expect(200)?;
    assert_eq!(first["items"], json!([figures("all")]));
    let cursor = first["next_cursor"].as_str().context("a second page")?;
    let second = format!("{KNOWN}&limit=1&cursor={cursor}");
    let second = http.get(&second).await?.expect(200)?;
    assert_eq!(
        second,
        json!({ "items": [figures("day")], "next_cursor": null })
    );

    orders(&boss, "Ronda corta").await?;
    let asked = boss.until_text("+1 persona").await?;
    assert!(asked.text.contains("P75 30 min"), "{}", asked.text);
    assert!(asked.text.contains("5 tareas"), "{}", asked.text);
    press(&boss, "Sumar").await?;
    boss.until_text("Se suma a").await?;
    app.settled().await?;
    let list = http.get("/api/v1/tasks?q=ronda").await?.expect(200)?;
    let crew = |task: &Value| task["assignments"].as_array().map_or(0, Vec::len);
    assert_eq!(crew(&list["items"][0]), 2, "{list}");
    let task = list["items"][0]["id"].as_i64().context("an id")?;
    let cancel = json!({ "reason": "Prueba" });
    http.post(&format!("/api/v1/tasks/{task}/cancel"), &cancel)
        .await?
        .expect(200)?;

    orders(&boss, "Vuelta corta").await?;
    let code =
        format!("SELECT count(*) FROM suggestions WHERE status = 'offered' AND task_id <> {task}");
    until("the second one", || async {
        Ok((app.count(&code).await? == 1).then_some(()))
    })
    .await?;
    app.settled().await?;
    press(&boss, "Así está bien").await?;
    boss.until_text("queda como está").await?;
    app.settled().await?;
    for answer in ["accepted", "rejected"] {
        let kept = format!("SELECT count(*) FROM suggestions WHERE status = '{answer}'");
        assert_eq!(app.count(&kept).await?, 1, "{answer}");
    }
    on_the_board(&app, &boss, &ana).await
}

/// What is created there is asked about there, of whoever may assign people, once.
async fn on_the_board(app: &TestApp, boss: &Somebody, ana: &Somebody) -> Result<()> {
    let http = app.http(boss).await?;
    let start = (app.store().now() + TimeDelta::days(1)).to_rfc3339();
    let new = json!({ "title": "Mañana", "kind": "patrullaje", "agent_ids": [ana.agent_id], "planned_start": start });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let of_task = format!("/api/v1/suggestions?task_id={}", task["id"]);
    let listed = http.get(&of_task).await?.expect(200)?;
    let one = &listed["items"][0];
    assert_eq!(one["status"], "offered", "{listed}");
    assert_eq!(one["people"], 1);
    let accept = format!("/api/v1/suggestions/{}/accept", one["id"]);
    let hers = app.http(ana).await?;
    assert_eq!(hers.post(&accept, &json!({})).await?.status, 403);
    let answer = http.post(&accept, &json!({})).await?.expect(200)?;
    assert_eq!(answer, json!({ "outcome": "added", "added": ["Beto"] }));
    let again = http.post(&accept, &json!({})).await?.expect(200)?;
    assert_eq!(again["outcome"], "before");
    let counts = http.get("/api/v1/suggestions/counts").await?.expect(200)?;
    let told = json!({ "kind": "patrullaje", "offered": 0, "accepted": 2, "rejected": 1 });
    assert_eq!(counts["items"], json!([told]));
    app.settled().await
}
