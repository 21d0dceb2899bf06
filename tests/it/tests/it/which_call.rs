//! "No puedo" where several things wait: which of them it answers, and that this is said.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

/// Calls for help, and this person is asked.
async fn calls(app: &TestApp, who: &Somebody, code: &str, asked: &Somebody) -> Result<()> {
    app.called(who).await?;
    asked.until_text(code).await?;
    app.settled().await
}

async fn declined(app: &TestApp, table: &str) -> Result<i64> {
    let count = format!("SELECT count(*) FROM {table} WHERE state = 'declined'");
    app.count(&count).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_puedo_answers_a_call_that_rang_since_a_reason_is_asked_and_before_a_drill(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let eva = app.agent("Eva").await?;
    app.stands_near(&bob).await?;
    let http = app.http(&dora).await?;
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [bob.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&bob, "No puedo").await?;
    bob.until_text("escribe por qué no puedes con PAT-2026-0001")
        .await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(1));
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    bob.says("no puedo")?;
    bob.until_text("Anotado: no puedes ir a EMG-2026-0001 (")
        .await?;
    app.settled().await?;
    assert_eq!(declined(&app, "emergency_offers").await?, 1);
    assert_eq!(declined(&app, "assignments").await?, 0, "he is still asked");
    bob.says("no puedo")?;
    bob.until_text("Anotado: no puedes con PAT-2026-0001")
        .await?;
    app.settled().await?;

    clock.advance(TimeDelta::seconds(1));
    calls(&app, &eva, "EMG-2026-0002", &bob).await?;
    clock.advance(TimeDelta::seconds(1));
    let drill = json!({ "text": "Corten la calle", "audience": { "kind": "all" }, "drill": true });
    http.post("/api/v1/broadcasts", &drill).await?.expect(201)?;
    bob.until_text("Corten la calle").await?;
    app.settled().await?;
    bob.says("no puedo")?;
    bob.until_text("Anotado: no puedes ir a EMG-2026-0002 (")
        .await?;
    app.settled().await?;
    assert_eq!(declined(&app, "broadcast_recipients").await?, 0);
    bob.says("no puedo")?;
    bob.until_text("Tu respuesta: 🚫 No puedo").await?;
    app.settled().await?;
    assert_eq!(declined(&app, "emergency_offers").await?, 2);
    Ok(())
}
