//! "Are you well?" by real taps and words: asked, answered, silent, helped, ended; and one who works alone.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, until::until};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind};

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

fn clock() -> Result<Clock> {
    Ok(Clock::by_hand(START.parse::<DateTime<Utc>>()?))
}

fn heard(person: &Somebody, words: &str) -> usize {
    let chat = person.chat();
    let said = chat.messages.iter();
    said.filter(|one| one.text.contains(words)).count()
}

/// Taps the button as often as an impatient thumb does, before anything is answered.
async fn hammer(app: &TestApp, person: &Somebody, label: &str) -> Result<()> {
    let chat = person.until_button(label).await?;
    let found = chat.messages.iter().rev().find_map(|message| {
        let mut buttons = message.keyboard.iter().flatten();
        let button = buttons.find(|button| button.label.contains(label))?;
        Some((message.id, button.data.clone()?))
    });
    let (message, data) = found.context("the button just seen")?;
    for _ in 0..3 {
        person.presses_data(message, &data)?;
    }
    app.settled().await
}

/// What the API says of the check of a task.
async fn roll(app: &TestApp, who: &Somebody, id: &Value) -> Result<Value> {
    let path = format!("/api/v1/tasks/{id}/check-ins");
    app.http(who).await?.get(&path).await?.expect(200)
}

/// A task that Beto leads and has begun, and that Ana has acknowledged.
async fn under_way(
    app: &TestApp,
    boss: &Somebody,
    beto: &Somebody,
    ana: &Somebody,
) -> Result<Value> {
    let new = json!({
        "title": "Operativo", "kind": "patrullaje",
        "agent_ids": [beto.agent_id, ana.agent_id], "lead_agent_id": beto.agent_id
    });
    let http = app.http(boss).await?;
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    for one in [beto, ana] {
        press(one, "Recibido").await?;
    }
    press(beto, "Iniciar").await?;
    app.settled().await?;
    Ok(task["id"].clone())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_asked_and_silence_goes_up(#[case] backend: Backend) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (beto, ana) = (app.agent("Beto").await?, app.agent("Ana").await?);
    let id = under_way(&app, &boss, &beto, &ana).await?;
    press(&beto, "Control PAR").await?;
    beto.until_text("¿cada cuánto pregunto a todos").await?;
    press(&beto, "Cada 20 min").await?;
    ana.until_text("¿Estás bien?").await?;
    beto.until_text("pregunto cada 20 min").await?;
    hammer(&app, &ana, "Estoy bien").await?;
    ana.until_text("estabas bien").await?;
    beto.says("bien")?;
    beto.until_text("estabas bien").await?;
    app.settled().await?;
    let well = "SELECT count(*) FROM audit WHERE action = 'check_in.well'";
    assert_eq!(app.count(well).await?, 2, "three taps are one answer");

    clock.advance(TimeDelta::minutes(20));
    ana.until_button("Estoy bien").await?;
    beto.until_button("Estoy bien").await?;
    beto.says("ok")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(120));
    ana.until_text("RESPONDE").await?;
    app.settled().await?;
    assert_eq!(heard(&beto, "ACTÚA"), 0);
    clock.advance(TimeDelta::seconds(120));
    let told = beto.until_text("ACTÚA").await?;
    assert!(told.text.contains("Ana"), "{}", told.text);
    app.settled().await?;
    assert_eq!(heard(&boss, "ACTÚA"), 0);
    clock.advance(TimeDelta::seconds(120));
    boss.until_text("ACTÚA").await?;
    app.settled().await?;
    let seen = roll(&app, &boss, &id).await?;
    let first = &seen["people"][0];
    assert_eq!(
        (&first["name"], &first["state"], &first["step"]),
        (&json!("Ana"), &json!("waiting"), &json!(3))
    );
    press(&ana, "Estoy bien").await?;
    boss.until_text("Ana respondió: está bien").await?;
    beto.until_text("Ana respondió: está bien").await?;
    app.settled().await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_heard_of_silence_hears_how_it_ended(#[case] backend: Backend) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (beto, ana) = (app.agent("Beto").await?, app.agent("Ana").await?);
    under_way(&app, &boss, &beto, &ana).await?;
    press(&beto, "Control PAR").await?;
    press(&beto, "Cada 20 min").await?;
    ana.until_button("Estoy bien").await?;
    beto.until_button("Estoy bien").await?;
    beto.says("bien")?;
    beto.until_text("estabas bien").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(120));
    ana.until_text("RESPONDE").await?;
    for told in [&beto, &boss] {
        app.settled().await?;
        clock.advance(TimeDelta::seconds(120));
        told.until_text("ACTÚA").await?;
    }
    app.settled().await?;
    press(&beto, "Terminar control").await?;
    let ended = boss.until_text("Beto terminó el control").await?;
    assert!(ended.text.contains("Ana"), "{}", ended.text);
    app.settled().await?;
    assert_eq!(heard(&boss, "respondió"), 0, "nobody said that she is well");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn help_is_an_sos_and_the_end_of_the_task_the_end_of_it(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (beto, ana) = (app.agent("Beto").await?, app.agent("Ana").await?);
    let id = under_way(&app, &boss, &beto, &ana).await?;
    ana.shares_live_location(-34.6, -58.4, 3600)?;
    app.settled().await?;
    let mut board = app.board(&boss).await?;
    let http = app.http(&boss).await?;
    let path = format!("/api/v1/tasks/{id}/check-ins");
    let wrong = http.post(&path, &json!({ "every_minutes": 3 })).await?;
    wrong.expect(422)?;
    let begun = http.post(&path, &json!({ "every_minutes": 10 })).await?;
    assert_eq!(begun.expect(201)?["running"], true);
    let event = board.until("check_in_updated").await?;
    assert_eq!(
        (&event["data"]["task_id"], &event["topic"]),
        (&id, &json!("emergencies"))
    );
    hammer(&app, &ana, "Necesito ayuda").await?;
    let card = boss.until_text("EMG-2026-0001").await?;
    assert!(
        card.text.contains("Ana") && card.text.contains("última ubicación"),
        "{}",
        card.text
    );
    beto.until_text("Ana necesita ayuda").await?;
    ana.until_text("Pediste ayuda").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM emergencies").await?, 1);

    press(&beto, "Finalizar").await?;
    press(&beto, "Sin novedades").await?;
    beto.until_text("El control terminó").await?;
    app.settled().await?;
    assert_eq!(roll(&app, &boss, &id).await?["running"], false);
    clock.advance(TimeDelta::minutes(10));
    app.settled().await?;
    assert!(!beto.chat().has_button("Estoy bien"), "{:?}", beto.chat());
    let http = app.http(&boss).await?;
    http.delete(&path).await?.expect(204)?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_who_works_alone_is_asked_and_ends_it(#[case] backend: Backend) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    ana.says("/estado")?;
    press(&ana, "Estoy sin compañía").await?;
    press(&ana, "Cada 30 min").await?;
    ana.until_text("te pregunto cada 30 min").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(30));
    ana.until_text("¿Estás bien? Trabajas sin compañía").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(120));
    ana.until_text("RESPONDE").await?;
    app.settled().await?;
    assert_eq!(heard(&boss, "ACTÚA"), 0);
    clock.advance(TimeDelta::seconds(120));
    let told = boss.until_text("ACTÚA").await?;
    assert!(told.text.contains("Ana"), "{}", told.text);
    app.settled().await?;
    let http = app.http(&boss).await?;
    let silent = "/api/v1/check-ins?alone=true&silent=true";
    let seen = http.get(silent).await?.expect(200)?;
    let first = &seen["items"][0];
    assert_eq!(first["person"]["name"], "Ana");
    assert_eq!(
        (&first["silent"], &first["task"]),
        (&json!(true), &Value::Null)
    );
    let mut board = app.board(&boss).await?;
    ana.says("Estoy bien")?;
    boss.until_text("Ana respondió").await?;
    app.settled().await?;
    let event = board.until("check_in_updated").await?;
    assert_eq!(event["data"]["agent_id"], json!(ana.agent_id));
    let seen = http.get(silent).await?.expect(200)?;
    assert_eq!(seen["items"], json!([]));
    press(&ana, "Terminar control").await?;
    ana.until_text("no pregunto más").await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    app.settled().await?;
    assert!(!ana.chat().has_button("Estoy bien"), "{:?}", ana.chat());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_ends_it_for_one_who_works_alone(#[case] backend: Backend) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    ana.says("/estado")?;
    press(&ana, "Estoy sin compañía").await?;
    press(&ana, "Cada 30 min").await?;
    ana.until_text("te pregunto cada 30 min").await?;
    app.settled().await?;
    let http = app.http(&boss).await?;
    let list = http.get("/api/v1/check-ins?alone=true").await?;
    let list = list.expect(200)?;
    assert_eq!(list["items"][0]["person"]["name"], "Ana");
    assert_eq!(list["items"][0]["silent"], false);
    let path = format!("/api/v1/agents/{}/check-in", ana.agent_id);
    http.delete(&path).await?.expect(204)?;
    http.delete(&path).await?.expect(204)?;
    ana.until_text("El control terminó").await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    app.settled().await?;
    assert!(!ana.chat().has_button("Estoy bien"), "{:?}", ana.chat());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn while_telegram_is_away_the_board_says_whom_to_call_and_nobody_is_silent(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    ana.says("/estado")?;
    press(&ana, "Estoy sin compañía").await?;
    press(&ana, "Cada 30 min").await?;
    ana.until_text("te pregunto cada 30 min").await?;
    app.settled().await?;
    app.paper
        .fault(Fault::new(FaultKind::ServerError).on("sendMessage"));
    clock.advance(TimeDelta::minutes(30));
    let tries = "SELECT count(*) FROM outbox WHERE tries > 0 AND status = 'queued'";
    until("the question to be tried in vain", || async {
        Ok((app.count(tries).await? > 0).then_some(()))
    })
    .await?;
    clock.advance(TimeDelta::seconds(6));
    let away = "SELECT count(*) FROM settings WHERE key = 'telegram_away_since' AND value <> ''";
    until("the outage to be noted", || async {
        Ok((app.count(away).await? > 0).then_some(()))
    })
    .await?;
    clock.advance(TimeDelta::seconds(120));
    let lost = "SELECT count(*) FROM check_in_people WHERE state = 'unreachable'";
    until("Ana to be out of reach", || async {
        Ok((app.count(lost).await? > 0).then_some(()))
    })
    .await?;
    let http = app.http(&boss).await?;
    let silent = "/api/v1/check-ins?alone=true&silent=true";
    let seen = http.get(silent).await?.expect(200)?;
    let seen = &seen["items"][0];
    assert_eq!(seen["person"]["state"], "unreachable");
    assert_eq!(seen["person"]["escalated_at"], Value::Null);
    app.paper.clear_faults();
    until("the question", || async {
        clock.advance(TimeDelta::milliseconds(500));
        Ok(ana.chat().has_button("Estoy bien").then_some(()))
    })
    .await?;
    press(&ana, "Estoy bien").await?;
    ana.until_text("te pregunto cada 30 min").await?;
    app.settled().await?;
    assert_eq!(heard(&boss, "ACTÚA"), 0, "nobody was silent");
    let seen = http.get(silent).await?.expect(200)?;
    assert_eq!(seen["items"], json!([]));
    Ok(())
}
