//! Whoever sent a broadcast reads who needs help by name, and where each was last.

use anyhow::Result;
use it::{Backend, TestApp};
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
    app.settled().await
}
