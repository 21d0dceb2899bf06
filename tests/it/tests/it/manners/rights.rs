//! Who may what, and who no longer.

use std::time::Duration;

use anyhow::Result;
use domain::{actor::Level, user};
use it::{Backend, Recruit, TestApp, until};
use locales::{Lang, Sentence};
use patience::Stopwatch;
use rstest::rstest;

use super::{given_task, id};
use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_told_who_may() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto, eva) = (
        app.agent("Ana").await?,
        app.agent("Beto").await?,
        app.agent("Eva").await?,
    );
    let task = given_task(&app, &boss, &[&ana, &beto]).await?;
    beto.until_button("Recibido").await?;
    let card = beto
        .last_message()
        .map(|message| message.id)
        .unwrap_or_default();
    press(&ana, "Iniciar").await?;
    let tap = beto.presses_data(card, &format!("t.end.{:x}", id(&task)))?;
    let toast = beto.until_answered(&tap).await?;
    assert!(
        toast.text.as_deref().unwrap_or_default().contains("Ana"),
        "{toast:?}"
    );
    beto.until_text("Avisa a Ana").await?;

    let tap = eva.presses_data(
        eva.last_message()
            .map(|message| message.id)
            .unwrap_or_default(),
        &format!("t.off.{:x}", id(&task)),
    )?;
    eva.until_answered(&tap).await?;
    eva.says("/crear")?;
    eva.until_text("Pide ayuda a tu supervisor").await?;
    let now = app
        .http(&boss)
        .await?
        .get(&format!("/api/v1/tasks/{}", task["id"]))
        .await?
        .expect(200)?;
    assert_eq!(now["status"], "in_progress");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_person_is_refused_at_the_next_tap_and_his_sessions_end() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    given_task(&app, &boss, &[&ana]).await?;
    ana.until_button("Recibido").await?;
    let http = app.http(&ana).await?;
    http.get("/api/v1/auth/me").await?.expect(200)?;
    let mut board = app.board(&ana).await?;

    user::disable(&app.store(), &TestApp::system(), ana.user_id).await?;
    let gone = Stopwatch::start();
    until("the session to end", || async {
        Ok((http.get("/api/v1/auth/me").await?.status == 401).then_some(()))
    })
    .await?;
    assert_eq!(board.until_closed().await?, Some(4401));
    // Ten times the second that is promised: machines are shared.
    assert!(gone.elapsed() < Duration::from_secs(10));
    ana.taps("Recibido")?;
    ana.until_text("Tu cuenta está desactivada").await?;
    assert_eq!(
        app.count("SELECT count(*) FROM assignments WHERE state = 'acknowledged'")
            .await?,
        0
    );
    Ok(())
}

#[rstest]
#[case(1, "es")]
#[case(1, "en")]
#[case(1, "pt")]
#[case(2, "es")]
#[case(2, "en")]
#[case(2, "pt")]
#[case(3, "es")]
#[case(3, "en")]
#[case(3, "pt")]
#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_a_level_is_published_and_helped_with(
    #[case] level: i16,
    #[case] language: &str,
) -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let recruit = Recruit::of_level(level, "Vera").speaking(language);
    // Who has a permission beside his level is offered what it is for.
    let permitted = level == 2;
    let recruit = match permitted {
        true => recruit.permitted("broadcast"),
        false => recruit,
    };
    let person = app.recruit(recruit).await?;
    let lang = Lang::from_tag(Some(language));
    let level = Level::try_from(level).map_err(anyhow::Error::msg)?;
    let published = person.commands();
    person.says("/ayuda")?;
    let help = person.until_text(&Sentence::HelpHeader.to(lang)).await?;
    for command in bot::Command::all() {
        let offered = published.iter().any(|one| {
            one["command"] == command.name() && one["description"] == command.description().to(lang)
        });
        let helped = help.text.contains(&command.help().to(lang));
        let due = command.level() <= level && (permitted || command.permission().is_none());
        assert_eq!(
            (offered, helped),
            (due, due),
            "{} in {language}: {published:?}\n{}",
            command.name(),
            help.text
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_publishes_the_commands_in_it() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let published = |lang: Lang| {
        let list = ana.commands();
        let mut own = bot::Command::all()
            .into_iter()
            .filter(|command| command.level() <= Level::Agent && command.permission().is_none());
        own.all(|command| {
            let words = command.description().to(lang);
            list.iter()
                .any(|one| one["command"] == command.name() && one["description"] == words)
        })
    };
    assert!(published(Lang::Es) && !published(Lang::Pt));
    ana.says("/idioma")?;
    press(&ana, Lang::Pt.own_name()).await?;
    until("the commands in Portuguese", || async {
        Ok(published(Lang::Pt).then_some(()))
    })
    .await?;
    app.settled().await
}
