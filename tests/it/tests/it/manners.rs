//! What must not happen: cancelled dialogues that act, taps that count twice, people who do what they may not.

use std::time::Duration;

use anyhow::Result;
use domain::{actor::Level, user};
use it::{Backend, Recruit, Somebody, TestApp, until};
use locales::{Lang, Sentence};
use patience::Stopwatch;
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

async fn given_task(
    app: &TestApp,
    boss: &Somebody,
    people: &[&Somebody],
) -> Result<serde_json::Value> {
    let ids: Vec<i64> = people.iter().map(|one| one.agent_id).collect();
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": ids });
    app.http(boss)
        .await?
        .post("/api/v1/tasks", &new)
        .await?
        .expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelar_and_no_never_act() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("título").await?;
    boss.says("Una ronda")?;
    press(&boss, "Omitir").await?;
    press(&boss, "Ahora").await?;
    press(&boss, "Continuar").await?;
    boss.until_button("Confirmar").await?;
    press(&boss, "Cancelar").await?;
    boss.until_text("No se guardó nada").await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0);

    let task = given_task(&app, &boss, &[&ana]).await?;
    press(&ana, "Iniciar").await?;
    for button in ["Finalizar", "Pausar"] {
        press(&ana, button).await?;
        press(&ana, "Cancelar").await?;
    }
    boss.says("/crear")?;
    boss.until_button("Patrullaje").await?;
    boss.says("/cancelar")?;
    app.settled().await?;
    let now = app
        .http(&boss)
        .await?
        .get(&format!("/api/v1/tasks/{}", task["id"]))
        .await?
        .expect(200)?;
    assert_eq!(now["status"], "in_progress");

    let stranger = app
        .recruit(Recruit::of_level(1, "Nadia").not_enrolled())
        .await?;
    stranger.opens_link(&app.invite(&stranger).await?)?;
    press(&stranger, "No").await?;
    app.settled().await?;
    assert_eq!(
        app.count("SELECT count(*) FROM users WHERE name = 'Nadia' AND telegram_id IS NULL")
            .await?,
        1
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn double_taps_and_repeated_updates_change_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let task = given_task(&app, &boss, &[&ana]).await?;
    let chat = ana.until_button("Recibido").await?;
    let card = chat
        .last_from_bot()
        .map(|message| message.id)
        .unwrap_or_default();
    for data in [
        format!("t.ack.{:x}", id(&task)),
        format!("t.run.{:x}", id(&task)),
    ] {
        for _ in 0..4 {
            let tap = ana.presses_data(card, &data)?;
            if let Some(update) = tap.update_id {
                app.paper.repeat_update(update, 3);
            }
        }
    }
    app.settled().await?;
    let once = [
        "SELECT count(*) FROM status_history",
        "SELECT count(*) FROM events WHERE kind = 'task_status_changed'",
        "SELECT count(*) FROM events WHERE kind = 'assignment_acknowledged'",
        "SELECT count(*) FROM audit WHERE action = 'task.status'",
    ];
    for sql in once {
        assert_eq!(app.count(sql).await?, 1, "{sql}");
    }
    Ok(())
}

fn id(task: &serde_json::Value) -> i64 {
    task["id"].as_i64().unwrap_or_default()
}

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
    let person = app
        .recruit(Recruit::of_level(level, "Vera").speaking(language))
        .await?;
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
        let due = command.level() <= level && command.permission().is_none();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_one_sentence_and_leaves_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let audited = app.count("SELECT count(*) FROM audit").await?;
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
    for table in ["users", "dialogues", "cards"] {
        let rows = app.count(&format!("SELECT count(*) FROM {table}")).await?;
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(app.count("SELECT count(*) FROM audit").await?, audited);
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
        3
    );
    assert!(said.iter().all(|message| message.keyboard.is_empty()));
    Ok(())
}
