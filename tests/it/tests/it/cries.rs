//! What is said after the end of something, and in the middle of something else, by people who may still need help.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

/// Sends it to everybody; where it is.
async fn sent(app: &TestApp, dora: &Somebody, drill: bool) -> Result<String> {
    let new = json!({ "text": "Corten la calle", "audience": { "kind": "all" }, "drill": drill });
    let http = app.http(dora).await?;
    let made = http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    Ok(format!("/api/v1/broadcasts/{}", made["id"]))
}

async fn close(app: &TestApp, dora: &Somebody, place: &str) -> Result<()> {
    let http = app.http(dora).await?;
    let closed = http.post(&format!("{place}/close"), &json!({})).await?;
    closed.expect(200)?;
    app.settled().await
}

/// Reports on the tasks whose code begins so.
async fn reports(app: &TestApp, prefix: &str) -> Result<i64> {
    app.count(&format!(
        "SELECT count(*) FROM reports r JOIN tasks t ON t.id = r.task_id WHERE t.code LIKE '{prefix}-%'"
    ))
    .await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_cry_after_the_end_goes_before_the_work_that_somebody_is_at(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    app.stands_near(&bob).await?;
    clock.advance(TimeDelta::seconds(1));
    let call = app.called(&ana).await?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    ana.says("ayuda")?;
    boss.until_text("Ana (EMG-2026-0001): ayuda").await?;
    app.settled().await?;
    let way = format!("/api/v1/emergencies/{}/resolve", call["id"]);
    let why = json!({ "reason": "Se fueron" });
    http.post(&way, &why).await?.expect(200)?;
    ana.until_text("Si todavía necesitas ayuda").await?;
    app.settled().await?;

    clock.advance(TimeDelta::minutes(5));
    ana.says("no, siguen acá")?;
    let cry = "Ana (EMG-2026-0001): no, siguen acá";
    for (one, commands) in [(&bob, false), (&boss, true)] {
        let heard = one.until_text(cry).await?;
        assert!(heard.text.contains("Terminada a las"), "{}", heard.text);
        assert_eq!(heard.has_button("Reabrir"), commands, "{heard:?}");
    }
    app.settled().await?;
    let messages = ana.messages();
    let mut newest = messages.iter().rev();
    let kept = newest.find(|one| one.text.contains("Se lo paso a Bob, Marta."));
    let kept = kept.context("the answer")?;
    assert!(kept.has_button("SOS"), "{kept:?}");
    ana.says("Ayuda!")?;
    boss.until_text("Ana (EMG-2026-0001): Ayuda!").await?;
    ana.sends_photo(b"a picture", "")?;
    boss.until_text("Ana (EMG-2026-0001) envió una foto")
        .await?;
    ana.shares_location(-34.6, -58.4)?;
    boss.until_text("Ana (EMG-2026-0001) envió su ubicación")
        .await?;
    app.settled().await?;
    assert_eq!(
        (reports(&app, "EMG").await?, reports(&app, "PAT").await?),
        (5, 0)
    );
    // She goes on with her work.
    ana.says("/novedad")?;
    app.settled().await?;
    ana.says("vereda rota")?;
    ana.until_text("Novedad guardada en PAT-2026-0001").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    press(&ana, "En el lugar").await?;
    app.settled().await?;
    ana.says("semáforo apagado")?;
    app.settled().await?;
    assert_eq!(
        (reports(&app, "EMG").await?, reports(&app, "PAT").await?),
        (5, 2)
    );
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_at_a_call_tells_it_whatever_broadcast_he_asked_for_help_in(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    app.called(&ana).await?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    let place = sent(&app, &dora, false).await?;
    press(&bob, "Necesito ayuda").await?;
    bob.until_text("¿Qué necesitas?").await?;
    app.settled().await?;
    bob.says("me rodearon")?;
    let told = dora.until_text("«me rodearon» (difusión: Corten la calle)");
    let told = told.await?.text;
    assert!(told.contains("Bob, que pidió ayuda a las "), "{told}");
    ana.until_text("Bob, que ayuda (EMG-2026-0001): me rodearon")
        .await?;
    app.settled().await?;
    assert_eq!(reports(&app, "EMG").await?, 1);
    close(&app, &dora, &place).await?;
    bob.says("son dos agresores")?;
    bob.until_text("Novedad guardada en EMG-2026-0001").await?;
    bob.sends_photo(b"a picture", "el auto")?;
    bob.until_text("Foto anotada en EMG-2026-0001").await?;
    app.settled().await?;
    assert_eq!(reports(&app, "EMG").await?, 3);
    let notes = "SELECT count(*) FROM broadcast_answers WHERE note IS NOT NULL";
    assert_eq!(app.count(notes).await?, 1);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_cries_at_a_call_is_no_part_of_a_drill(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    app.called(&ana).await?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    sent(&app, &dora, true).await?;
    bob.until_text("Corten la calle").await?;
    app.settled().await?;
    let heard = async |words: &str| -> Result<()> {
        let said = format!("Bob, que ayuda (EMG-2026-0001): {words}");
        let told = ana.until_text(&said).await?;
        assert!(!told.text.contains("SIMULACRO"), "{}", told.text);
        app.settled().await
    };
    bob.says("necesito ayuda, hay dos más armados")?;
    heard("necesito ayuda, hay dos más armados").await?;
    press(&bob, "Necesito ayuda").await?;
    bob.until_text("¿Qué necesitas?").await?;
    app.settled().await?;
    bob.says("me disparan desde el techo")?;
    heard("me disparan desde el techo").await?;
    assert_eq!(reports(&app, "EMG").await?, 2);
    let notes = "SELECT count(*) FROM broadcast_answers WHERE note IS NOT NULL";
    assert_eq!(app.count(notes).await?, 0, "it was not practised");
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_puedo_in_words_is_the_answer_to_what_waits(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob, eva) = (
        app.agent("Ana").await?,
        app.agent("Bob").await?,
        app.agent("Eva").await?,
    );
    app.stands_near(&bob).await?;
    let call = app.called(&ana).await?;
    bob.until_button("Voy").await?;
    app.settled().await?;
    bob.says("no puedo")?;
    bob.until_text("Anotado: no puedes ir a EMG-2026-0001 (")
        .await?;
    app.settled().await?;
    let said = "SELECT count(*) FROM emergency_offers WHERE state = 'declined'";
    assert_eq!(app.count(said).await?, 1);

    let http = app.http(&boss).await?;
    let way = format!("/api/v1/tasks/{}/assignments", call["task_id"]);
    let crew = json!({ "agent_ids": [eva.agent_id] });
    http.put(&way, &crew).await?.expect(200)?;
    eva.until_button("Recibido").await?;
    app.settled().await?;
    eva.says("No puedo.")?;
    eva.until_text("escribe por qué no puedes con EMG-2026-0001")
        .await?;
    app.settled().await?;
    // Here it is the reason, and no answer to anything else.
    eva.says("no puedo")?;
    eva.until_text("Anotado: no puedes con EMG-2026-0001")
        .await?;
    app.settled().await?;
    let said = "SELECT count(*) FROM assignments WHERE state = 'declined' AND reason = 'no puedo'";
    assert_eq!(app.count(said).await?, 1);
    // From whoever called it is a cry.
    ana.says("no puedo")?;
    boss.until_text("Ana (EMG-2026-0001): no puedo").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 1);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_after_a_drill_is_no_part_of_it(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let place = sent(&app, &dora, true).await?;
    ana.until_text("Corten la calle").await?;
    app.settled().await?;
    ana.says("todo en orden")?;
    let during = dora.until_text("todo en orden").await?;
    assert!(during.text.contains("SIMULACRO"), "{}", during.text);
    let answer = ana.until_text("ayuda de verdad, toca SOS").await?;
    assert!(answer.text.contains("SIMULACRO"), "{}", answer.text);
    assert!(answer.has_button("SOS"), "{answer:?}");
    app.settled().await?;
    close(&app, &dora, &place).await?;
    ana.says("hay dos heridos")?;
    let after = dora.until_text("hay dos heridos").await?;
    assert!(!after.text.contains("SIMULACRO"), "{}", after.text);
    assert!(
        after.text.contains("El simulacro ya había terminado"),
        "{}",
        after.text
    );
    app.settled().await?;
    let messages = ana.messages();
    let answer = messages.iter().rev().find(|one| one.from_bot);
    let answer = answer.context("an answer")?;
    assert!(
        answer.text.contains("Se lo paso a Dora") && !answer.text.contains("SIMULACRO"),
        "{}",
        answer.text
    );
    let way = answer.text.contains("ayuda de verdad, toca SOS");
    assert!(way && answer.has_button("SOS"), "{answer:?}");
    Ok(())
}
