//! What those who help do and report on a call for help reaches whoever called, the others and command.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn those_who_help_are_heard_and_how_far_they_are_is_seen(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let eva = app.agent("Eva").await?;
    app.stands_near(&bob).await?;
    clock.advance(TimeDelta::seconds(1));
    let call = app.called(&ana).await?;
    let id = call["task_id"].as_i64().context("its task")?;
    press(&bob, "Voy").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    let http = app.http(&boss).await?;
    let both = json!({ "agent_ids": [bob.agent_id, eva.agent_id] });
    let way = format!("/api/v1/tasks/{id}/assignments");
    http.put(&way, &both).await?.expect(200)?;
    // Whoever was put on it hears the others before he has answered.
    bob.says("estoy a dos cuadras")?;
    eva.until_text("Bob, que ayuda (EMG-2026-0001): estoy a dos cuadras")
        .await?;
    app.settled().await?;
    press(&eva, "Recibido").await?;
    ana.until_text("Eva: «Recibido», todavía sin decir que va")
        .await?;
    app.settled().await?;

    bob.says("veo dos agresores")?;
    bob.until_text("Se lo paso a Ana, Eva, Marta.").await?;
    for one in [&ana, &eva, &boss] {
        one.until_text("Bob, que ayuda (EMG-2026-0001): veo dos agresores")
            .await?;
    }
    app.settled().await?;
    bob.sends_voice(b"a voice")?;
    ana.until_text("Bob, que ayuda (EMG-2026-0001) envió un mensaje de voz")
        .await?;
    app.settled().await?;
    let messages = ana.messages();
    let voice = messages.iter().rev().find_map(|one| one.file_id());
    let bytes = ana.phone.file(voice.context("a file")?);
    assert_eq!(bytes.context("its bytes")?, b"a voice"[..]);

    let order = json!({ "text": "entren por atrás" });
    let reports = format!("/api/v1/tasks/{id}/reports");
    http.post(&reports, &order).await?.expect(201)?;
    for one in [&ana, &bob, &eva] {
        one.until_text("Marta, del mando (EMG-2026-0001): entren por atrás")
            .await?;
    }
    app.settled().await?;
    let plan = reqwest::multipart::Part::bytes(b"a plan".to_vec());
    let plan = plan.file_name("plano.png").mime_str("image/png")?;
    let form = reqwest::multipart::Form::new().part("file", plan);
    let request = http.request(Method::POST, &reports).multipart(form);
    http.send(request).await?.expect(201)?;
    let told = eva.until_text("Marta, del mando (EMG-2026-0001) envió una foto");
    let told = told.await?;
    assert!(
        told.text.contains("El archivo está en el tablero"),
        "{}",
        told.text
    );
    app.settled().await?;

    clock.advance(TimeDelta::minutes(7));
    press(&bob, "En el lugar").await?;
    for one in [&ana, &boss] {
        one.until_text("Bob: en el lugar desde las 09:07").await?;
    }
    app.settled().await?;
    press(&bob, "Finalizar").await?;
    press(&bob, "Sin novedades").await?;
    let over = ana.until_text("Dijeron que iban: 1 de 3").await?;
    assert!(
        over.text.contains("Bob: llegó a las 09:07"),
        "{}",
        over.text
    );
    let heard = "Eva: «Recibido», sin decir que iba";
    assert!(over.text.contains(heard), "{}", over.text);
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_sent_and_only_got_it_does_not_come_yet(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, eva) = (app.agent("Ana").await?, app.agent("Eva").await?);
    let call = app.called(&ana).await?;
    let id = call["task_id"].as_i64().context("its task")?;
    boss.until_text("ACTÚA").await?;
    app.settled().await?;
    app.stands_near(&eva).await?;
    let way = format!("/api/v1/tasks/{id}/assignments");
    let sent = json!({ "agent_ids": [eva.agent_id] });
    let http = app.http(&boss).await?;
    http.put(&way, &sent).await?.expect(200)?;
    // She reads what whoever is asked by the search reads: how far it is, and where.
    eva.until_text("en línea recta").await?;
    app.settled().await?;
    let mut places = eva.messages().into_iter().filter_map(|one| one.place());
    assert!(places.any(|(lat, _)| (lat + 34.6).abs() < 0.0001));
    press(&eva, "Recibido").await?;
    let card = ana.until_text("Eva: «Recibido», todavía sin decir que va");
    let card = card.await?;
    assert!(card.text.contains("Todavía no va nadie"), "{}", card.text);
    app.settled().await?;
    let said = |words: &str| boss.messages().iter().any(|one| one.text.contains(words));
    assert!(said("ACTÚA") && !said("Ya hay quien va"));
    press(&eva, "En camino").await?;
    boss.until_text("Ya hay quien va").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await
}
