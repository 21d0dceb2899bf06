//! What must not happen: cancelled dialogues that act, taps that count twice, people who do what they may not.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
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
    words_that_do_not_act(&app, &ana).await?;
    // As phones write them that begin every line with a capital.
    boss.says("/Crear")?;
    boss.until_button("Patrullaje").await?;
    boss.says("/CANCELAR")?;
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

/// Typed instead of pressed, whatever was asked.
async fn words_that_do_not_act(app: &TestApp, ana: &Somebody) -> Result<()> {
    for button in ["Finalizar", "Pausar", "No puedo", "Novedad"] {
        for word in ["Cancelar", "no", "No.", "cancel", "Não"] {
            press(ana, button).await?;
            app.settled().await?;
            ana.says(word)?;
            app.settled().await?;
            let last = ana.last_message().map(|one| one.text).unwrap_or_default();
            assert!(
                last.contains("No se guardó nada"),
                "{button}, {word}: {last}"
            );
        }
    }
    press(ana, "Finalizar").await?;
    ana.says("esperen")?;
    ana.until_text("Elige con los botones").await?;
    press(ana, "Con novedades").await?;
    ana.says("no")?;
    app.settled().await?;
    for sql in [
        "SELECT count(*) FROM reports",
        "SELECT count(*) FROM assignments WHERE state = 'declined'",
        "SELECT count(*) FROM status_history WHERE to_status <> 'in_progress'",
        "SELECT count(*) FROM dialogues WHERE name <> 'idle'",
    ] {
        assert_eq!(app.count(sql).await?, 0, "{sql}");
    }
    Ok(())
}

/// Presses the newest button with this label as often as an impatient thumb does, each press delivered again.
async fn hammer(app: &TestApp, person: &Somebody, label: &str) -> Result<()> {
    let chat = person.until_button(label).await?;
    let buttons = chat.messages.iter().rev();
    let mut buttons = buttons.flat_map(|one| one.keyboard.iter().flatten().map(|b| (one.id, b)));
    let (message, button) = buttons
        .find(|(_, button)| button.label.contains(label))
        .context("the button just seen")?;
    let data = button.data.clone().context("it does something")?;
    for _ in 0..3 {
        let tap = person.presses_data(message, &data)?;
        if let Some(update) = tap.update_id {
            app.paper.repeat_update(update, 2);
        }
    }
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn impatient_thumbs_create_finish_and_undo_once() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear patrullaje; Recorrida; Puerto; ; Ana")?;
    hammer(&app, &boss, "Confirmar").await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 1);
    for label in ["Iniciar", "Finalizar", "Sin novedades", "Deshacer"] {
        hammer(&app, &ana, label).await?;
    }
    let steps = app
        .rows("SELECT to_status FROM status_history ORDER BY id")
        .await?;
    let steps: Vec<String> = steps
        .iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect::<Result<_>>()?;
    assert_eq!(steps, ["in_progress", "completed", "in_progress"]);
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

/// What a day of one task leaves behind, told in words.
async fn outcome(app: &TestApp) -> Result<Vec<String>> {
    let sql = "SELECT status || ' ' || version FROM tasks
        UNION ALL SELECT state || ' ' || agent_id FROM assignments
        UNION ALL SELECT coalesce(text, '') FROM reports ORDER BY 1";
    let rows = app.rows(sql).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_told_again_in_another_order_changes_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    given_task(&app, &boss, &[&ana]).await?;
    let mut told = Vec::new();
    for label in ["Recibido", "En camino", "En el lugar", "Iniciar"] {
        ana.until_button(label).await?;
        told.extend(ana.taps(label)?.update_id);
        app.settled().await?;
    }
    told.extend(ana.says("Corte de calle")?.update_id);
    for label in ["Finalizar", "Sin novedades"] {
        ana.until_button(label).await?;
        told.extend(ana.taps(label)?.update_id);
        app.settled().await?;
    }
    let before = (outcome(&app).await?, rows_of_all(&app).await?);
    assert!(
        before.0.iter().any(|one| one.starts_with("completed")),
        "{before:?}"
    );
    let last_first = told.iter().rev();
    let every_other = told.iter().step_by(2);
    for update in last_first.chain(every_other) {
        assert!(app.paper.repeat_update(*update, 2));
    }
    app.settled().await?;
    assert_eq!((outcome(&app).await?, rows_of_all(&app).await?), before);
    Ok(())
}

/// Whatever comes first counts, and what can no longer be done is refused: never half of both.
#[tokio::test(flavor = "multi_thread")]
async fn taps_that_arrive_in_another_order_leave_a_lawful_history() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let task = given_task(&app, &boss, &[&ana]).await?;
    ana.until_button("Recibido").await?;
    let card = ana.last_message().context("a card")?.id;
    let verbs = ["ack", "run", "run", "ack"];
    app.paper.shuffle_next(verbs.len());
    for verb in verbs {
        ana.presses_data(card, &format!("t.{verb}.{:x}", id(&task)))?;
    }
    app.settled().await?;
    let once = [
        "SELECT count(*) FROM status_history WHERE from_status = 'scheduled' AND to_status = 'in_progress'",
        "SELECT count(*) FROM status_history",
        "SELECT count(*) FROM assignments WHERE state <> 'offered'",
        "SELECT count(*) FROM events WHERE kind = 'task_status_changed'",
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

/// How many rows each table has, but for what comes in and goes out, and what the machine notes for itself.
pub async fn rows_of_all(app: &TestApp) -> Result<BTreeMap<String, i64>> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
        AND name NOT IN ('inbox', 'outbox', 'leases', 'settings', 'timers')";
    let mut rows = BTreeMap::new();
    for row in app.rows(tables).await? {
        let table: String = row.try_get_by_index(0)?;
        let count = app
            .count(&format!("SELECT count(*) FROM \"{table}\""))
            .await?;
        rows.insert(table, count);
    }
    assert!(rows.len() > 20, "{rows:?}");
    Ok(rows)
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
        3
    );
    assert!(said.iter().all(|message| message.keyboard.is_empty()));
    Ok(())
}
