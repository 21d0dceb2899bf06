//! Shifts, leave and exchanges by tapping: presence, hand-over by voice, a calendar of buttons, a certificate, and
//! somebody else for the task that a leave breaks.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Somebody, TestApp, until::until};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

fn start() -> Result<DateTime<Utc>> {
    Ok(START.parse()?)
}

async fn plan(http: &Http, who: &Somebody, from: i64, to: i64) -> Result<Value> {
    let at = |hours| start().map(|start| (start + TimeDelta::hours(hours)).to_rfc3339());
    let new = json!({ "agent_id": who.agent_id, "starts_at": at(from)?, "ends_at": at(to)? });
    http.post("/api/v1/shifts", &new).await?.expect(201)
}

/// Taps the button with exactly this label: a day of a calendar is part of others, and of the year.
async fn press_exactly(person: &Somebody, label: &str) -> Result<()> {
    let find = |chat: &telegram::ChatView| {
        let messages = chat.messages.iter().rev();
        let mut buttons =
            messages.flat_map(|one| one.keyboard.iter().flatten().map(|b| (one.id, b)));
        buttons
            .find(|(_, button)| button.label == label)
            .and_then(|(id, button)| Some((id, button.data.clone()?)))
    };
    let chat = person
        .until(|chat| find(chat).is_some(), it::until::DEADLINE)
        .await?;
    let (message, data) = find(&chat).context("the button just seen")?;
    let tap = person.presses_data(message, &data)?;
    person.until_answered(&tap).await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_shift_from_its_start_to_the_next_one(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let shift = plan(&http, &ana, 1, 9).await?;
    plan(&http, &beto, 8, 16).await?;
    app.settled().await?;

    clock.advance(TimeDelta::hours(1));
    let asked = ana.until_text("Empieza tu turno").await?;
    assert!(asked.text.contains("10:00–18:00"), "{}", asked.text);
    press(&ana, "Presente").await?;
    ana.until_text("Presente registrado").await?;
    // An hour has passed, and with it the session.
    let http = app.http(&boss).await?;
    let path = format!("/api/v1/shifts/{}", shift["id"]);
    let now = http.get(&path).await?.expect(200)?;
    assert_eq!(now["status"], "active");
    assert_eq!(now["present_at"], "2026-03-02T13:00:00Z");

    app.settled().await?;
    clock.advance(TimeDelta::hours(7));
    beto.until_text("Empieza tu turno").await?;
    ana.says("/turno")?;
    press(&ana, "Terminar turno").await?;
    ana.until_text("¿Qué debe saber el próximo turno?").await?;
    ana.says("Llaves en la guardia")?;
    ana.until_text("La entrega queda para el próximo turno")
        .await?;
    let told = beto.until_text("Entrega de Ana").await?;
    assert!(told.text.contains("Llaves en la guardia"), "{}", told.text);
    beto.says("/turno")?;
    beto.until_text("Entrega de los turnos anteriores").await?;
    let http = app.http(&boss).await?;
    let now = http.get(&path).await?.expect(200)?;
    assert_eq!(now["status"], "ended");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_a_shift_and_still_leads_something_is_told_so() -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    let http = app.http(&boss).await?;
    plan(&http, &ana, 1, 9).await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    ana.until_text("Empieza tu turno").await?;
    press(&ana, "Presente").await?;
    ana.until_text("Presente registrado").await?;
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "lead_agent_id": ana.agent_id, "planned_start": app.store().now().to_rfc3339() });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let begun = http.post(&format!("{path}/start"), &json!({})).await?;
    begun.expect(200)?;
    app.settled().await?;
    ana.says("/turno")?;
    press(&ana, "Terminar turno").await?;
    let code = task["code"].as_str().context("a code")?;
    let asked = ana.until_text("Todavía diriges").await?;
    assert!(asked.text.contains(code) && asked.text.contains("¿Qué debe saber"));
    app.settled().await?;
    press(&ana, &format!("Finalizar {code}")).await?;
    ana.until_text(&format!("Finaliza {code}")).await?;
    press(&ana, "Sin novedades").await?;
    app.settled().await?;
    assert_eq!(http.get(&path).await?.expect(200)?["status"], "completed");
    ana.says("/turno")?;
    press(&ana, "Terminar turno").await?;
    app.settled().await?;
    let last = ana.until_text("¿Qué debe saber el próximo turno?").await?;
    assert!(!last.text.contains("Todavía diriges"), "{}", last.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_can_be_spoken_and_is_heard_by_the_next_shift() -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    plan(&http, &ana, 1, 9).await?;
    plan(&http, &beto, 8, 16).await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    ana.until_text("Empieza tu turno").await?;
    press(&ana, "Presente").await?;
    ana.until_text("Presente registrado").await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(7));
    beto.until_text("Empieza tu turno").await?;
    ana.says("/turno")?;
    press(&ana, "Terminar turno").await?;
    ana.until_text("¿Qué debe saber el próximo turno?").await?;
    ana.sends_voice(b"las llaves quedan en la guardia")?;
    ana.until_text("La entrega queda para el próximo turno")
        .await?;
    let told = beto.until_text("Entrega de Ana").await?;
    assert_eq!(told.media, Some("voice"), "{}", told.text);
    let heard = beto.phone.file(told.file_id().context("a file")?);
    assert_eq!(
        heard.context("its bytes")?,
        b"las llaves quedan en la guardia"
    );
    let kept = "SELECT count(*) FROM attachments WHERE shift_id IS NOT NULL AND state = 'stored'";
    until("the voice to be fetched", || async {
        Ok((app.count(kept).await? == 1).then_some(()))
    })
    .await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_begins_with_its_tasks_and_the_voice_of_the_one_before() -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let shift = plan(&http, &ana, 1, 3).await?;
    plan(&http, &beto, 3, 9).await?;
    let mut codes = Vec::new();
    for (title, from, to) in [("Recorrida", 4, 5), ("Guardia", 30, 31)] {
        let at = |hours| start().map(|start| (start + TimeDelta::hours(hours)).to_rfc3339());
        let task = json!({
            "title": title, "kind": "patrullaje", "agent_ids": [beto.agent_id],
            "planned_start": at(from)?, "planned_end": at(to)?, "override_reason": "Prueba"
        });
        let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;
        codes.push(task["code"].as_str().context("a code")?.to_owned());
    }
    app.settled().await?;
    clock.advance(TimeDelta::hours(1));
    ana.until_text("Empieza tu turno").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(100));
    let http = app.http(&boss).await?;
    let voice = reqwest::multipart::Part::bytes(b"OggS the keys are at the desk".to_vec())
        .file_name("entrega.ogg")
        .mime_str("audio/ogg")?;
    let form = reqwest::multipart::Form::new().part("file", voice);
    let path = format!("/api/v1/shifts/{}/end", shift["id"]);
    let sent = http.send(http.request(Method::POST, &path).multipart(form));
    sent.await?.expect(200)?;
    app.settled().await?;

    clock.advance(TimeDelta::minutes(20));
    let begun = beto.until_text("Empieza tu turno").await?;
    assert!(begun.text.contains("13:00 · "), "{}", begun.text);
    assert!(begun.text.contains(&codes[0]), "{}", begun.text);
    assert!(!begun.text.contains(&codes[1]), "{}", begun.text);
    let told = beto.until_text("Entrega de Ana").await?;
    assert!(told.text.contains("11:40"), "{}", told.text);
    assert_eq!(told.media, Some("voice"), "{}", told.text);
    let heard = beto.phone.file(told.file_id().context("a file")?);
    assert_eq!(
        heard.context("its bytes")?,
        b"OggS the keys are at the desk"
    );
    let voices = || {
        let chat = beto.chat();
        let said = chat.messages.iter();
        said.filter(|one| one.media == Some("voice")).count()
    };
    assert_eq!(voices(), 1);
    press(&beto, "Ver entrega").await?;
    until("the voice again", || async {
        Ok((voices() == 2).then_some(()))
    })
    .await?;
    press(&beto, &codes[0]).await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn leave_is_asked_for_on_a_calendar_and_its_task_goes_to_another(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let task = json!({
        "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "planned_start": "2026-04-07T12:00:00Z", "planned_end": "2026-04-07T14:00:00Z"
    });
    let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;
    let code = task["code"].as_str().unwrap_or_default().to_owned();
    ana.until_button("Recibido").await?;

    ana.says("/licencia")?;
    ana.until_text("¿Desde qué día").await?;
    press(&ana, "➡️").await?;
    ana.until_button("abril 2026").await?;
    press_exactly(&ana, "6").await?;
    ana.until_text("¿Hasta qué día").await?;
    press_exactly(&ana, "10").await?;
    press(&ana, "Salud").await?;
    ana.until_text("Envía el certificado").await?;
    ana.sends_photo(b"\x89PNG\r\n\x1a\nnot much of a certificate", "")?;
    let preview = ana
        .until_text("Licencia del 06/04/2026 al 10/04/2026")
        .await?;
    assert!(preview.text.contains("Con certificado"), "{}", preview.text);
    press(&ana, "Confirmar").await?;
    ana.until_text("Pedido enviado").await?;

    let card = boss.until_text("Licencia de Ana").await?;
    assert!(card.text.contains(&code), "{}", card.text);
    press(&boss, "Ver certificado").await?;
    boss.until_text("Certificado de Ana").await?;
    press(&boss, "Aprobar").await?;
    ana.until_text("Aprobada por Marta").await?;
    press(&boss, &format!("Reasignar {code}")).await?;
    boss.until_text("en lugar de Ana").await?;
    press(&boss, "Beto").await?;
    boss.until_text(&format!("Asignaste {code} a Beto")).await?;
    beto.until_text(&code).await?;
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let now = http.get(&path).await?.expect(200)?;
    assert_eq!(now["lead"]["name"], "Beto");

    press(&ana, "Anular licencia").await?;
    ana.until_text("Anulada por quien la pidió").await?;
    boss.until_text("Anulada por quien la pidió").await?;
    press(&ana, "Deshacer").await?;
    ana.until_text("Aprobada por Marta").await?;
    ana.until_button("Anular licencia").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_says_why_and_cancelling_asks_for_nothing() -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    ana.says("/licencia")?;
    press(&ana, "Hoy").await?;
    ana.until_text("¿Hasta qué día").await?;
    press(&ana, "Cancelar").await?;
    ana.until_text("No se guardó nada").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM leaves").await?, 0);

    ana.says("/licencia")?;
    press(&ana, "Hoy").await?;
    ana.until_text("¿Hasta qué día").await?;
    press(&ana, "Hoy").await?;
    ana.until_text("¿Por qué?").await?;
    ana.says("recibido")?;
    ana.until_text("si eso responde a una tarea").await?;
    ana.says("Mudanza")?;
    press(&ana, "Omitir").await?;
    press(&ana, "Confirmar").await?;
    boss.until_text("Mudanza").await?;
    press(&boss, "Rechazar").await?;
    boss.until_text("¿Por qué rechazas").await?;
    boss.says("Falta gente esa noche")?;
    let told = ana.until_text("Rechazada por Marta").await?;
    assert!(told.text.contains("Falta gente esa noche"), "{}", told.text);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn two_exchange_their_shifts_and_the_supervisor_agrees(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let hers = plan(&http, &ana, 24, 32).await?;
    let his = plan(&http, &beto, 48, 56).await?;
    ana.says("/turno")?;
    press(&ana, "Cambiar turno").await?;
    press(&ana, "Beto").await?;
    ana.until_text("tomas a cambio").await?;
    press(&ana, "04/03 09:00–17:00").await?;
    ana.until_text("Propones a Beto").await?;
    press(&ana, "Confirmar").await?;
    press(&beto, "Acepto el cambio").await?;
    press(&boss, "Aprobar").await?;
    ana.until_text("los turnos ya están cambiados").await?;
    for (shift, owner) in [(hers, &beto), (his, &ana)] {
        let path = format!("/api/v1/shifts/{}", shift["id"]);
        let now = http.get(&path).await?.expect(200)?;
        assert_eq!(now["agent_id"], owner.agent_id);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_link_from_the_chat_feeds_a_calendar_until_it_is_revoked() -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let wish = TestApp::on(Backend::Sqlite).clock(&clock);
    let wish = wish.set("PUBLIC_URL", "https://gad.example/board");
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    plan(&app.http(&boss).await?, &ana, 24, 32).await?;
    ana.says("/turno")?;
    press(&ana, "Calendario").await?;
    let shown = ana.until_text("Agrega este enlace").await?;
    let url = shown.text.split_whitespace().last().unwrap_or_default();
    let path = url
        .strip_prefix("https://gad.example")
        .context(url.to_owned())?;
    let stranger = app.stranger()?;
    let feed = stranger.send(stranger.request(Method::GET, path)).await?;
    assert_eq!(feed.status, 200, "{}", feed.text);
    assert!(
        feed.text.contains("DTSTART:20260303T120000Z"),
        "{}",
        feed.text
    );
    app.settled().await?;
    let secret = path.split_once('=').map_or(path, |(_, secret)| secret);
    let kept = format!("SELECT count(*) FROM outbox WHERE CAST(notice AS TEXT) LIKE '%{secret}%'");
    assert_eq!(app.count(&kept).await?, 0, "the secret is still there");
    press(&ana, "Anular enlace").await?;
    ana.until_text("Enlace anulado").await?;
    let gone = stranger.get(path).await?.expect(404)?;
    assert_eq!(gone["code"], "not_found");
    Ok(())
}
