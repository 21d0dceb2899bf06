//! Whoever corrects in Telegram what he wrote hears what became of it, and the record keeps both wordings.

use anyhow::{Context, Result};
use chrono::{TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stands_below_what_was_written_first(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let new = json!({
        "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id, beto.agent_id],
        "lead_agent_id": ana.agent_id
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    app.settled().await?;
    let said = ana.says("Robo en Güemes 120")?;
    let id = said.message_id.context("its number")?;
    ana.until_text("Novedad guardada en PAT-").await?;
    ana.edits(id, "Robo en Güemes 1200")?;
    ana.until_text("Corrección anotada en PAT-").await?;
    // The same again says nothing new, the first wording does.
    for words in ["Robo en Güemes 1200", "Robo en Güemes 120"] {
        ana.edits(id, words)?;
        app.settled().await?;
    }
    for (words, times) in [
        ("Robo en Güemes 120", 1),
        ("✏️ Corrección: Robo en Güemes 1200", 1),
        ("✏️ Corrección: Robo en Güemes 120", 1),
    ] {
        let kept = format!("SELECT count(*) FROM reports WHERE text = '{words}'");
        assert_eq!(app.count(&kept).await?, times, "{words}");
    }
    // Also once the task is over, whoever was released from it.
    let said = beto.says("Todo tranquilo")?;
    beto.until_text("Novedad guardada en PAT-").await?;
    press(&ana, "Finalizar").await?;
    press(&ana, "Sin novedades").await?;
    app.settled().await?;
    let id = said.message_id.context("its number")?;
    beto.edits(id, "Todo tranquilo en Güemes")?;
    beto.until_text("Corrección anotada en PAT-").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_corrected_whose_task_was_chosen_later() -> Result<()> {
    // Messages bear the real time, which is before this one.
    let clock = Clock::by_hand(Utc::now() + TimeDelta::minutes(1));
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut ways = Vec::new();
    for number in 0..2 {
        let start = app.store().now() + TimeDelta::days(number);
        let new = json!({
            "title": format!("Ronda {number}"), "kind": "patrullaje", "agent_ids": [ana.agent_id],
            "planned_start": start.to_rfc3339()
        });
        let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
        ways.push(format!("/api/v1/tasks/{}/start", task["id"]));
    }
    for way in &ways {
        http.post(way, &json!({})).await?.expect(200)?;
    }
    app.settled().await?;
    let said = ana.says("Poste caído")?;
    ana.until_text("tienes 2 en curso").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(1));
    press(&ana, "Ronda 0").await?;
    ana.until_text("Novedad guardada en PAT-").await?;
    let id = said.message_id.context("its number")?;
    ana.edits(id, "Poste caído en Güemes")?;
    ana.until_text("Corrección anotada en PAT-").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_corrected_is_said() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("Escribe el título").await?;
    let said = boss.says("Una rodna")?;
    boss.until_text("Indica el lugar").await?;
    boss.edits(said.message_id.context("its number")?, "Una ronda")?;
    boss.until_text("no cambia lo que ya recibí").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);
    boss.says("/cancelar")?;
    app.settled().await
}
