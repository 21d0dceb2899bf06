//! A message to many, from the board to the phones and back.

use anyhow::Result;
use it::{Backend, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_it_and_the_roll_call_counts_them(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob, eva) = (
        app.agent("Ana").await?,
        app.agent("Bob").await?,
        app.agent("Eva").await?,
    );
    let (http, mut board) = (app.http(&dora).await?, app.board(&dora).await?);
    let sent = json!({ "protocol": "evacuacion", "text": "Plaza Norte", "audience": { "kind": "all" }, "drill": true, "ack_mode": "all" });
    let seen = http
        .post("/api/v1/broadcasts/preview", &sent)
        .await?
        .expect(200)?;
    assert_eq!(seen["recipients"], 3);
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    board.until("broadcast_started").await?;
    for one in [&ana, &bob, &eva] {
        let card = one.until_text("Plaza Norte").await?;
        assert!(card.text.contains("SIMULACRO"), "{}", card.text);
    }
    press(&ana, "Recibido").await?;
    press(&bob, "Necesito ayuda").await?;
    eva.says("ok")?;
    dora.until_text("Bob").await?;
    app.settled().await?;
    board.until("broadcast_progress").await?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    let now = http.get(&place).await?.expect(200)?;
    let counts = &now["counts"];
    assert_eq!(
        (&counts["acknowledged"], &counts["needs_help"]),
        (&json!(2), &json!(1)),
        "{now}"
    );
    assert_eq!(now["recipients"]["items"].as_array().map(Vec::len), Some(3));
    press(&bob, "En camino").await?;
    // A later word replaces the earlier one; there is no task whose report it could be.
    eva.says("voy")?;
    app.settled().await?;
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["counts"]["on_the_way"], 2, "{now}");
    http.post(&format!("{place}/cancel"), &json!({}))
        .await?
        .expect(200)?;
    ana.until_text("anulada").await?;
    app.settled().await
}
