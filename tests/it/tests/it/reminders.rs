//! What is said unasked, by real taps: each reminder with what its reader can do about it, and overviews for supervisors.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Recruit, Somebody, TestApp, people::UNIT};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

fn clock() -> Result<Clock> {
    Ok(Clock::by_hand(START.parse::<DateTime<Utc>>()?))
}

/// Taps a button of the newest message that says this: other cards may carry the same one.
async fn press_on(person: &Somebody, words: &str, label: &str) -> Result<()> {
    let find = |chat: &telegram::ChatView| {
        let said = chat.messages.iter().rev();
        let message = said.into_iter().find(|one| one.text.contains(words))?;
        let button = message.keyboard.iter().flatten();
        let mut button = button.filter(|button| button.label.contains(label));
        Some((message.id, button.next()?.data.clone()?))
    };
    let chat = person
        .until(|chat| find(chat).is_some(), it::until::DEADLINE)
        .await?;
    let (message, data) = find(&chat).context("the button just seen")?;
    let tap = person.presses_data(message, &data)?;
    person.until_answered(&tap).await?;
    Ok(())
}

fn heard(person: &Somebody, words: &str) -> usize {
    let chat = person.chat();
    let said = chat.messages.iter();
    said.filter(|one| one.text.contains(words)).count()
}

/// A task from 10:00 to 11:00.
async fn planned(http: &Http, ana: &Somebody) -> Result<Value> {
    let task = json!({
        "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "planned_start": "2026-03-02T13:00:00Z", "planned_end": "2026-03-02T14:00:00Z"
    });
    http.post("/api/v1/tasks", &task).await?.expect(201)
}

/// The task, after hours in which the session has ended.
async fn now(app: &TestApp, boss: &Somebody, task: &Value) -> Result<Value> {
    let path = format!("/api/v1/tasks/{}", task["id"]);
    app.http(boss).await?.get(&path).await?.expect(200)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_reminder_can_be_answered_where_it_stands(#[case] backend: Backend) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let task = planned(&app.http(&boss).await?, &ana).await?;
    let code = task["code"].as_str().context("a code")?.to_owned();
    ana.until_button("Recibido").await?;
    app.settled().await?;

    clock.advance(TimeDelta::minutes(20));
    let soon = ana.until_text("Empieza en 40 min").await?;
    assert!(soon.text.contains(&code), "{}", soon.text);
    press_on(&ana, "Empieza en 40 min", "Recibido").await?;
    app.settled().await?;
    let seen = now(&app, &boss, &task).await?;
    assert_eq!(seen["assignments"][0]["state"], "acknowledged");

    clock.advance(TimeDelta::minutes(30));
    ana.until_text("Empieza en 10 min").await?;
    press_on(&ana, "Empieza en 10 min", "En camino").await?;
    app.settled().await?;
    let seen = now(&app, &boss, &task).await?;
    assert_eq!(seen["assignments"][0]["state"], "en_route");

    clock.advance(TimeDelta::minutes(20));
    boss.until_text("Sin iniciar hace 10 min").await?;
    ana.until_text("Sin iniciar hace 10 min").await?;
    press_on(&ana, "Sin iniciar hace 10 min", "Iniciar").await?;
    app.settled().await?;
    assert_eq!(now(&app, &boss, &task).await?["status"], "in_progress");

    clock.advance(TimeDelta::minutes(50));
    boss.until_text("Lleva 50 min").await?;
    ana.until_text("Lleva 50 min").await?;
    press_on(&ana, "Lleva 50 min", "+30 min").await?;
    ana.until_text(&format!("{code} se extiende hasta las 11:30"))
        .await?;
    let seen = now(&app, &boss, &task).await?;
    assert_eq!(seen["planned_end"], "2026-03-02T14:30:00Z");
    for _ in 0..2 {
        press_on(&ana, "Lleva 50 min", "Pedir refuerzos").await?;
    }
    ana.until_text("Pedido de refuerzos registrado").await?;
    boss.until_text(&format!("Ana pide refuerzos en {code}"))
        .await?;
    app.settled().await?;
    assert_eq!(heard(&boss, "pide refuerzos"), 1);

    clock.advance(TimeDelta::minutes(30));
    ana.until_text("Lleva 80 min").await?;
    press_on(&ana, "Lleva 80 min", "Finalizar").await?;
    press(&ana, "Sin novedades").await?;
    app.settled().await?;
    assert_eq!(now(&app, &boss, &task).await?["status"], "completed");
    assert_eq!(heard(&boss, "Lleva"), 1, "a supervisor hears it once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time_that_runs_into_another_task_is_given_when_that_is_meant() -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let task = planned(&http, &ana).await?;
    let next = json!({
        "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "planned_start": "2026-03-02T14:15:00Z", "planned_end": "2026-03-02T15:00:00Z"
    });
    let next = http.post("/api/v1/tasks", &next).await?.expect(201)?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    app.settled().await?;
    let start = format!("/api/v1/tasks/{}/start", task["id"]);
    let http = app.http(&boss).await?;
    http.post(&start, &json!({})).await?.expect(200)?;
    app.settled().await?;

    clock.advance(TimeDelta::hours(1));
    ana.until_text("Lleva 60 min").await?;
    press_on(&ana, "Lleva 60 min", "+30 min").await?;
    let asked = ana.until_text("Confirma: extender").await?;
    let code = next["code"].as_str().context("a code")?;
    let into = format!("Ana: {code} en ese horario");
    assert!(asked.text.contains(&into), "{}", asked.text);
    app.settled().await?;
    let same = now(&app, &boss, &task).await?;
    assert_eq!(same["planned_end"], "2026-03-02T14:00:00Z");
    press_on(&ana, "Confirma: extender", "Extender igual").await?;
    ana.until_text("se extiende hasta las 11:30").await?;
    let longer = now(&app, &boss, &task).await?;
    assert_eq!(longer["planned_end"], "2026-03-02T14:30:00Z");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn supervisors_get_an_overview_at_a_change_of_shift_and_in_the_morning(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = clock()?;
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let root = app
        .recruit(Recruit::of_level(3, "Root").in_unit(UNIT))
        .await?;
    let http = app.http(&boss).await?;
    let shift = json!({
        "agent_id": ana.agent_id,
        "starts_at": "2026-03-02T13:00:00Z", "ends_at": "2026-03-02T21:00:00Z"
    });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    let task = planned(&http, &ana).await?;
    app.settled().await?;

    clock.advance(TimeDelta::hours(1));
    ana.until_text("Empieza tu turno").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(1));
    let told = boss.until_text("Cambio de turno").await?;
    for words in ["En turno: 1", "planificadas: 1", "Sin dar presente: Ana"] {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    let same = root.until_text("Cambio de turno").await?;
    assert_eq!(
        same.text, told.text,
        "an admin hears of the unit he belongs to"
    );
    let code = task["code"].as_str().context("a code")?;
    press(&boss, "En turno: 1").await?;
    boss.until_text("Ana · 02/03 10:00–18:00 · sin dar presente")
        .await?;
    press(&boss, "Planificadas: 1").await?;
    let listed = boss.until_text("🗓️ Planificadas: 1").await?;
    assert!(listed.text.contains(code), "{}", listed.text);
    press(&boss, "Sin respuesta: 1").await?;
    boss.until_text(&format!("Ana · {code} · ofrecida")).await?;
    app.settled().await?;

    // More than a list looks at.
    let fill = format!(
        "INSERT INTO leaves (agent_id, status, starts_at, ends_at, created_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         SELECT {}, 'requested', '2026-05-01T12:00:00+00:00', '2026-05-02T12:00:00+00:00', '2026-03-02T12:00:00+00:00' FROM n",
        ana.agent_id
    );
    app.store().writer().execute_unprepared(&fill).await?;
    clock.advance(TimeDelta::hours(22) - TimeDelta::minutes(1));
    let told = boss.until_text("Resumen de las 08:00").await?;
    for words in ["En turno: 0", "atrasadas: 1", code] {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    app.settled().await?;
    assert_eq!(heard(&boss, "Cambio de turno"), 1);
    assert_eq!(heard(&boss, "Resumen de las"), 1);
    assert_eq!(heard(&ana, "Resumen de las"), 0);
    press(&boss, "Licencias por decidir: 250").await?;
    let words = "🏖️ Licencias por decidir: 250\nSe muestran los primeros 200.";
    boss.until_text(words).await?;
    app.settled().await
}
