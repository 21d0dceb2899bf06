//! /difusion by real taps where one answer is enough: while it holds nobody is asked again.

use anyhow::Result;
use it::{Backend, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn in_the_chat_the_first_answer_can_be_enough(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(1, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("¿Quién está cerca del puerto?")?;
    press(&dora, "Basta una respuesta").await?;
    dora.until_text("Basta con la primera respuesta").await?;
    press(&dora, "Esperar a todos").await?;
    press(&dora, "Basta una respuesta").await?;
    dora.until_button("Esperar a todos").await?;
    press(&dora, "Confirmar").await?;
    bob.until_text("cerca del puerto").await?;
    app.settled().await?;
    let rounds =
        "SELECT count(*) FROM timers WHERE kind = 'broadcast_round' AND status = 'waiting'";
    assert_eq!(app.count(rounds).await?, 1);
    press(&ana, "Recibido").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(
        (&now["ack_mode"], &now["status"]),
        (&json!("first"), &json!("acknowledged"))
    );
    assert_eq!(app.count(rounds).await?, 0, "nobody is asked again");
    Ok(())
}
