//! Every figure of the board is as long as the list that it opens.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Recruit, Somebody, TestApp};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{hand::press, search::step};

const START: &str = "2026-03-02T12:00:00Z";
/// When that day began in Buenos Aires.
const MIDNIGHT: &str = "2026-03-02T03:00:00Z";

fn at(minutes: i64) -> Result<String> {
    let start: DateTime<Utc> = START.parse()?;
    Ok((start + TimeDelta::minutes(minutes)).to_rfc3339())
}

async fn task(http: &Http, who: &Somebody, from: i64, to: i64) -> Result<i64> {
    let new = json!({
        "title": "Ronda", "kind": "patrullaje", "agent_ids": [who.agent_id],
        "planned_start": at(from)?, "planned_end": at(to)?
    });
    let made = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    made["id"].as_i64().context("an id")
}

/// The rows of a list that fits a page.
async fn rows(http: &Http, path: &str) -> Result<Vec<Value>> {
    let and = if path.contains('?') { '&' } else { '?' };
    let path = format!("/api/v1/{path}{and}limit=200");
    let list = http.get(&path).await?.expect(200)?;
    ensure!(list["next_cursor"].is_null(), "{path} has more");
    Ok(list["items"].as_array().context("rows")?.clone())
}

async fn check(http: &Http, figure: &Value, list: &str) -> Result<u64> {
    let figure = figure.as_u64().with_context(|| format!("no {list}"))?;
    let rows = rows(http, list).await?.len() as u64;
    assert_eq!(figure, rows, "{list}");
    Ok(figure)
}

/// What was done in the last thirty days, of a unit or of all that one sees.
async fn check_work(http: &Http, work: &Value, unit: &str) -> Result<()> {
    for figure in ["completed", "cancelled"] {
        let list = format!("stats/tasks?figure={figure}{unit}");
        assert_eq!(check(http, &work[figure], &list).await?, 1, "{list}");
    }
    let (of, on_time) = (&work["on_time"]["of"], &work["on_time"]["count"]);
    check(http, of, &format!("stats/tasks?figure=timed{unit}")).await?;
    check(http, on_time, &format!("stats/tasks?figure=on_time{unit}")).await?;
    for stretch in [
        "offered_to_acknowledged",
        "acknowledged_to_on_site",
        "on_site_to_completed",
    ] {
        let list = format!("stats/answers?stretch={stretch}{unit}");
        check(http, &work[stretch]["count"], &list).await?;
    }
    Ok(())
}

async fn check_now(http: &Http) -> Result<()> {
    let now = http.get("/api/v1/stats/overview").await?.expect(200)?;
    let tasks = &now["tasks"];
    let today = format!("tasks?status=completed&completed_from={MIDNIGHT}");
    for (figure, list) in [
        ("scheduled", "tasks?status=scheduled"),
        ("in_progress", "tasks?status=in_progress"),
        ("paused", "tasks?status=paused"),
        ("late", "tasks?late=true"),
        ("completed_today", today.as_str()),
    ] {
        assert!(check(http, &tasks[figure], list).await? > 0, "{figure}");
    }
    let open = rows(http, "tasks?unacknowledged=true").await?;
    let silent = open
        .iter()
        .filter_map(|task| task["assignments"].as_array())
        .flatten()
        .filter(|one| one["state"] == "offered")
        .count();
    assert!(silent > 0, "nobody is silent");
    assert_eq!(tasks["unacknowledged"], silent);
    for one in [
        "available",
        "on_task",
        "unavailable",
        "off_shift",
        "on_leave",
    ] {
        let list = format!("agents?availability={one}");
        check(http, &now["agents"][one], &list).await?;
    }
    assert_eq!(now["agents"]["on_leave"], 1);
    check_work(http, &now["work"], "").await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_as_long_as_the_list_it_opens(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, root) = (app.supervisor("Marta").await?, app.admin("Raquel").await?);
    let ana = app.agent("Ana").await?;
    let (beto, caro) = (app.agent("Beto").await?, app.agent("Caro").await?);
    let (dora, eva) = (app.agent("Dora").await?, app.agent("Eva").await?);
    let far = app
        .recruit(Recruit::of_level(1, "Lejos").in_unit("Sur"))
        .await?;
    let http = app.http(&boss).await?;
    let done = task(&http, &ana, 5, 60).await?;
    for word in ["Recibido", "En el lugar"] {
        ana.until_button(word).await?;
        clock.advance(TimeDelta::minutes(1));
        press(&ana, word).await?;
        app.settled().await?;
    }
    step(&http, done, "start").await?;
    clock.advance(TimeDelta::minutes(1));
    step(&http, done, "complete").await?;
    task(&http, &ana, 120, 180).await?;
    let running = task(&http, &beto, 5, 60).await?;
    step(&http, running, "start").await?;
    let rests = task(&http, &caro, 5, 60).await?;
    step(&http, rests, "start").await?;
    step(&http, rests, "pause").await?;
    task(&http, &dora, 5, 60).await?;
    let dropped = task(&http, &eva, 200, 260).await?;
    step(&http, dropped, "cancel").await?;
    task(&app.http(&root).await?, &far, 5, 60).await?;
    let away = json!({ "agent_id": eva.agent_id, "starts_at": at(3)?, "ends_at": at(600)? });
    let away = http.post("/api/v1/leaves", &away).await?.expect(201)?;
    let approve = format!("/api/v1/leaves/{}/approve", away["id"]);
    http.post(&approve, &json!({})).await?.expect(200)?;
    let path = format!("/api/v1/agents/{}/availability", ana.agent_id);
    let busy = json!({ "unavailable": true, "reason": "Médico" });
    http.put(&path, &busy).await?.expect(200)?;
    app.settled().await?;

    clock.advance(TimeDelta::minutes(90));
    app.settled().await?;
    for who in [&boss, &root] {
        check_now(&app.http(who).await?).await?;
    }
    let http = app.http(&boss).await?;
    let me = http.get("/api/v1/auth/me").await?.expect(200)?;
    let unit = me["units"][0]["id"].as_i64().context("a unit")?;
    let work = http.get(&format!("/api/v1/stats/units/{unit}")).await?;
    check_work(&http, &work.expect(200)?, &format!("&unit_id={unit}")).await
}
