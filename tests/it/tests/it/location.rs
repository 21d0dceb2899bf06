//! Where people are: live locations beside a dialogue, pins, calls for help; refused off shift with an answer, once.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, until::until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";
const REFUSED: &str = "No guardé tu ubicación";
const KEPT: &str = "SELECT count(*) FROM positions";

fn heard(person: &Somebody, words: &str) -> usize {
    let chat = person.chat();
    let said = chat.messages.iter();
    said.filter(|one| one.text.contains(words)).count()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_live_location_lasts_as_long_as_the_shift(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let shift = json!({
        "agent_id": ana.agent_id,
        "starts_at": "2026-03-02T13:00:00Z", "ends_at": "2026-03-02T21:00:00Z"
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    ana.shares_location(-34.6, -58.4)?;
    ana.until_text(REFUSED).await?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 0);

    clock.advance(TimeDelta::hours(1));
    app.settled().await?;
    let live = ana.shares_live_location(-34.6, -58.4, 28_800)?;
    let live = live.message_id.context("a message")?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 1);

    // In the middle of a dialogue, faster than is kept.
    ana.says("/licencia")?;
    ana.until_text("¿Desde qué día").await?;
    app.settled().await?;
    let before = ana.chat().messages.len();
    for step in 1..=9 {
        clock.advance(TimeDelta::seconds(2));
        ana.moves_live_location(live, -34.6 + f64::from(step) / 1000.0, -58.4)?;
        app.settled().await?;
    }
    assert_eq!(app.count(KEPT).await?, 4, "after 6, 12 and 18 seconds");
    assert_eq!(ana.chat().messages.len(), before, "without a word");
    press(&ana, "Hoy").await?;
    ana.until_text("¿Hasta qué día").await?;
    press(&ana, "Cancelar").await?;
    app.settled().await?;

    clock.advance(TimeDelta::hours(8));
    app.settled().await?;
    let told = heard(&ana, REFUSED);
    for step in 1..=3 {
        clock.advance(TimeDelta::seconds(6));
        ana.moves_live_location(live, -34.7 + f64::from(step) / 1000.0, -58.4)?;
        app.settled().await?;
    }
    assert_eq!(app.count(KEPT).await?, 4);
    assert_eq!(
        heard(&ana, REFUSED),
        told + 1,
        "once, not every few seconds"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_location_begun_off_shift_is_refused_once() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    ana.shares_location(-34.6, -58.4)?;
    app.settled().await?;
    assert_eq!(
        app.count(KEPT).await?,
        1,
        "on duty as long as no shift is planned"
    );
    let shift = json!({
        "agent_id": ana.agent_id,
        "starts_at": "2026-03-02T20:00:00Z", "ends_at": "2026-03-02T21:00:00Z"
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    app.settled().await?;
    let told = heard(&ana, REFUSED);
    let live = ana.shares_live_location(-34.6, -58.4, 28_800)?;
    let live = live.message_id.context("a message")?;
    app.settled().await?;
    for step in 1..=3 {
        clock.advance(TimeDelta::seconds(6));
        ana.moves_live_location(live, -34.6 + f64::from(step) / 1000.0, -58.4)?;
        app.settled().await?;
    }
    ana.stops_live_location(live)?;
    app.settled().await?;
    assert_eq!(heard(&ana, REFUSED), told + 1, "one answer for all of it");
    assert_eq!(app.count(KEPT).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_that_go_on_moving_off_shift_hold_nobody_up() -> Result<()> {
    /// More than there are handlers.
    const PHONES: usize = 24;
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.http(&app.supervisor("Marta").await?).await?;
    let mut phones = Vec::new();
    for number in 0..PHONES {
        let agent = app.agent(&format!("Agente {number}")).await?;
        let live = agent.shares_live_location(-34.6, -58.4, 28_800)?;
        let live = live.message_id.context("a message")?;
        app.settled().await?;
        let shift = json!({
            "agent_id": agent.agent_id,
            "starts_at": "2026-03-02T20:00:00Z", "ends_at": "2026-03-02T21:00:00Z"
        });
        boss.post("/api/v1/shifts", &shift).await?.expect(201)?;
        phones.push((agent, live));
    }
    clock.advance(TimeDelta::seconds(6));
    for (agent, live) in &phones {
        agent.moves_live_location(*live, -34.7, -58.4)?;
    }
    for (agent, _) in &phones {
        agent.until_text(REFUSED).await?;
    }
    app.settled().await?;
    assert_eq!(
        app.count(KEPT).await?,
        i64::try_from(PHONES)?,
        "the first of each"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_first_and_comes_last_changes_nothing() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let live = ana.shares_live_location(-34.6, -58.4, 28_800)?;
    let live = live.message_id.context("a message")?;
    app.settled().await?;
    // Both are handled in the same moment, the newer one first.
    app.paper.shuffle_next(2);
    for step in [10, 20] {
        clock.advance(TimeDelta::seconds(10));
        ana.moves_live_location(live, -34.0 - f64::from(step) / 1000.0, -58.4)?;
    }
    app.settled().await?;
    let newest = "SELECT count(*) FROM last_positions WHERE lat = -34.02";
    assert_eq!(app.count(newest).await?, 1);
    assert_eq!(app.count(KEPT).await?, 2, "the older one is not kept");
    // The last word of a live location carries no period, and counts as one of its moves.
    clock.advance(TimeDelta::seconds(2));
    ana.stops_live_location(live)?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 2, "within five seconds");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_for_help_is_a_source_and_people_see_what_is_kept() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    ana.says("/sos")?;
    app.settled().await?;
    ana.shares_location(-34.6, -58.4)?;
    ana.until_text("EMG-2026-0001").await?;
    app.settled().await?;
    let sos = "SELECT count(*) FROM positions WHERE source = 'sos'";
    assert_eq!(app.count(sos).await?, 1);
    let http = app.http(&boss).await?;
    let way = format!("/api/v1/agents/{}/positions", ana.agent_id);
    http.get(&way).await?.expect(200)?;
    ana.says("/misdatos")?;
    let told = ana.until_text("Tus datos: Ana").await?;
    for words in [
        "Ubicaciones guardadas: 1",
        "Aceptaste vincular",
        "Quién consultó tu recorrido",
        "Marta, 02/03/2026 09:00",
    ] {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    app.settled().await?;
    press(&ana, "Descargar mis datos").await?;
    let sent = ana.until_text("Tus datos, fila por fila").await?;
    let bytes = ana.phone.file(sent.file_id().context("a file")?);
    let kept: Value = serde_json::from_slice(&bytes.context("its bytes")?)?;
    assert_eq!(kept["account"]["name"], "Ana");
    assert_eq!(kept["positions"][0]["lat"], -34.6);
    assert_eq!(kept["positions"].as_array().map(Vec::len), Some(1));
    assert_eq!(kept["looked_at_by"][0][0], "Marta");
    assert!(kept["consented_at"].is_string(), "{kept}");
    assert!(!kept.to_string().contains("password"), "{kept}");
    Ok(())
}

/// What a figure says, if it is told at all.
fn figure(text: &str, name: &str) -> Option<f64> {
    let told = text.lines().find_map(|line| line.strip_prefix(name));
    told?.trim().parse().ok()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_after_thirty_days_is_counted(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    ana.shares_location(-34.6, -58.4)?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 1);

    clock.advance(TimeDelta::days(31));
    let http = app.stranger()?;
    until("the timer and what it says", || async {
        let text = http.get("/metrics").await?.text;
        let removed = figure(&text, "gad_positions_removed_total ");
        let looked = figure(&text, "gad_positions_trimmed_timestamp_seconds ");
        let now = app.store().now().timestamp() as f64;
        // The position, and where she was last.
        Ok((removed >= Some(2.0) && looked == Some(now)).then_some(()))
    })
    .await?;
    assert_eq!(app.count(KEPT).await?, 0);
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_moves_does_not_come_back_to_an_old_step(
    #[case] backend: Backend,
) -> Result<()> {
    const TOO_LATE: &str = "Pasó mucho tiempo";
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let live = ana.shares_live_location(-34.6, -58.4, 28_800)?;
    let live = live.message_id.context("a message")?;
    app.settled().await?;
    ana.says("/licencia")?;
    ana.until_text("¿Desde qué día").await?;
    app.settled().await?;
    clock.advance(TimeDelta::hours(7));
    app.settled().await?;
    let kept = app.count(KEPT).await?;
    ana.moves_live_location(live, -34.7, -58.4)?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, kept + 1, "it has moved");
    assert_eq!(heard(&ana, TOO_LATE), 0, "{:?}", ana.chat());
    let expired = r#"gad_dialogue_total{name="leave",outcome="expired"}"#;
    let figures = app.stranger()?.get("/metrics").await?.text;
    assert!(!figures.contains(expired), "{figures}");

    ana.says("/ayuda")?;
    ana.until_text(TOO_LATE).await?;
    app.settled().await?;
    ana.says("/ayuda")?;
    app.settled().await?;
    assert_eq!(heard(&ana, TOO_LATE), 1, "once");
    let figures = app.stranger()?.get("/metrics").await?.text;
    assert!(figures.contains(expired), "{figures}");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_pin_about_a_task_is_the_last_place_of_a_call_for_help(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let agent_ids = [ana.agent_id];
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": agent_ids });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    app.settled().await?;
    ana.shares_location(-34.5, -58.4)?;
    ana.until_text("Ubicación anotada en PAT-2026-0001").await?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 1);
    // What has a name need not be where she is.
    clock.advance(TimeDelta::seconds(47));
    ana.shares_venue(-34.9, -58.9, "Museo")?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 1);

    let call = app.http(&ana).await?;
    let call = call.post("/api/v1/emergencies", &json!({})).await?;
    call.expect(201)?;
    let card = boss.until_text("última ubicación conocida").await?;
    for words in ["-34.50000", "Está en una tarea: PAT-2026-0001 · Ronda"] {
        assert!(card.text.contains(words), "{words}: {}", card.text);
    }
    app.settled().await
}
