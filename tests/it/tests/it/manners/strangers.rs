//! Strangers, and those who come by a link.

use anyhow::{Context, Result};
use it::{Backend, Recruit, TestApp, until};
use locales::{Lang, Sentence};
use serde_json::json;

use super::rows_of_all;
use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_offered_to_begin_and_nothing_else() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    for language in ["", "es", "en", "pt"] {
        let offered = until("the list of strangers", || async {
            let list = app.paper.commands(&json!({ "type": "default" }), language);
            Ok((!list.is_empty()).then_some(list))
        })
        .await?;
        let lang = Lang::from_tag(Some(language));
        assert_eq!(offered.len(), 1, "{language:?}");
        assert_eq!(offered[0]["command"], "start");
        assert_eq!(offered[0]["description"], Sentence::CommandStart.to(lang));
    }
    Ok(())
}

/// Where a code could still be read: in what came in, and in what went out.
async fn kept(app: &TestApp, code: &str) -> Result<i64> {
    let sql = format!(
        "SELECT (SELECT count(*) FROM inbox WHERE payload LIKE '%{code}%')
              + (SELECT count(*) FROM outbox WHERE CAST(notice AS TEXT) LIKE '%{code}%')"
    );
    app.count(&sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_link_is_kept_nowhere() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let nadia = app
        .recruit(Recruit::of_level(1, "Nadia").not_enrolled())
        .await?;
    let link = app.invite(&nadia).await?;
    let code = link.rsplit('=').next().context("a code")?.to_owned();
    nadia.opens_link(&link)?;
    nadia.until_button("Acepto").await?;
    app.settled().await?;
    assert_eq!(kept(&app, &code).await?, 0, "while it may still be used");
    press(&nadia, "Acepto").await?;
    app.settled().await?;
    assert_eq!(kept(&app, &code).await?, 0);
    assert!(app.count("SELECT count(*) FROM inbox").await? >= 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_taps_acepto_twice_hears_nothing_that_sounds_like_a_failure() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let nadia = app
        .recruit(Recruit::of_level(1, "Nadia").not_enrolled())
        .await?;
    let link = app.invite(&nadia).await?;
    nadia.opens_link(&link)?;
    press(&nadia, "Acepto").await?;
    nadia.until_text("Listo, Nadia").await?;
    press(&nadia, "Acepto").await?;
    app.settled().await?;
    let used = Sentence::StartLinkUsed.to(Lang::Es);
    let heard = nadia.messages();
    assert!(
        heard.iter().all(|message| message.text != used),
        "{}",
        nadia.chat()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_links_his_own_phone_again_keeps_his_name() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let ana = app
        .recruit(Recruit::of_level(1, "Ana").not_enrolled())
        .await?;
    let _ = ana.phone.clone().named("ana_diaz");
    let named = "SELECT count(*) FROM users WHERE telegram_username = 'ana_diaz'";
    for _ in 0..2 {
        app.enrol(&ana).await?;
        assert_eq!(app.count(named).await?, 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_one_sentence_and_leaves_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let before = rows_of_all(&app).await?;
    let who = app.paper.person(777, "Nadie", "es");
    for text in [
        "hola",
        "/start",
        "/tareas",
        "/start 0123456789abcdef0123456789abcdef",
    ] {
        who.says(text)?;
    }
    app.settled().await?;
    let heard = who.last_message().context("an answer")?.id;
    who.sends_photo(b"a picture", "miren esto")?;
    who.shares_location(-34.6, -58.4)?;
    let tap = who.presses_data(heard, "t.ack.1")?;
    who.until_answered(&tap).await?;
    app.settled().await?;
    assert_eq!(rows_of_all(&app).await?, before);
    let sentence = Sentence::StartStranger.to(Lang::Es);
    let said: Vec<_> = who
        .messages()
        .into_iter()
        .filter(|message| message.from_bot)
        .collect();
    assert_eq!(
        said.iter()
            .filter(|message| message.text == sentence)
            .count(),
        6,
        "three texts, a picture, a place and a press"
    );
    assert!(said.iter().all(|message| message.keyboard.is_empty()));
    Ok(())
}
