//! A group that nobody registered: what people say to each other there is none of the bot's business.

use anyhow::{Context, Result};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

const GROUP: i64 = -1_001;

/// A message in the group, as a bot gets it that hears everything there.
fn said(person: &Somebody, number: i64, text: &str) -> Value {
    json!({ "message": {
        "message_id": number,
        "date": 1_772_452_800,
        "chat": { "id": GROUP, "type": "supergroup", "title": "Norte" },
        "from": from(person),
        "text": text,
    } })
}

/// A press of a button in the group, such as one on a card that was forwarded by another bot.
fn pressed(person: &Somebody, data: &str) -> Value {
    json!({ "callback_query": {
        "id": "4711",
        "from": from(person),
        "chat_instance": "1",
        "data": data,
        "message": {
            "message_id": 50,
            "date": 1_772_452_800,
            "chat": { "id": GROUP, "type": "supergroup", "title": "Norte" },
            "text": "Recorrida",
        },
    } })
}

fn from(person: &Somebody) -> Value {
    json!({ "id": person.phone.id(), "is_bot": false, "first_name": person.name, "language_code": "es" })
}

/// Everything that what was said could have changed.
async fn traces(app: &TestApp) -> Result<Vec<i64>> {
    let tables = [
        "tasks WHERE status = 'in_progress'",
        "tasks",
        "status_history",
        "reports",
        "assignments WHERE state = 'declined'",
        "audit",
        "events",
        "outbox",
        "emergencies",
        "dialogues WHERE name <> 'idle'",
        "users WHERE lang = 'en'",
    ];
    let mut counts = Vec::new();
    for table in tables {
        counts.push(app.count(&format!("SELECT count(*) FROM {table}")).await?);
    }
    Ok(counts)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_said_or_pressed_there_does_anything(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let http = app.http(&boss).await?;
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let id = task["id"].as_i64().context("an id")?;
    press(&ana, "Iniciar").await?;
    app.paper
        .group(GROUP, "Norte", false, &[&ana.phone, &boss.phone]);
    app.settled().await?;
    let (before, calls) = (traces(&app).await?, app.paper.calls().len());

    ana.in_group(GROUP).says("/tareas")?;
    for (number, text) in ["/tareas", "/sos", "/idioma", "listo", "Robo en la plaza"]
        .into_iter()
        .enumerate()
    {
        let update = said(&ana, 60 + number as i64, text);
        app.paper.push_update(&update).context("an update")?;
    }
    for verb in ["end", "off", "rep"] {
        let update = pressed(&ana, &format!("t.{verb}.{id:x}"));
        app.paper.push_update(&update).context("an update")?;
    }
    app.settled().await?;

    assert_eq!(traces(&app).await?, before);
    let said: Vec<String> = app.paper.calls()[calls..]
        .iter()
        .filter(|call| call.method.starts_with("send") || call.method.starts_with("edit"))
        .map(|call| format!("{} {:?}", call.method, call.text()))
        .collect();
    assert_eq!(said, [] as [String; 0]);
    let unhandled = "SELECT count(*) FROM inbox WHERE status <> 'done'";
    assert_eq!(app.count(unhandled).await?, 0);
    Ok(())
}
