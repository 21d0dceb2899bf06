//! Unavailable until a moment: asked by buttons, said wherever somebody looks for people, and over by itself.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_says_until_when_and_is_free_again_by_himself(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let shift = json!({
        "agent_id": ana.agent_id,
        "starts_at": "2026-03-02T11:00:00Z", "ends_at": "2026-03-02T19:00:00Z"
    });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    let agent = format!("/api/v1/agents/{}", ana.agent_id);

    ana.says("/estado")?;
    press(&ana, "No disponible").await?;
    press(&ana, "Comida").await?;
    ana.until_text("Elige hasta cuándo").await?;
    app.settled().await?;
    let before = http.get(&agent).await?.expect(200)?;
    assert_eq!(before["availability"], "available", "nothing is said yet");
    press(&ana, "1 h").await?;
    ana.until_text("Quedas como no disponible hasta 10:00: Comida")
        .await?;
    let away = http.get(&agent).await?.expect(200)?;
    assert_eq!(away["until"], "2026-03-02T13:00:00Z");

    boss.says("/crear patrullaje; Una ronda; Puerto; ; Ana")?;
    press(&boss, "Confirmar").await?;
    let asked = boss.until_text("Escribe el motivo o vuelve").await?;
    let why = "Ana: no disponible (Comida) hasta 10:00";
    assert!(asked.text.contains(why), "{}", asked.text);
    press(&boss, "Falta de personal").await?;
    boss.until_text("Tarea creada").await?;

    clock.advance(TimeDelta::hours(1));
    app.settled().await?;
    ana.says("/estado")?;
    ana.until_text("Tu estado: disponible").await?;
    press(&ana, "No disponible").await?;
    press(&ana, "Salud").await?;
    press(&ana, "Hasta el fin de mi turno").await?;
    ana.until_text("Quedas como no disponible hasta 16:00: Salud")
        .await?;
    ana.says("/estado")?;
    ana.until_text("Tu estado: no disponible (Salud) hasta 16:00")
        .await?;
    Ok(())
}
