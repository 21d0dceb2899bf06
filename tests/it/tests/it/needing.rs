//! Whoever sent a broadcast reads who needs help by name, and where each was last.

use anyhow::Result;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn who_needs_help_is_named_with_the_place_where_he_was_last() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    app.stands_near(&ana).await?;
    let new = json!({ "text": "Repórtense", "audience": { "kind": "all" } });
    let http = app.http(&dora).await?;
    http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    dora.until_text("Difusión a 1").await?;
    press(&ana, "Necesito ayuda").await?;
    let word = dora.until_text("Ana necesita ayuda").await?;
    let place = "Última ubicación: -34.60100, -58.40000";
    assert!(word.text.contains(place), "{}", word.text);
    dora.until_text("🆘 Necesita ayuda: Ana").await?;
    app.settled().await?;
    ana.says("perdón, era otra calle")?;
    let said = dora.until_text("«perdón, era otra calle»").await?;
    let asked = said.text.contains("Ana, que pidió ayuda a las ");
    assert!(asked, "{}", said.text);
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_in_which_somebody_needs_help_is_not_closed_by_one_tap(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let new = json!({ "text": "Repórtense", "audience": { "kind": "all" } });
    let http = app.http(&dora).await?;
    let made = http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    dora.until_text("Difusión a 1").await?;
    press(&ana, "Necesito ayuda").await?;
    dora.until_text("🆘 Necesita ayuda: Ana").await?;
    app.settled().await?;
    for (tap, asks) in [
        ("Anular difusión", "¿Anular igual la difusión «Repórtense»?"),
        ("Cerrar difusión", "¿Cerrar igual la difusión «Repórtense»?"),
    ] {
        press(&dora, tap).await?;
        let asked = dora.until_text(asks).await?;
        assert!(asked.text.contains("Necesita ayuda: Ana"), "{asked:?}");
        app.settled().await?;
        let now = http.get(&place).await?.expect(200)?;
        assert_eq!(now["status"], "active", "{tap}");
    }
    press(&dora, "Cerrar igual").await?;
    ana.until_text("Terminó").await?;
    app.settled().await?;
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["status"], "closed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_that_he_needs_help_where_buttons_ask_is_heard() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (dora, boss) = (
        app.dispatcher("Dora").await?,
        app.supervisor("Marta").await?,
    );
    let ana = app.agent("Ana").await?;
    let task = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let http = app.http(&boss).await?;
    http.post("/api/v1/tasks", &task).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    press(&ana, "Finalizar").await?;
    ana.until_text("hubo novedades").await?;
    let new = json!({ "text": "Repórtense", "audience": { "kind": "all" } });
    let http = app.http(&dora).await?;
    http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    ana.until_text("Repórtense").await?;
    app.settled().await?;
    ana.says("necesito ayuda")?;
    dora.until_text("Ana necesita ayuda").await?;
    app.settled().await
}
