//! What those in command read of the people of an emergency: by what they were judged, and that they are at it.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn command_reads_that_whoever_is_silent_about_other_work_is_at_an_emergency() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    app.called(&ana).await?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    let new = json!({
        "title": "Recorrida", "kind": "patrullaje", "agent_ids": [bob.agent_id],
        "planned_start": "2026-03-03T12:00:00Z"
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(15));
    let told = boss.until_text("Llama o reasigna: Bob").await?;
    assert!(
        told.text
            .contains("Bob está en la emergencia EMG-2026-0001: busca a otra persona"),
        "{}",
        told.text
    );
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_at_what_time_somebody_was_where_he_was_judged_by() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    app.called(&ana).await?;
    bob.until_text("EMG-2026-0001").await?;
    clock.advance(TimeDelta::minutes(2));
    press(&bob, "No puedo").await?;
    let card = boss.until_text("Bob: no puede").await?;
    assert!(
        card.text.contains("ubicación de las 09:00"),
        "{}",
        card.text
    );
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_whoever_comes_and_blocks_the_bot_command_hears_at_once_and_by_which_phone_he_is_told(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let root = app.admin("Root").await?;
    let root = app.http(&root).await?;
    let phone = json!({ "phone": "+54 11 5555-0101" });
    let way = format!("/api/v1/users/{}", bob.user_id);
    root.patch(&way, &phone).await?.expect(200)?;
    app.stands_near(&bob).await?;
    let call = app.called(&ana).await?;
    press(&bob, "Voy").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    bob.blocks_bot()?;
    let told = boss
        .until_text("Bob va a EMG-2026-0001 y ya no recibe mensajes de Telegram")
        .await?;
    assert!(
        told.text.contains("Llama al +54 11 5555-0101"),
        "{}",
        told.text
    );
    ana.until_text("ya no recibe mensajes de Telegram: hay que llamarle")
        .await?;
    app.settled().await?;
    let way = format!("/api/v1/emergencies/{}", call["id"]);
    let seen = root.get(&way).await?.expect(200)?;
    assert_eq!(seen["takers"][0]["blocked"], true);
    ana.blocks_bot()?;
    boss.until_text("Ana pidió ayuda (EMG-2026-0001) y ya no recibe mensajes de Telegram")
        .await?;
    app.settled().await
}
