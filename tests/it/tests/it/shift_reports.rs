//! Whoever is on shift and on no task reports on his shift: words behind /novedad, files by themselves.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use it::{Backend, TestApp, people::Recruit, until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

const PHOTOS: [&[u8]; 2] = [b"one", b"two"];

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_no_task_is_about_the_shift(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let new = json!({ "agent_id": ana.agent_id, "starts_at": at(-1), "ends_at": at(8) });
    let shift = http.post("/api/v1/shifts", &new).await?.expect(201)?;
    app.settled().await?;
    ana.says("Hola")?;
    ana.until_text("Escribe /novedad y el texto").await?;
    let said = ana.says("/novedad Semáforo apagado")?;
    ana.until_text("Novedad de tu turno guardada").await?;
    ana.says("/novedad")?;
    ana.until_text("Envía la novedad de tu turno").await?;
    ana.says("Vereda rota")?;
    app.settled().await?;
    ana.sends_album(&PHOTOS, "La reja")?;
    ana.until_text("2 archivos anotados en tu turno").await?;
    app.settled().await?;

    let path = format!("/api/v1/shifts/{}/reports", shift["id"]);
    let reports = http.get(&path).await?.expect(200)?;
    let items = reports["items"].as_array().context("a list")?;
    let told: Vec<(&Value, &Value)> = items
        .iter()
        .map(|one| (&one["kind"], &one["text"]))
        .collect();
    let (photo, text) = (json!("photo"), json!("text"));
    assert_eq!(
        told,
        [
            (&photo, &Value::Null),
            (&photo, &json!("La reja")),
            (&text, &json!("Vereda rota")),
            (&text, &json!("Semáforo apagado")),
        ]
    );
    let file = format!("/api/v1/attachments/{}", items[0]["attachments"][0]["id"]);
    until("the photo to be fetched", || async {
        let file = http.get(&file).await?;
        Ok((file.status == 200 && file.text.as_bytes() == PHOTOS[1]).then_some(()))
    })
    .await?;

    let id = said.message_id.context("its number")?;
    ana.edits(id, "/novedad Semáforo roto")?;
    ana.until_text("Corrección anotada en tu turno").await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id],
        "lead_agent_id": ana.agent_id });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    app.settled().await?;
    ana.says("Robo en la plaza")?;
    ana.until_text("Novedad guardada en PAT-").await?;
    let on_tasks = "SELECT count(*) FROM reports WHERE task_id IS NOT NULL";
    assert_eq!(app.count(on_tasks).await?, 1);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_a_report_is_about_the_shift_also_beside_a_broadcast() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    let http = app.http(&dora).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let new = json!({ "agent_id": ana.agent_id, "starts_at": at(-1), "ends_at": at(8) });
    let shift = http.post("/api/v1/shifts", &new).await?.expect(201)?;
    let sent = json!({ "text": "Hola a todos", "audience": { "kind": "all" }, "drill": false, "ack_mode": "all" });
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    ana.until_text("Hola a todos").await?;
    app.settled().await?;
    ana.says("/novedad Reja forzada")?;
    ana.until_text("Novedad de tu turno guardada").await?;
    ana.says("/novedad")?;
    ana.until_text("Envía la novedad de tu turno").await?;
    ana.says("Vidrio roto")?;
    app.settled().await?;
    ana.says("Estoy en la puerta")?;
    ana.until_text("Se lo paso a Dora").await?;
    press(&ana, "Necesito ayuda").await?;
    app.settled().await?;
    ana.says("/novedad Hay humo")?;
    dora.until_text("Hay humo").await?;
    app.settled().await?;

    let texts = |list: &Value| -> Vec<Value> {
        let items = list.as_array().into_iter().flatten();
        items.map(|one| one["text"].clone()).collect()
    };
    let path = format!("/api/v1/shifts/{}/reports", shift["id"]);
    let reports = http.get(&path).await?.expect(200)?;
    assert_eq!(texts(&reports["items"]), ["Vidrio roto", "Reja forzada"]);
    let path = format!("/api/v1/broadcasts/{}", made["id"]);
    let now = http.get(&path).await?.expect(200)?;
    let notes = &now["recipients"]["items"][0]["notes"];
    assert_eq!(texts(notes), ["Estoy en la puerta", "Hay humo"], "{now}");
    Ok(())
}

/// Somebody for whom no shift was ever planned is on shift, but there is none that a report could be kept on.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_shift_planned_reads_that_and_who_can_plan_one() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    ana.says("/novedad")?;
    ana.until_text("ni un turno planificado a esta hora. Díselo a tu supervisor, que puede")
        .await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let new = json!({ "agent_id": ana.agent_id, "starts_at": at(-1), "ends_at": at(8) });
    http.post("/api/v1/shifts", &new).await?.expect(201)?;
    app.settled().await?;
    ana.says("/novedad")?;
    ana.until_text("Envía la novedad de tu turno").await?;
    app.settled().await
}
