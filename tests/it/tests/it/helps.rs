//! /ayuda in the middle of every dialogue that is not /crear is about the step one is in, and leaves one in it.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Recruit, Somebody, TestApp};
use locales::{Lang, Sentence};
use serde_json::json;

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

async fn app() -> Result<(Option<TestApp>, Clock)> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let app = TestApp::on(Backend::Sqlite).clock(&clock).start().await?;
    Ok((app, clock))
}

fn at(hours: i64) -> Result<String> {
    let start: DateTime<Utc> = START.parse()?;
    Ok((start + TimeDelta::hours(hours)).to_rfc3339())
}

async fn shift(http: &Http, who: &Somebody, from: i64, to: i64) -> Result<()> {
    let new = json!({ "agent_id": who.agent_id, "starts_at": at(from)?, "ends_at": at(to)? });
    http.post("/api/v1/shifts", &new)
        .await?
        .expect(201)
        .map(drop)
}

/// Asks for help in the present step; the newest message is just that.
async fn helps(app: &TestApp, person: &Somebody, step: Sentence) -> Result<()> {
    app.settled().await?;
    person.says("/ayuda")?;
    app.settled().await?;
    let said = person.last_message().map(|one| one.text);
    assert_eq!(said, Some(step.to(Lang::Es)), "{}", person.chat());
    Ok(())
}

/// Taps each, and asks for help in the step that it leads to.
async fn helped(app: &TestApp, person: &Somebody, way: Vec<(&str, Sentence)>) -> Result<()> {
    for (label, step) in way {
        press(person, label).await?;
        helps(app, person, step).await?;
    }
    Ok(())
}

/// Leaves what one is in.
async fn drops(app: &TestApp, person: &Somebody) -> Result<()> {
    person.says("/cancelar")?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn about_ones_own_time() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    shift(&http, &ana, 0, 8).await?;
    for (who, from) in [(&ana, 24), (&ana, 48), (&beto, 72)] {
        shift(&http, who, from, from + 8).await?;
    }
    app.settled().await?;
    ana.says("/estado")?;
    let away = vec![
        ("No disponible", Sentence::HelpStepStateReason),
        ("Comida", Sentence::HelpStepStateUntil),
    ];
    helped(&app, &ana, away).await?;
    drops(&app, &ana).await?;

    ana.says("/licencia")?;
    ana.until_text("¿Desde qué día").await?;
    helps(&app, &ana, Sentence::HelpStepLeaveDates).await?;
    press(&ana, "Hoy").await?;
    ana.until_text("¿Hasta qué día").await?;
    let leave = vec![
        ("Hoy", Sentence::HelpStepLeaveReason),
        ("Salud", Sentence::HelpStepLeaveCertificate),
        ("Omitir", Sentence::HelpStepLeavePreview),
    ];
    helped(&app, &ana, leave).await?;
    drops(&app, &ana).await?;

    ana.says("/turno")?;
    let exchange = vec![
        ("Cambiar turno", Sentence::HelpStepSwapShift),
        ("03/03 09:00–17:00", Sentence::HelpStepSwapMate),
        ("Beto", Sentence::HelpStepSwapReturn),
        ("Sin nada a cambio", Sentence::HelpStepSwapPreview),
    ];
    helped(&app, &ana, exchange).await?;
    drops(&app, &ana).await?;

    ana.says("/turno")?;
    let end = vec![("Terminar turno", Sentence::HelpStepHandover)];
    helped(&app, &ana, end).await?;
    drops(&app, &ana).await
}

#[tokio::test(flavor = "multi_thread")]
async fn about_the_work_of_others() -> Result<()> {
    let (Some(app), clock) = app().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    let http = app.http(&boss).await?;
    let mut codes = Vec::new();
    for day in 0..2 {
        let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id],
            "planned_start": at(24 * day)? });
        let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
        let path = format!("/api/v1/tasks/{}/start", task["id"]);
        http.post(&path, &json!({})).await?.expect(200)?;
        codes.push(task["code"].as_str().unwrap_or_default().to_owned());
    }
    app.settled().await?;
    for (words, step) in [
        ("listo", Sentence::HelpStepFinishWhich),
        ("Vidrio roto", Sentence::HelpStepReportTask),
    ] {
        ana.says(words)?;
        helps(&app, &ana, step).await?;
        drops(&app, &ana).await?;
    }

    let code = &codes[0];
    boss.says(&format!("/finalizar {code}"))?;
    boss.until_text("en lugar de Ana").await?;
    helps(&app, &boss, Sentence::HelpStepFinishReason).await?;
    boss.says("Ana no tiene señal")?;
    press(&boss, "Sin novedades").await?;
    boss.until_text("Tarea finalizada").await?;
    clock.advance(TimeDelta::minutes(2));
    app.settled().await?;
    boss.says("/buscar ronda")?;
    boss.until_text("Resultados de «ronda»").await?;
    press(&boss, code).await?;
    let reopen = vec![("Reabrir", Sentence::HelpStepReopenReason)];
    helped(&app, &boss, reopen).await?;
    boss.says("Faltó el acta")?;
    boss.until_text("Tarea reabierta").await?;
    let call_off = vec![("Anular tarea", Sentence::HelpStepCancelTaskReason)];
    helped(&app, &boss, call_off).await?;
    drops(&app, &boss).await?;
    let left = "SELECT count(*) FROM tasks WHERE status = 'in_progress'";
    assert_eq!(app.count(left).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn about_the_time_of_others() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    shift(&http, &beto, 96, 104).await?;
    let task = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "planned_start": at(30)?, "planned_end": at(32)? });
    http.post("/api/v1/tasks", &task).await?.expect(201)?;
    let asked = json!({ "agent_id": ana.agent_id, "starts_at": at(24)?, "ends_at": at(48)?,
        "reason": "Mudanza" });
    http.post("/api/v1/leaves", &asked).await?.expect(201)?;
    let reject = vec![("Rechazar", Sentence::HelpStepLeaveReject)];
    helped(&app, &boss, reject).await?;
    drops(&app, &boss).await?;
    press(&boss, "Aprobar").await?;
    let reassign = vec![("Reasignar", Sentence::HelpStepReassign)];
    helped(&app, &boss, reassign).await?;
    drops(&app, &boss).await?;

    boss.says("/crear patrullaje; Una ronda; Puerto; ; Beto")?;
    let off_shift = vec![("Confirmar", Sentence::HelpStepCreateOffShift)];
    helped(&app, &boss, off_shift).await?;
    drops(&app, &boss).await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn about_a_broadcast() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let dora = Recruit::of_level(2, "Dora").permitted("broadcast");
    let dora = app.recruit(dora).await?;
    app.agent("Ana").await?;
    dora.says("/difusion")?;
    dora.until_button("Todos").await?;
    helps(&app, &dora, Sentence::HelpStepBroadcastAudience).await?;
    let way = vec![
        ("Todos", Sentence::HelpStepBroadcastWhat),
        ("Código Rojo", Sentence::HelpStepBroadcastPreview),
    ];
    helped(&app, &dora, way).await?;
    press(&dora, "Hacerla simulacro").await?;
    let later = vec![("Que salga más tarde", Sentence::HelpStepBroadcastLater)];
    helped(&app, &dora, later).await?;
    press(&dora, "Volver").await?;
    let word = vec![("Confirmar", Sentence::HelpStepBroadcastWord)];
    helped(&app, &dora, word).await?;
    drops(&app, &dora).await?;
    assert_eq!(app.count("SELECT count(*) FROM broadcasts").await?, 0);
    Ok(())
}
