//! What somebody writes, says and shows while his own call for help is open, and after its end.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn words_go_to_those_who_come_before_any_task_and_any_dialogue(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (nadia, bob) = (app.agent("Nadia").await?, app.agent("Bob").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [nadia.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&nadia, "Iniciar").await?;
    bob.shares_live_location(-34.601, -58.4, 3600)?;
    nadia.says("/licencia")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    nadia.says("/sos")?;
    nadia.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    nadia.says("estoy en Güemes 1200")?;
    nadia
        .until_text("Novedad guardada en EMG-2026-0001")
        .await?;
    let card = bob.until_text("estoy en Güemes 1200").await?;
    assert!(card.text.contains("desconocido"), "{}", card.text);
    boss.until_text("Nadia (EMG-2026-0001): estoy en Güemes 1200")
        .await?;
    app.settled().await?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    nadia.says("me hirieron")?;
    nadia.until_text("Se lo paso a Bob, Marta.").await?;
    bob.until_text("Nadia (EMG-2026-0001): me hirieron").await?;
    app.settled().await?;
    nadia.sends_voice(b"a voice")?;
    bob.until_text("Nadia (EMG-2026-0001) envió un mensaje de voz")
        .await?;
    app.settled().await?;
    let messages = bob.messages();
    let voice = messages.iter().rev().find_map(|one| one.file_id());
    let bytes = bob.phone.file(voice.context("a file")?);
    assert_eq!(bytes.context("its bytes")?, b"a voice"[..]);
    let kept = "SELECT count(*) FROM reports r JOIN tasks t ON t.id = r.task_id WHERE t.code = 'EMG-2026-0001'";
    assert_eq!(app.count(kept).await?, 3);
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_to_be_kept_goes_on_all_the_same() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let app = TestApp::on(Backend::Sqlite).clock(&clock).start().await?;
    let Some(app) = app else { return Ok(()) };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(15));
    boss.until_text("EMG-2026-0001").await?;
    app.settled().await?;
    let film = vec![7; 20 * 1024 * 1024 + 1];
    ana.sends_video(&film, "el portón")?;
    boss.until_text("más de 20 MB: va solo por Telegram. el portón")
        .await?;
    ana.until_text("Se lo paso a Marta.").await?;
    app.settled().await?;
    let messages = boss.messages();
    let passed = messages.iter().rev().find_map(|one| one.file_id());
    let bytes = boss.phone.file(passed.context("a file")?);
    assert_eq!(bytes.context("its bytes")?.len(), film.len());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn words_after_the_end_belong_to_the_call_and_not_to_an_older_broadcast(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let http = app.http(&dora).await?;
    let new = json!({ "text": "Repórtense", "audience": { "kind": "all" } });
    let made = http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    ana.until_text("Repórtense").await?;
    app.settled().await?;
    let close = format!("/api/v1/broadcasts/{}/close", made["id"]);
    http.post(&close, &json!({})).await?.expect(200)?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    app.stands_near(&bob).await?;
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    ana.says("me apuñalaron")?;
    press(&bob, "Voy").await?;
    app.settled().await?;
    press(&bob, "Finalizar").await?;
    press(&bob, "Sin novedades").await?;
    ana.until_text("Si todavía necesitas ayuda").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(5));
    ana.says("pero sigo mal")?;
    bob.until_text("Ana (EMG-2026-0001): pero sigo mal").await?;
    dora.until_text("Ana (EMG-2026-0001): pero sigo mal")
        .await?;
    ana.until_text("Se lo paso a Bob, Dora.").await?;
    app.settled().await?;
    let messages = ana.messages();
    let mut newest = messages.iter().rev();
    let kept = newest.find(|one| one.text.contains("Se lo paso a"));
    let kept = kept.context("the answer")?;
    assert!(kept.text.contains("EMG-2026-0001"), "{}", kept.text);
    assert!(kept.has_button("SOS"), "{kept:?}");
    let notes = "SELECT count(*) FROM broadcast_answers WHERE note IS NOT NULL";
    assert_eq!(app.count(notes).await?, 0);
    Ok(())
}
