//! Whoever says later that he comes gets what whoever called has sent before.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_later_gets_the_voice_and_the_street(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    clock.advance(TimeDelta::seconds(1));
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    ana.says("estoy en Güemes 1200")?;
    bob.until_text("estoy en Güemes 1200").await?;
    app.settled().await?;
    ana.sends_voice(b"a voice")?;
    boss.until_text("Ana (EMG-2026-0001) envió un mensaje de voz")
        .await?;
    app.settled().await?;
    assert!(bob.messages().iter().all(|one| one.file_id().is_none()));

    press(&bob, "Voy").await?;
    bob.until_text("Ana (EMG-2026-0001) envió antes este archivo")
        .await?;
    app.settled().await?;
    let messages = bob.messages();
    let voice = messages.iter().rev().find_map(|one| one.file_id());
    let bytes = bob.phone.file(voice.context("a file")?);
    assert_eq!(bytes.context("its bytes")?, b"a voice"[..]);
    let chat = bob.chat();
    let mut cards = chat
        .messages
        .iter()
        .filter(|one| one.text.contains("Estado:"));
    let told = cards.any(|card| {
        card.text.contains("Güemes 1200") && card.text.contains("no compartió ubicación")
    });
    assert!(told, "{chat}");
    Ok(())
}
