//! A cry from a broadcast: whoever heard it answers by quoting it, and what is only typed reaches all who hear cries.

use anyhow::{Context as _, Result};
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

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_quotes_a_cry_speaks_to_him_who_cried(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (dora, marta) = (
        app.dispatcher("Dora").await?,
        app.supervisor("Marta").await?,
    );
    let (ana, eva) = (app.agent("Ana").await?, app.agent("Eva").await?);
    let place = sent(&app, &dora, false).await?;
    press(&ana, "Necesito ayuda").await?;
    let cry = dora.until_text("Ana necesita ayuda").await?;
    app.settled().await?;
    // The call of another is open: what she says is for Ana all the same.
    app.called(&eva).await?;
    app.settled().await?;

    dora.replies(cry.id, "va un móvil")?;
    dora.until_text("Se lo paso a Ana, Marta.").await?;
    ana.until_text("Dora te responde: «va un móvil» (difusión: Corten la calle)")
        .await?;
    let others = marta.until_text("Dora responde a Ana: «va un móvil»");
    let others = others.await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);

    close(&app, &dora, &place).await?;
    clock.advance(TimeDelta::minutes(30));
    marta.replies(others.id, "¿dónde estás?")?;
    let asked = ana.until_text("Marta te responde: «¿dónde estás?»");
    let asked = asked.await?;
    app.settled().await?;
    ana.replies(asked.id, "atrás de la escuela")?;
    for one in [&dora, &marta] {
        let heard = one.until_text("«atrás de la escuela»").await?;
        let his = heard.text.contains("Ana, que pidió ayuda a las ");
        assert!(his, "{}", heard.text);
    }
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_cry_that_is_typed_into_a_closed_drill_reaches_all_who_hear_cries(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, marta) = (
        app.dispatcher("Dora").await?,
        app.supervisor("Marta").await?,
    );
    let ana = app.agent("Ana").await?;
    app.stands_near(&ana).await?;
    let place = sent(&app, &dora, true).await?;
    ana.until_text("Corten la calle").await?;
    app.settled().await?;
    close(&app, &dora, &place).await?;
    ana.says("me disparan")?;
    for one in [&dora, &marta] {
        let cry = one.until_text("🆘 Ana necesita ayuda").await?;
        assert!(cry.text.contains("me disparan"), "{}", cry.text);
        assert!(cry.text.contains("Última ubicación: "), "{}", cry.text);
        let meant = cry.text.contains("El simulacro ya había terminado");
        assert!(meant, "{}", cry.text);
    }
    app.settled().await?;
    let messages = ana.messages();
    let answer = messages.iter().rev().find(|one| one.from_bot);
    let answer = answer.context("an answer")?;
    assert!(
        answer.text.contains("Se lo paso a Dora, Marta."),
        "{answer:?}"
    );
    assert!(answer.has_button("SOS"), "{answer:?}");
    // Nobody counts as having answered for that.
    let answered = "SELECT count(*) FROM broadcast_recipients WHERE answered_at IS NOT NULL";
    assert_eq!(app.count(answered).await?, 0);
    Ok(())
}
