//! A message to many, from the board to the phones and back.

use anyhow::{Context, Result};
use it::{Backend, Http, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::{Value, json};

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

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_to_call_sees_the_phones_of_the_silent(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(1, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let admin = app.http(&app.admin("Raquel").await?).await?;
    for one in [&ana, &bob] {
        let phone = json!({ "phone": "+54 11 5555-0101" });
        let account = format!("/api/v1/users/{}", one.user_id);
        admin.patch(&account, &phone).await?.expect(200)?;
    }
    let http = app.http(&dora).await?;
    let sent = json!({ "text": "Corten la calle", "audience": { "kind": "all" } });
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    bob.until_text("Corten la calle").await?;
    press(&ana, "Recibido").await?;
    app.settled().await?;
    let phone_of = async |http: &Http, name: &str| -> Result<Value> {
        let seen = http.get(&place).await?.expect(200)?;
        let items = seen["recipients"]["items"].as_array();
        let his = items.into_iter().flatten().find(|one| one["name"] == name);
        Ok(his.context("among its people")?["phone"].clone())
    };
    for http in [&http, &admin] {
        assert_eq!(phone_of(http, "Bob").await?, "+54 11 5555-0101");
        assert_eq!(phone_of(http, "Ana").await?, Value::Null);
    }
    // Her broadcast stays hers, the phones of others do not.
    let account = format!("/api/v1/users/{}", dora.user_id);
    let none = json!({ "permissions": [] });
    admin.patch(&account, &none).await?.expect(200)?;
    let http = app.http(&dora).await?;
    assert_eq!(phone_of(&http, "Bob").await?, Value::Null);
    http.get(&place).await?.expect(200)?;
    app.settled().await
}
