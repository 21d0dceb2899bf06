//! Consent in the chat and over HTTP: /misdatos takes it back by a tap, and what comes after that is not kept.

use anyhow::{Context, Result};
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_tap_takes_consent_back_and_another_gives_it(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let http = app.http(&ana).await?;
    let door = format!("/api/v1/users/{}/consents", ana.user_id);
    let first = http.get(&door).await?.expect(200)?;
    let granted = |all: &serde_json::Value| {
        let items = all["items"].as_array().cloned().unwrap_or_default();
        let said = items.iter().map(|one| one["granted"].as_bool());
        said.collect::<Vec<_>>()
    };
    assert_eq!(granted(&first), [Some(true), Some(true)]);
    assert_eq!(first["history"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["history"][0]["channel"], "bot");

    const KEPT: &str = "SELECT count(*) FROM positions";
    let live = ana.shares_live_location(-34.6, -58.4, 28_800)?;
    let live = live.message_id.context("a message")?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 1);

    ana.says("/misdatos")?;
    let before = ana.until_text("· ubicaciones: sí, desde el").await?;
    let seen = "la ven tus supervisores en el mapa";
    assert!(before.text.contains(seen), "{}", before.text);
    app.settled().await?;
    press(&ana, "Retirar permiso: ubicaciones").await?;
    let after = ana.until_text("· ubicaciones: no, desde el").await?;
    assert!(
        after.text.contains("la última ya no está en el mapa"),
        "{}",
        after.text
    );
    assert!(!after.text.contains(seen), "{}", after.text);
    app.settled().await?;
    ana.shares_location(-34.6, -58.4)?;
    ana.until_text("retiraste tu permiso para guardar ubicaciones")
        .await?;
    ana.moves_live_location(live, -34.7, -58.4)?;
    app.settled().await?;
    assert_eq!(
        app.count(KEPT).await?,
        1,
        "nor what a phone goes on telling"
    );
    let seen = "SELECT count(*) FROM last_positions";
    assert_eq!(app.count(seen).await?, 0);
    let now = http.get(&door).await?.expect(200)?;
    assert_eq!(granted(&now), [Some(false), Some(true)]);

    let yes = json!({ "location": true, "media": false });
    let now = http.put(&door, &yes).await?.expect(200)?;
    assert_eq!(granted(&now), [Some(true), Some(false)]);
    assert_eq!(now["history"][0]["purpose"], "media");
    assert_eq!(now["history"][0]["by"]["name"], "Ana");
    assert_eq!(now["history"][0]["channel"], "api");
    ana.shares_location(-34.6, -58.4)?;
    app.settled().await?;
    assert_eq!(app.count(KEPT).await?, 2);

    let marta = app.http(&app.supervisor("Marta").await?).await?;
    marta.get(&door).await?.expect(403)?;
    let raquel = app.http(&app.admin("Raquel").await?).await?;
    raquel.put(&door, &yes).await?.expect(403)?;
    raquel.get(&door).await?.expect(200)?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_refuses_a_picture_waits_for_something_else(
    #[case] backend: Backend,
) -> Result<()> {
    const REFUSED: &str = "retiraste tu permiso para guardar fotos";
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let door = format!("/api/v1/users/{}/consents", ana.user_id);
    let no = json!({ "media": false });
    app.http(&ana).await?.put(&door, &no).await?.expect(200)?;
    let http = app.http(&boss).await?;
    let task = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;

    press(&ana, "Iniciar").await?;
    press(&ana, "Finalizar").await?;
    press(&ana, "Con novedades").await?;
    ana.until_text("Después queda finalizada").await?;
    ana.sends_photo(PICTURE, "Todo cerrado")?;
    let refused = ana.until_text(REFUSED).await?;
    let asks = "Después queda finalizada";
    assert!(refused.text.contains(asks), "{}", refused.text);
    ana.says("Todo cerrado")?;
    ana.until_text("🏁").await?;
    app.settled().await?;
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let now = http.get(&path).await?.expect(200)?;
    assert_eq!(now["status"], "completed");

    ana.says("/licencia")?;
    ana.until_text("¿Desde qué día").await?;
    press(&ana, "Hoy").await?;
    ana.until_text("¿Hasta qué día").await?;
    press(&ana, "Hoy").await?;
    press(&ana, "Salud").await?;
    ana.until_text("Envía el certificado").await?;
    ana.sends_photo(PICTURE, "")?;
    ana.until(
        |chat| {
            let mut said = chat.messages.iter().map(|one| &one.text);
            said.any(|text| text.contains(REFUSED) && text.contains("Envía el certificado"))
        },
        it::until::DEADLINE,
    )
    .await?;
    press(&ana, "Omitir").await?;
    let preview = ana.until_text("Sin certificado").await?;
    assert!(preview.text.contains("Licencia del"), "{}", preview.text);
    press(&ana, "Confirmar").await?;
    ana.until_text("Pedido enviado").await?;
    let kept = app.count("SELECT count(*) FROM attachments").await?;
    assert_eq!(kept, 0);
    app.settled().await
}
