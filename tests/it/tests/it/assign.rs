//! People are given to a task that is there already: from the word that somebody cannot, where nobody is on it yet, and where it
//! did not start for want of them.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::hand::press;

const HELD: &str =
    "SELECT count(*) FROM assignments WHERE state NOT IN ('released', 'declined') AND agent_id";

/// Taps it twice before anything is answered.
async fn twice(app: &TestApp, who: &Somebody, label: &str) -> Result<()> {
    let chat = who.until_button(label).await?;
    let found = chat.messages.iter().rev().find_map(|message| {
        let mut buttons = message.keyboard.iter().flatten();
        let button = buttons.find(|button| button.label.contains(label))?;
        Some((message.id, button.data.clone()?))
    });
    let (message, data) = found.context("the button just seen")?;
    for _ in 0..2 {
        who.presses_data(message, &data)?;
    }
    app.settled().await
}

/// Presses on the newest message of the bot what no button there sends.
async fn forges(who: &Somebody, data: &str) -> Result<()> {
    let message = who.chat().last_from_bot().context("a message")?.id;
    let tap = who.presses_data(message, data)?;
    who.until_answered(&tap).await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_is_replaced_from_the_word_that_says_so(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let shift = json!({ "agent_id": beto.agent_id, "starts_at": at(48), "ends_at": at(56) });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "No puedo").await?;
    ana.says("Estoy lejos")?;

    boss.until_text("Busca reemplazo").await?;
    press(&boss, "Elegir reemplazo").await?;
    let asked = boss.until_text("Elige quién va a PAT-").await?;
    assert!(asked.has_button("Ana · dijo que no puede"), "{asked:?}");
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("fuera de turno está Beto").await?;
    press(&boss, "Urgencia").await?;
    boss.until_text("asignada a 1 persona").await?;
    beto.until_button("Recibido").await?;
    for (agent, count) in [(&ana, 0), (&beto, 1)] {
        let held = format!("{HELD} = {}", agent.agent_id);
        assert_eq!(app.count(&held).await?, count, "{}", agent.name);
    }
    let way = format!("/api/v1/tasks/{}", task["id"]);
    let now = http.get(&way).await?.expect(200)?;
    assert_eq!(now["lead"]["agent_id"], beto.agent_id);
    let reason = "SELECT count(*) FROM assignments WHERE override_reason = 'Urgencia'";
    assert_eq!(app.count(reason).await?, 1);
    let story = http.get(&format!("{way}/timeline")).await?.expect(200)?;
    let items = story["items"].as_array().context("a list")?;
    let said = items
        .iter()
        .filter(|one| one["kind"] == "offered" && one["text"] == "Urgencia");
    assert_eq!(said.count(), 1, "{story}");
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_without_people_offers_to_choose_them() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear investigacion; Revisar las cámaras")?;
    press(&boss, "Confirmar").await?;
    let created = boss.until_text("Sin personal todavía").await?;
    assert!(created.has_button("Asignar"), "{created:?}");
    press(&boss, "Asignar").await?;
    boss.until_text("Todavía nadie").await?;
    boss.says("zoe")?;
    boss.until_text("no encuentro a «zoe»").await?;
    boss.says("ana")?;
    boss.until_text("Personal: Ana").await?;
    boss.until_button("☑️ Ana").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("asignada a 1 persona").await?;
    let asked = ana.until_button("Recibido").await?;
    assert!(!asked.has_button("Asignar"), "{asked:?}");
    let held = format!("{HELD} = {}", ana.agent_id);
    assert_eq!(app.count(&held).await?, 1);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_task_then_is_named_before_it_is_confirmed() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let has = format!(
        "tiene {} en ese horario",
        task["code"].as_str().context("a code")?
    );
    boss.says("/crear investigacion; Revisar las cámaras; ; ; Ana")?;
    let preview = boss.until_text(&format!("Ana: {has}")).await?;
    assert!(preview.has_button("Confirmar"), "{preview:?}");
    press(&boss, "Editar").await?;
    press(&boss, "Personal").await?;
    boss.until_button(&format!("☑️ Ana · {has}")).await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_start_for_want_of_people_offers_to_choose_them() -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let new = json!({
        "title": "Recorrida", "kind": "patrullaje",
        "planned_start": "2026-03-02T12:20:00Z", "planned_end": "2026-03-02T13:00:00Z"
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(30));
    let late = boss.until_text("Sin iniciar hace 10 min").await?;
    assert!(
        late.has_button("Asignar") && late.has_button("Ver tarea"),
        "{late:?}"
    );
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_meanwhile_stays_and_a_second_tap_does_nothing_more() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let shift = json!({ "agent_id": beto.agent_id, "starts_at": at(48), "ends_at": at(56) });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    boss.says("/crear investigacion; Revisar las cámaras")?;
    twice(&app, &boss, "Confirmar").await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 1);
    press(&boss, "Asignar").await?;
    boss.until_text("Elige quién va a").await?;
    // Somebody sends Ana before Marta has chosen; she leads.
    let id = app.count("SELECT max(id) FROM tasks").await?;
    let way = format!("/api/v1/tasks/{id}");
    let crew = json!({ "agent_ids": [ana.agent_id] });
    let sent = http.put(&format!("{way}/assignments"), &crew).await?;
    sent.expect(200)?;
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    twice(&app, &boss, "Continuar").await?;
    boss.until_text("fuera de turno está Beto").await?;
    let chat = boss.chat();
    assert!(!chat.shows("Ese botón ya no sirve"), "{chat}");
    twice(&app, &boss, "Urgencia").await?;
    boss.until_text("asignada a 2 personas").await?;
    let chat = boss.chat();
    assert!(!chat.shows("Ese botón ya no sirve"), "{chat}");
    let now = http.get(&way).await?.expect(200)?;
    assert_eq!(now["lead"]["agent_id"], ana.agent_id);
    let changes = "SELECT count(*) FROM audit WHERE action = 'task.assign'";
    assert_eq!(app.count(changes).await?, 2);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_or_not_any_more_sends_nobody() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (root, boss) = (app.admin("Root").await?, app.supervisor("Marta").await?);
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&root).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let data = format!("t.crew.{:x}", task["id"].as_i64().context("its number")?);
    ana.until_button("Recibido").await?;
    forges(&ana, &data).await?;
    ana.until_text("tu nivel no permite hacer esto").await?;
    app.settled().await?;

    forges(&boss, &data).await?;
    boss.until_text("Elige quién va a").await?;
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    let far = http
        .post("/api/v1/units", &json!({ "name": "Sur" }))
        .await?;
    let far = far.expect(201)?;
    let moved = json!({ "units": [far["id"]] });
    let account = format!("/api/v1/users/{}", boss.user_id);
    http.patch(&account, &moved).await?.expect(200)?;
    press(&boss, "Continuar").await?;
    boss.until_text("no existe o no puedes verlo").await?;
    app.settled().await?;
    let held = format!("{HELD} = {}", beto.agent_id);
    assert_eq!(app.count(&held).await?, 0);
    let within = "SELECT count(*) FROM dialogues WHERE name <> 'idle'";
    assert_eq!(app.count(within).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_can_be_taken_away_among_any_number_of_people() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (root, zoe) = (app.admin("Root").await?, app.agent("Zoe").await?);
    let db = app.database().connect().await?;
    // More are not ranked, and Zoe is the last of all.
    let crowd = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
         INSERT INTO agents (name, active, version, created_at, updated_at)
         SELECT 'Efectivo ' || i, TRUE, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n";
    db.execute_unprepared(crowd).await?;
    db.close().await?;
    let http = app.http(&root).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [zoe.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let id = task["id"].as_i64().context("its number")?;
    forges(&root, &format!("t.crew.{id:x}")).await?;
    root.until_button("☑️ Zoe").await?;
    press(&root, "☑️ Zoe").await?;
    root.until_text("Todavía nadie").await?;
    app.settled().await?;
    root.says("/cancelar")?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_sent_to_an_emergency_is_at_it_when_he_answers(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [beto.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&beto, "Recibido").await?;
    app.settled().await?;
    let call = app.called(&ana).await?;
    let id = call["task_id"].as_i64().context("its task")?;
    let word = boss.until_text("ACTÚA").await?;
    assert!(word.has_button("Asignar"), "{word:?}");
    let way = format!("/api/v1/tasks/{id}");
    let offered = http.get(&format!("{way}/candidates")).await?.expect(200)?;
    let offered = offered.to_string();
    assert!(
        offered.contains("Beto") && !offered.contains("Ana"),
        "{offered}"
    );

    press(&boss, "Asignar").await?;
    let asked = boss.until_text("Elige quién va a EMG-").await?;
    assert!(!asked.has_button("Ana"), "{asked:?}");
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("asignada a 1 persona").await?;
    boss.until_text("Beto: con esta tarea asignada, sin respuesta")
        .await?;
    press(&beto, "Recibido").await?;
    let heard = "Beto: «Recibido», todavía sin decir que va";
    ana.until_text(heard).await?;
    app.settled().await?;
    press(&beto, "En camino").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    let now = http.get(&way).await?.expect(200)?;
    assert_eq!(now["status"], "in_progress");
    let chat = boss.chat();
    assert!(!chat.shows("asignada, sin respuesta"), "{chat}");

    beto.says("ya la veo, dos agresores")?;
    app.settled().await?;
    let his = format!(
        "SELECT count(*) FROM reports WHERE task_id = {id} AND text = 'ya la veo, dos agresores'"
    );
    assert_eq!(app.count(&his).await?, 1);
    beto.says("listo")?;
    ana.until_text("terminó tu pedido de ayuda").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_telegram_has_to_be_called_and_that_is_said() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (root, boss) = (app.admin("Root").await?, app.supervisor("Marta").await?);
    let ana = app.agent("Ana").await?;
    let eva = it::Recruit::of_level(1, "Eva").not_enrolled();
    let eva = app.recruit(eva).await?;
    let http = app.http(&root).await?;
    let phone = json!({ "phone": "+54 11 5555-0101" });
    let account = format!("/api/v1/users/{}", eva.user_id);
    http.patch(&account, &phone).await?.expect(200)?;
    app.called(&ana).await?;
    boss.until_text("ACTÚA").await?;
    app.settled().await?;
    press(&boss, "Asignar").await?;
    let asked = boss.until_text("Elige quién va a EMG-").await?;
    assert!(
        asked.has_button("Eva · disponible, sin Telegram"),
        "{asked:?}"
    );
    press(&boss, "Eva").await?;
    let call = "Eva: sin Telegram, avísale por teléfono (+54 11 5555-0101)";
    boss.until_text(call).await?;
    press(&boss, "Continuar").await?;
    let done = boss.until_text("asignada a 1 persona").await?;
    assert!(done.text.contains(call), "{}", done.text);
    boss.until_text("Eva: con esta tarea asignada, pero sin Telegram: llama al +54 11 5555-0101")
        .await?;
    let chat = boss.chat();
    assert!(!chat.shows("asignada, sin respuesta"), "{chat}");
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_for_help_gets_other_work_only_for_a_reason() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    app.called(&ana).await?;
    boss.until_text("ACTÚA").await?;
    app.settled().await?;
    boss.says("/disponibles")?;
    boss.until_text("Sin contar a 1 con pedido de ayuda: Ana: con pedido de ayuda (EMG-")
        .await?;
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let refused = http.post("/api/v1/tasks", &new).await?.expect(409)?;
    assert_eq!(refused["code"], "needs_reason");
    assert_eq!(refused["conflicts"][0]["kind"], "calling");
    boss.says("/crear investigacion; Revisar las cámaras; ; ; Ana")?;
    press(&boss, "Confirmar").await?;
    let why = boss.until_text("Escribe el motivo o vuelve").await?;
    assert!(
        why.text.contains("Ana: con pedido de ayuda (EMG-"),
        "{}",
        why.text
    );
    let made = "SELECT count(*) FROM tasks WHERE title = 'Revisar las cámaras'";
    assert_eq!(app.count(made).await?, 0);
    press(&boss, "Urgencia").await?;
    boss.until_text("Tarea creada").await?;
    app.settled().await?;
    let reason = "SELECT count(*) FROM assignments WHERE override_reason = 'Urgencia'";
    assert_eq!(app.count(reason).await?, 1);
    app.settled().await
}
