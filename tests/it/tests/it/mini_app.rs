//! The board opened inside Telegram: who signed in there is signed in here, and nobody else.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, user};
use it::{Backend, Http, Recruit, Somebody, TestApp, http::Answer};
use rstest::rstest;
use serde_json::json;

const DOOR: &str = "/api/v1/auth/telegram";

async fn opens(http: &Http, init_data: &str) -> Result<Answer> {
    http.post(DOOR, &json!({ "init_data": init_data })).await
}

fn code(answer: &Answer) -> (u16, String) {
    let code = answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status.as_u16(), code)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn telegram_signs_in_whoever_is_linked(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let marta = app.supervisor("Marta").await?;
    let stranger = app.stranger()?;
    let answer = opens(&stranger, &app.init_data(&marta, 5)).await?;
    let session = answer.expect(200)?;
    assert_eq!(session["token_type"], "bearer");
    let cookie = answer.headers["set-cookie"].to_str()?.to_owned();
    assert!(
        cookie.starts_with("gad_session=") && cookie.contains("HttpOnly"),
        "{cookie}"
    );

    let token = session["access_token"].as_str().unwrap_or_default();
    let me = stranger.request(reqwest::Method::GET, "/api/v1/auth/me");
    let me = stranger.send(me.bearer_auth(token)).await?.expect(200)?;
    assert_eq!(me["username"], json!(marta.username));
    let again = json!({ "refresh_token": session["refresh_token"] });
    stranger
        .post("/api/v1/auth/refresh", &again)
        .await?
        .expect(200)?;
    let recorded = format!(
        "SELECT count(*) FROM audit WHERE action = 'login.succeeded' AND user_id = {}",
        marta.user_id
    );
    assert_eq!(app.count(&recorded).await?, 1);
    let others = stranger.request(reqwest::Method::DELETE, "/api/v1/auth/sessions");
    let stale = app.init_data(&marta, 5);
    stranger
        .send(others.bearer_auth(token))
        .await?
        .expect(204)?;
    let answer = opens(&stranger, &stale).await?;
    assert_eq!(code(&answer), (401, "init_data_expired".into()));

    let nobody = app
        .recruit(Recruit::of_level(1, "Nadie").not_enrolled())
        .await?;
    let answer = opens(&stranger, &app.init_data(&nobody, 5)).await?;
    assert_eq!(code(&answer), (403, "not_enrolled".into()));
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let admin = app.http(&app.admin("Raquel").await?).await?;
    let joao = app.agent("Joao").await?;
    let lost = opens(&stranger, &app.init_data(&joao, 5))
        .await?
        .expect(200)?;
    let link = format!("/api/v1/users/{}/telegram", joao.user_id);
    admin.delete(&link).await?.expect(204)?;
    let token = lost["access_token"].as_str().unwrap_or_default();
    let me = stranger.request(reqwest::Method::GET, "/api/v1/auth/me");
    stranger.send(me.bearer_auth(token)).await?.expect(401)?;
    let off = admin
        .delete(&format!("/api/v1/users/{}", marta.user_id))
        .await?;
    off.expect(204)?;
    let answer = opens(&stranger, &app.init_data(&marta, 5)).await?;
    assert_eq!(code(&answer), (403, "inactive".into()));
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_telegram_did_not_sign_opens_nothing_and_locks_out_whoever_forges(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand("2026-11-22T15:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let marta = app.supervisor("Marta").await?;
    let stranger = app.stranger()?;
    for bad in ["", "user=%7B%22id%22%3A1%7D", "hash=xyz"] {
        let answer = opens(&stranger, bad).await?;
        assert_eq!(code(&answer), (422, "invalid".into()), "{bad}");
    }
    for seconds in [3_601, -61] {
        let answer = opens(&stranger, &app.init_data(&marta, seconds)).await?;
        assert_eq!(
            code(&answer),
            (401, "init_data_expired".into()),
            "{seconds}"
        );
    }
    // The time is signed too: what is old cannot be made young.
    let forged = app.init_data(&marta, 0).replace("private", "sender");
    for _ in 0..5 {
        let answer = opens(&stranger, &forged).await?;
        assert_eq!(code(&answer), (401, "bad_credentials".into()));
    }
    let answer = opens(&stranger, &forged).await?;
    assert_eq!(code(&answer), (429, "locked".into()));
    assert_eq!(answer.headers["retry-after"], "1800");
    assert_eq!(app.count("SELECT count(*) FROM sessions").await?, 0);
    // Whoever forges keeps out nobody but himself, and not for ever.
    opens(&stranger, &app.init_data(&marta, 0))
        .await?
        .expect(200)?;
    clock.advance(TimeDelta::minutes(30));
    let answer = opens(&stranger, &forged).await?;
    assert_eq!(code(&answer), (401, "bad_credentials".into()));
    Ok(())
}

/// The button beside the text field is there while somebody is linked, on the phone that he is linked by.
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_board_is_one_tap_away_while_somebody_is_linked(
    #[case] backend: Backend,
) -> Result<()> {
    let wish = TestApp::on(backend).set("PUBLIC_URL", "https://gad.example");
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let board = json!({ "type": "web_app", "text": "Tablero", "web_app": { "url": "https://gad.example/" } });
    assert_eq!(ana.menu_button(), board);

    let old = ana.phone.clone();
    let moved = Somebody {
        phone: app.paper.person(770_077_002, "Ana", "es"),
        ..ana
    };
    // By another phone with another link: what was offered on the first goes.
    app.enrol(&moved).await?;
    old.until_text("ya no está unido").await?;
    assert_eq!(
        (moved.menu_button(), old.menu_button()),
        (board, json!({ "type": "default" }))
    );

    let id = moved.user_id;
    app.store()
        .write(move |tx| {
            Box::pin(async move { user::unlink_telegram(tx, &TestApp::system(), id).await })
        })
        .await?;
    moved.until_text("ya no está unido").await?;
    assert_eq!(moved.menu_button(), json!({ "type": "default" }));
    assert!(moved.reply_keyboard().is_empty(), "{}", moved.chat());
    moved.says("/tareas")?;
    moved
        .until_text("Este servicio es solo para el personal")
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_public_https_address_there_is_no_button() -> Result<()> {
    let wish = TestApp::on(Backend::Sqlite).set("PUBLIC_URL", "http://gad.example");
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    assert!(ana.commands().iter().any(|one| one["command"] == "tareas"));
    assert!(app.paper.calls_of("setChatMenuButton").is_empty());
    Ok(())
}
