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
    Ok(())
}
