//! Taps and words about shifts, leave and exchanges that come twice, or after somebody else was quicker: nothing
//! happens twice, nobody is told of a fault he did not make, and no dialogue keeps a chat to itself.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Somebody, TestApp};
use serde_json::{Value, json};

use crate::hand::press;

fn start() -> Result<DateTime<Utc>> {
    Ok("2026-03-02T12:00:00Z".parse()?)
}

fn at(hours: i64) -> Result<String> {
    Ok((start()? + TimeDelta::hours(hours)).to_rfc3339())
}

async fn app() -> Result<(Option<TestApp>, Clock)> {
    let clock = Clock::by_hand(start()?);
    let app = TestApp::on(Backend::Sqlite).clock(&clock).start().await?;
    Ok((app, clock))
}

async fn plan(http: &Http, who: &Somebody, from: i64, to: i64) -> Result<Value> {
    let new = json!({ "agent_id": who.agent_id, "starts_at": at(from)?, "ends_at": at(to)? });
    http.post("/api/v1/shifts", &new).await?.expect(201)
}

async fn leave(http: &Http, who: &Somebody, from: i64, to: i64) -> Result<Value> {
    let new = json!({ "agent_id": who.agent_id, "starts_at": at(from)?, "ends_at": at(to)?, "reason": "Mudanza" });
    http.post("/api/v1/leaves", &new).await?.expect(201)
}

/// The newest button with this label, and the message it is on.
async fn button(person: &Somebody, label: &str) -> Result<(i64, String)> {
    let chat = person.until_button(label).await?;
    let found = chat.messages.iter().rev().find_map(|message| {
        let mut buttons = message.keyboard.iter().flatten();
        let button = buttons.find(|button| button.label.contains(label))?;
        Some((message.id, button.data.clone()?))
    });
    found.context("the button just seen")
}

/// Taps it as often as an impatient thumb does, before anything is answered.
async fn hammer(app: &TestApp, person: &Somebody, label: &str) -> Result<()> {
    let (message, data) = button(person, label).await?;
    for _ in 0..3 {
        person.presses_data(message, &data)?;
    }
    app.settled().await
}

fn heard(person: &Somebody, words: &str) -> bool {
    let chat = person.chat();
    let said = chat.messages.iter().map(|one| one.text.as_str());
    let shown = chat.toasts.iter().filter_map(|one| one.text.as_deref());
    said.chain(shown).any(|text| text.contains(words))
}

/// What those are told who did nothing wrong.
fn scolded(person: &Somebody) -> bool {
    ["Ese botón ya no sirve", "Eso ya está resuelto"]
        .iter()
        .any(|words| heard(person, words))
}

async fn dialogues(app: &TestApp) -> Result<i64> {
    app.count("SELECT count(*) FROM dialogues WHERE name <> 'idle'")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_for_a_shift_that_is_over_frees_the_chat() -> Result<()> {
    let (Some(app), clock) = app().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let shift = plan(&app.http(&boss).await?, &ana, 1, 9).await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(2));
    ana.says("/turno")?;
    let (list, end) = button(&ana, "Terminar turno").await?;
    press(&ana, "Terminar turno").await?;
    ana.until_text("¿Qué debe saber el próximo turno?").await?;
    let path = format!("/api/v1/shifts/{}/end", shift["id"]);
    let note = json!({ "text": "Lo cierro yo" });
    let http = app.http(&boss).await?;
    http.post(&path, &note).await?.expect(200)?;
    ana.says("Llaves en la guardia")?;
    ana.until_text("Eso ya está resuelto").await?;
    app.settled().await?;
    assert_eq!(
        dialogues(&app).await?,
        0,
        "what she writes now is hers again"
    );

    let tap = ana.presses_data(list, &end)?;
    ana.until_answered(&tap).await?;
    app.settled().await?;
    assert_eq!(dialogues(&app).await?, 0, "told at once, not after writing");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_of_what_another_has_approved_frees_the_chat() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let (boss, other) = (
        app.supervisor("Marta").await?,
        app.supervisor("Silva").await?,
    );
    let ana = app.agent("Ana").await?;
    let http = app.http(&boss).await?;
    leave(&http, &ana, 24, 48).await?;
    let (card, reject) = button(&boss, "Rechazar").await?;
    press(&boss, "Rechazar").await?;
    boss.until_text("¿Por qué rechazas").await?;
    hammer(&app, &other, "Aprobar").await?;
    ana.until_text("Aprobada por Silva").await?;
    assert!(!scolded(&other), "{:?}", other.chat());
    boss.says("Falta gente")?;
    boss.until_text("Eso ya está resuelto").await?;
    app.settled().await?;
    assert_eq!(dialogues(&app).await?, 0);
    let tap = boss.presses_data(card, &reject)?;
    boss.until_answered(&tap).await?;
    boss.until_text("Aprobada por Silva").await?;
    app.settled().await?;
    assert_eq!(dialogues(&app).await?, 0, "told at once, not after writing");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_about_what_can_no_longer_be_seen_says_so() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    leave(&app.http(&boss).await?, &ana, 24, 48).await?;
    press(&boss, "Rechazar").await?;
    boss.until_text("¿Por qué rechazas").await?;
    let (root, path) = (
        app.admin("Root").await?,
        format!("/api/v1/agents/{}", ana.agent_id),
    );
    let http = app.http(&root).await?;
    let far = http
        .post("/api/v1/units", &json!({ "name": "Sur" }))
        .await?;
    let far = far.expect(201)?;
    let moved = http
        .patch(&path, &json!({ "unit_ids": [far["id"]] }))
        .await?;
    moved.expect(200)?;
    boss.sends_photo(b"\x89PNG\r\n\x1a\nnothing to read", "")?;
    boss.until_text("Empieza de nuevo").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_what_was_called_off_frees_the_chat() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut tasks = Vec::new();
    for number in 0..2 {
        let new = json!({
            "title": format!("Ronda {number}"), "kind": "patrullaje", "agent_ids": [ana.agent_id],
            "lead_agent_id": ana.agent_id, "planned_start": at(24 * number)?
        });
        let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
        tasks.push(format!("/api/v1/tasks/{}", task["id"]));
    }
    let post = async |path: String, body: Value| http.post(&path, &body).await?.expect(200);
    post(format!("{}/start", tasks[0]), json!({})).await?;
    ana.says("/novedad")?;
    ana.until_text("Envía la novedad de").await?;
    let why = json!({ "reason": "La hace otra unidad" });
    post(format!("{}/cancel", tasks[0]), why).await?;
    ana.sends_photo(b"a picture", "")?;
    app.settled().await?;
    assert_eq!(
        dialogues(&app).await?,
        0,
        "what she sends now is hers again"
    );
    let next = post(format!("{}/start", tasks[1]), json!({})).await?;
    let code = next["code"].as_str().unwrap_or_default();
    ana.says("Robo en la plaza")?;
    ana.until_text(&format!("Novedad guardada en {code}"))
        .await?;
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tapped_twice_happened_once_and_nobody_is_scolded() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    plan(&app.http(&boss).await?, &ana, 24, 32).await?;
    ana.says("/licencia")?;
    for label in ["Hoy", "Hoy", "Salud", "Omitir", "Confirmar"] {
        hammer(&app, &ana, label).await?;
    }
    assert_eq!(app.count("SELECT count(*) FROM leaves").await?, 1);
    hammer(&app, &boss, "Aprobar").await?;
    hammer(&app, &ana, "Anular licencia").await?;
    ana.says("/turno")?;
    press(&ana, "Cambiar turno").await?;
    for label in ["Beto", "Sin nada a cambio", "Confirmar"] {
        hammer(&app, &ana, label).await?;
    }
    assert_eq!(app.count("SELECT count(*) FROM shift_swaps").await?, 1);
    hammer(&app, &beto, "Acepto el cambio").await?;
    hammer(&app, &boss, "Aprobar").await?;
    ana.until_text("los turnos ya están cambiados").await?;
    for person in [&ana, &beto, &boss] {
        assert!(!scolded(person), "{}: {:?}", person.name, person.chat());
    }
    let once = [
        "leave.decide",
        "leave.cancel",
        "swap.propose",
        "swap.answer",
        "swap.decide",
    ];
    for action in once {
        let count = format!("SELECT count(*) FROM audit WHERE action = '{action}'");
        assert_eq!(app.count(&count).await?, 1, "{action}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_taken_over_once_and_off_shift_only_when_that_was_meant() -> Result<()> {
    let (Some(app), _clock) = app().await? else {
        return Ok(());
    };
    let (boss, other) = (
        app.supervisor("Marta").await?,
        app.supervisor("Silva").await?,
    );
    let ana = app.agent("Ana").await?;
    let (beto, celia) = (app.agent("Beto").await?, app.agent("Celia").await?);
    let http = app.http(&boss).await?;
    plan(&http, &beto, 1, 2).await?;
    let until_then = json!({ "unavailable": true, "reason": "Comida", "until": at(1)? });
    let beto_state = format!("/api/v1/agents/{}/availability", beto.agent_id);
    http.put(&beto_state, &until_then).await?.expect(200)?;
    let task = json!({
        "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "planned_start": at(25)?, "planned_end": at(26)?
    });
    let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;
    let code = task["code"].as_str().unwrap_or_default().to_owned();
    leave(&http, &ana, 24, 48).await?;
    press(&boss, "Aprobar").await?;
    let reassign = format!("Reasignar {code}");
    for supervisor in [&boss, &other] {
        press(supervisor, &reassign).await?;
        supervisor.until_text("en lugar de Ana").await?;
    }
    press(&boss, "Beto").await?;
    boss.until_text("Beto está fuera de turno").await?;
    press(&boss, "Volver").await?;
    press(&boss, "Beto").await?;
    hammer(&app, &boss, "Confirmar").await?;
    boss.until_text(&format!("Asignaste {code} a Beto")).await?;
    assert!(!scolded(&boss), "{:?}", boss.chat());
    press(&other, "Celia").await?;
    other.until_text("Eso ya está resuelto").await?;
    app.settled().await?;
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let now = http.get(&path).await?.expect(200)?;
    assert_eq!(now["lead"]["name"], "Beto");
    let held =
        "SELECT count(*) FROM assignments WHERE state NOT IN ('released', 'declined') AND agent_id";
    for (agent, count) in [(&ana, 0), (&beto, 1), (&celia, 0)] {
        let held = format!("{held} = {}", agent.agent_id);
        assert_eq!(app.count(&held).await?, count, "{}", agent.name);
    }
    assert_eq!(dialogues(&app).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_list_offers_the_shifts_of_today() -> Result<()> {
    let (Some(app), clock) = app().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, _beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    plan(&http, &ana, 1, 2).await?;
    plan(&http, &ana, 24, 32).await?;
    ana.says("/turno")?;
    let (list, swap) = button(&ana, "Cambiar turno").await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(3));
    app.settled().await?;
    let tap = ana.presses_data(list, &swap)?;
    ana.until_answered(&tap).await?;
    ana.until_text("¿Con quién cambias 03/03 09:00–17:00?")
        .await?;
    ana.says("/cancelar")?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(40));
    let tap = ana.presses_data(list, &swap)?;
    ana.until_answered(&tap).await?;
    ana.until_text("No tienes turnos planificados").await?;

    let http = app.http(&boss).await?;
    for number in 0..7 {
        plan(&http, &ana, 48 + 24 * number, 56 + 24 * number).await?;
    }
    let tap = ana.presses_data(list, &swap)?;
    ana.until_answered(&tap).await?;
    ana.until_text("¿Qué turno quieres cambiar?").await?;
    press(&ana, "➡").await?;
    press(&ana, "10/03 09:00–17:00").await?;
    ana.until_text("¿Con quién cambias 10/03 09:00–17:00?")
        .await?;
    Ok(())
}
