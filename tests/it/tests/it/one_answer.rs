//! /difusion by real taps where one answer is enough: while it holds nobody is asked again.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp, people::Recruit, until::until};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn in_the_chat_the_first_answer_can_be_enough(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(1, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("¿Quién está cerca del puerto?")?;
    press(&dora, "Basta una respuesta").await?;
    dora.until_text("Basta con la primera respuesta").await?;
    press(&dora, "Esperar a todos").await?;
    press(&dora, "Basta una respuesta").await?;
    dora.until_button("Esperar a todos").await?;
    press(&dora, "Confirmar").await?;
    bob.until_text("cerca del puerto").await?;
    app.settled().await?;
    let rounds =
        "SELECT count(*) FROM timers WHERE kind = 'broadcast_round' AND status = 'waiting'";
    assert_eq!(app.count(rounds).await?, 1);
    press(&ana, "Recibido").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(
        (&now["ack_mode"], &now["status"]),
        (&json!("first"), &json!("acknowledged"))
    );
    assert_eq!(app.count(rounds).await?, 0, "nobody is asked again");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_again_reads_when_and_why(#[case] backend: Backend) -> Result<()> {
    // Noon, and nine in the morning where they are.
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let ana = app.agent("Ana").await?;
    let http = app.http(&dora).await?;
    let body =
        json!({ "text": "Corten la calle", "audience": { "kind": "all" }, "ack_mode": "first" });
    http.post("/api/v1/broadcasts", &body).await?.expect(201)?;
    press(&ana, "Recibido").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    dora.until_text("Si no se ponen en camino, se vuelve a preguntar")
        .await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(301));
    let asked = ana.until_text("Se volvió a preguntar a las 09:05").await?;
    assert!(
        asked.text.contains("lo que respondiste a las 09:00") && asked.has_button("En camino"),
        "{asked:?}"
    );
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    until("the sender to read it too", || async {
        let chat = dora.chat();
        let card = chat.find("Difusión a");
        let said = "Ana: se volvió a preguntar 09:05 (había respondido 09:00)";
        Ok(card
            .is_some_and(|one| one.text.contains(said))
            .then_some(()))
    })
    .await?;
    press(&ana, "En camino").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    let over = ana.until_text("Tu respuesta: 🚗 En camino").await?;
    assert!(
        !over.text.contains("Se volvió a preguntar"),
        "{}",
        over.text
    );
    until("the sender to read that she comes", || async {
        let chat = dora.chat();
        let card = chat.find("Difusión a");
        Ok(card
            .is_some_and(|one| !one.text.contains("se volvió a preguntar"))
            .then_some(()))
    })
    .await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn in_the_chat_one_says_how_many_answers_and_until_when(
    #[case] backend: Backend,
) -> Result<()> {
    let noon = "2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?;
    let clock = Clock::by_hand(noon);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(1, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.agent("Eva").await?;
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("¿Quién puede ir al puerto?")?;
    press(&dora, "Elegir cuántas").await?;
    dora.until_text("¿Cuántas respuestas bastan?").await?;
    dora.says("muchas")?;
    dora.until_text("Escribe un número, como 5").await?;
    dora.says("4")?;
    dora.until_text("a más gente: llega a 3 personas").await?;
    dora.says("2")?;
    dora.until_text("Bastan 2 respuestas").await?;
    press(&dora, "Hasta cuándo").await?;
    dora.until_text("¿Por cuánto tiempo").await?;
    press(&dora, "4 h").await?;
    dora.until_text("Se cierra 4 horas después de salir")
        .await?;
    press(&dora, "Confirmar").await?;
    press(&ana, "Recibido").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(
        (&now["ack_mode"], &now["status"]),
        (&json!("quorum:2"), &json!("active"))
    );
    let expires_at: DateTime<Utc> = serde_json::from_value(now["expires_at"].clone())?;
    assert_eq!(expires_at, noon + TimeDelta::hours(4));
    press(&bob, "En camino").await?;
    app.settled().await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(now["status"], "acknowledged");
    let many = json!({ "text": "Ya", "audience": { "kind": "all" }, "ack_mode": "quorum:500" });
    let refused = http.post("/api/v1/broadcasts", &many).await?.expect(422)?;
    assert_eq!(
        (&refused["code"], &refused["errors"][0]["field"]),
        (&json!("quorum_too_large"), &json!("ack_mode"))
    );
    let said = refused["detail"].as_str().unwrap_or_default();
    assert!(said.contains("3 personas"), "{said}");
    app.settled().await
}
