//! Groups and topics of units: who registers them, what arrives there, who may answer there, and what ends it.

use anyhow::{Context, Result};
use it::{Backend, Somebody, TestApp, people::Recruit, until::until};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind, Person};

use crate::hand::press;

const GROUP: i64 = -100_500;
const FORUM: i64 = -100_600;

/// What the bot wrote in this group.
fn written(app: &TestApp, chat: i64) -> Vec<String> {
    let calls = app.paper.calls_of("sendMessage");
    let there = calls
        .iter()
        .filter(|call| call.is_ok() && call.chat() == Some(chat));
    there
        .map(|call| call.text().unwrap_or_default().to_owned())
        .collect()
}

/// Registers where this person is for the unit.
async fn registers(app: &TestApp, there: &Person, unit: &str) -> Result<()> {
    there.says("/grupo")?;
    there.until_button(unit).await?;
    let tap = there.taps(unit)?;
    there.until_answered(&tap).await?;
    there.until_text("recibe las difusiones").await?;
    app.settled().await
}

async fn groups(app: &TestApp, by: &Somebody) -> Result<Vec<Value>> {
    let units = app
        .http(by)
        .await?
        .get("/api/v1/units")
        .await?
        .expect(200)?;
    let units = units["items"].as_array().context("units")?;
    Ok(units
        .iter()
        .flat_map(|unit| unit["groups"].as_array().cloned().unwrap_or_default())
        .collect())
}

fn to_unit(unit_id: i64, text: &str) -> Value {
    json!({ "text": text, "audience": { "kind": "unit", "unit_id": unit_id }, "drill": true })
}

async fn unit_id(app: &TestApp) -> Result<i64> {
    app.count("SELECT id FROM units WHERE name = 'Norte'").await
}

struct Scene {
    app: TestApp,
    dora: Somebody,
    ana: Somebody,
    bob: Somebody,
}

async fn scene(backend: Backend) -> Result<Option<Scene>> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(None);
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    Ok(Some(Scene {
        app,
        dora,
        ana,
        bob,
    }))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_hears_it_in_its_group_first_and_everybody_in_private(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(Scene {
        app,
        dora,
        ana,
        bob,
    }) = scene(backend).await?
    else {
        return Ok(());
    };
    let stranger = app.paper.person(5_000, "Nadie", "es");
    app.paper.group(
        GROUP,
        "Guardia Norte",
        false,
        &[&dora, &ana, &bob, &stranger],
    );
    // Whoever supervises is asked as soon as the bot is there, and nobody else.
    stranger.in_group(GROUP).adds_bot()?;
    app.settled().await?;
    assert!(written(&app, GROUP).is_empty());
    let there = dora.in_group(GROUP);
    there.adds_bot()?;
    there.until_button("Norte").await?;
    let tap = there.taps("Norte")?;
    there.until_answered(&tap).await?;
    there
        .until_text("Este grupo recibe las difusiones de Norte")
        .await?;
    app.settled().await?;
    let known = groups(&app, &dora).await?;
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!(
        (&known[0]["title"], &known[0]["topic"]),
        (&json!("Guardia Norte"), &json!(false))
    );

    let before = app.paper.calls_of("sendMessage").len();
    let http = app.http(&dora).await?;
    let sent = to_unit(unit_id(&app).await?, "Corten la calle");
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    for one in [&ana, &bob] {
        one.until_text("Corten la calle").await?;
    }
    app.settled().await?;
    let ids = "SELECT count(*) FROM outbox one JOIN outbox other ON other.id < one.id
        WHERE one.chat_id = -100500 AND one.lane = 'broadcast' AND other.lane = 'broadcast'";
    assert_eq!(app.count(ids).await?, 0, "the group comes first");
    let calls = app.paper.calls_of("sendMessage");
    let there_now: Vec<_> = calls[before..]
        .iter()
        .filter(|call| call.chat() == Some(GROUP))
        .collect();
    assert_eq!(there_now.len(), 1, "one message into the group");
    let text = there_now[0].text().unwrap_or_default();
    assert!(text.contains("SIMULACRO") && text.contains("Corten la calle"));
    assert!(!text.contains("Ana") && !text.contains("Bob"), "{text}");
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["groups"][0]["state"], "sent", "{now}");

    // Whoever is among its people answers for himself, also there.
    let in_group = ana.in_group(GROUP);
    let card = in_group.until_text("Corten la calle").await?;
    let tap = in_group.taps_on(card.id, "En camino")?;
    let toast = in_group.until_answered(&tap).await?;
    assert_eq!(toast.text.as_deref(), Some("🚗 En camino"));
    ana.until_text("Tu respuesta").await?;
    app.settled().await?;
    // A stranger, and the sender, who is none of them, get a word over the chat and leave nothing.
    let rows = "SELECT count(*) FROM broadcast_answers";
    assert_eq!(app.count(rows).await?, 1);
    for one in [stranger.in_group(GROUP), dora.in_group(GROUP)] {
        let tap = one.taps_on(card.id, "Recibido")?;
        let toast = one.until_answered(&tap).await?;
        assert!(toast.alert && toast.text.is_some(), "{toast:?}");
    }
    app.settled().await?;
    assert_eq!(app.count(rows).await?, 1);
    let told = "SELECT count(*) FROM outbox WHERE chat_id = 5000";
    assert_eq!(app.count(told).await?, 0);
    assert!(stranger.messages().is_empty());
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["counts"]["on_the_way"], 1, "{now}");

    http.post(&format!("{place}/cancel"), &json!({}))
        .await?
        .expect(200)?;
    let over = in_group.until_text("anulada").await?;
    assert_eq!((over.id, over.keyboard.len()), (card.id, 0));
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn only_who_commands_the_unit_registers_and_nothing_else_is_said_there(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(Scene { app, dora, ana, .. }) = scene(backend).await? else {
        return Ok(());
    };
    let sur = app
        .recruit(Recruit::of_level(2, "Sonia").in_unit("Sur"))
        .await?;
    let stranger = app.paper.person(5_000, "Nadie", "es");
    app.paper
        .group(GROUP, "Guardia", false, &[&dora, &ana, &sur, &stranger]);
    stranger.in_group(GROUP).says("/grupo")?;
    let there = ana.in_group(GROUP);
    for words in [
        "/grupo",
        "/start",
        "/tareas",
        "/ayuda",
        "/sos",
        "/grupo@otro_bot",
    ] {
        there.says(words)?;
    }
    ana.until_text("Pide ayuda a tu supervisor").await?;
    app.settled().await?;
    assert!(
        written(&app, GROUP).is_empty(),
        "{:?}",
        written(&app, GROUP)
    );
    assert!(stranger.messages().is_empty());
    registers(&app, &dora.in_group(GROUP), "Norte").await?;
    // The other unit's supervisor sees its own unit only, and cannot take the group away.
    let hers = sur.in_group(GROUP);
    hers.says("/grupo")?;
    hers.until_button("Sur").await?;
    let tap = hers.taps("Sur")?;
    assert!(hers.until_answered(&tap).await?.alert);
    let tap = hers.taps("Quitar")?;
    assert!(hers.until_answered(&tap).await?.alert);
    app.settled().await?;
    assert_eq!(groups(&app, &dora).await?.len(), 1);
    // In her own chat she ends it by one tap.
    dora.says("/grupo")?;
    dora.until_text("Guardia: Norte").await?;
    press(&dora, "Quitar Guardia").await?;
    dora.until_text("Ningún grupo recibe").await?;
    app.settled().await?;
    assert!(groups(&app, &dora).await?.is_empty());
    let done =
        "SELECT count(*) FROM audit WHERE action IN ('unit.group_registered', 'unit.group_ended')";
    assert_eq!(app.count(done).await?, 2);
    assert!(
        dora.commands()
            .iter()
            .any(|one| one["command"] == json!("grupo"))
    );
    assert!(
        !ana.commands()
            .iter()
            .any(|one| one["command"] == json!("grupo"))
    );
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_topic_gets_it_in_its_thread_and_a_closed_one_stops_nobody(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(Scene {
        app,
        dora,
        ana,
        bob,
    }) = scene(backend).await?
    else {
        return Ok(());
    };
    app.paper.group(FORUM, "Comisaría", true, &[&dora, &ana]);
    let topic = dora.in_group(FORUM).opens_topic("Norte")?;
    let topic = topic.message_id.context("a topic")?;
    registers(&app, &dora.in_group(FORUM).in_topic(topic), "Norte").await?;
    let known = groups(&app, &dora).await?;
    assert_eq!(
        (&known[0]["title"], &known[0]["topic"]),
        (&json!("Comisaría · Norte"), &json!(true))
    );
    let http = app.http(&dora).await?;
    let unit = unit_id(&app).await?;
    http.post("/api/v1/broadcasts", &to_unit(unit, "Primero"))
        .await?
        .expect(201)?;
    let card = ana.in_group(FORUM).until_text("Primero").await?;
    assert_eq!(card.thread, Some(topic));
    app.settled().await?;
    dora.in_group(FORUM).closes_topic(topic)?;
    let made = http
        .post("/api/v1/broadcasts", &to_unit(unit, "Segundo"))
        .await?
        .expect(201)?;
    for one in [&ana, &bob] {
        one.until_text("Segundo").await?;
    }
    app.settled().await?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["groups"][0]["state"], "failed", "{now}");
    let why = now["groups"][0]["error"].as_str().unwrap_or_default();
    assert!(why.contains("TOPIC_CLOSED"), "{why}");
    assert_eq!(now["counts"]["sent"], 2, "{now}");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_throws_the_bot_out_ends_it_and_the_supervisor_learns_it(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(Scene { app, dora, ana, .. }) = scene(backend).await? else {
        return Ok(());
    };
    app.paper.group(GROUP, "Guardia", false, &[&dora, &ana]);
    registers(&app, &dora.in_group(GROUP), "Norte").await?;
    ana.in_group(GROUP).removes_bot()?;
    dora.until_text("ya no está en «Guardia»").await?;
    app.settled().await?;
    assert!(groups(&app, &dora).await?.is_empty());
    let lost = "SELECT count(*) FROM audit WHERE action = 'unit.group_lost'";
    assert_eq!(app.count(lost).await?, 1);
    // Where no update said so, the refusal of a message does.
    let there = dora.in_group(GROUP);
    there.adds_bot()?;
    there.until_button("Norte").await?;
    let tap = there.taps("Norte")?;
    there.until_answered(&tap).await?;
    app.settled().await?;
    let kicked = FaultKind::Forbidden("bot was kicked from the supergroup chat".into());
    app.paper.fault(Fault::new(kicked).in_chat(GROUP));
    let http = app.http(&dora).await?;
    let sent = to_unit(unit_id(&app).await?, "Corten la calle");
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    ana.until_text("Corten la calle").await?;
    app.settled().await?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["groups"][0]["state"], "failed", "{now}");
    assert_eq!(app.count(lost).await?, 2);
    assert!(groups(&app, &dora).await?.is_empty());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_becomes_a_supergroup_is_followed(#[case] backend: Backend) -> Result<()> {
    const SMALL: i64 = -700;
    let Some(Scene { app, dora, ana, .. }) = scene(backend).await? else {
        return Ok(());
    };
    app.paper.small_group(SMALL, "Guardia", &[&dora, &ana]);
    registers(&app, &dora.in_group(SMALL), "Norte").await?;
    dora.in_group(SMALL).upgrades_group(GROUP)?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let unit = unit_id(&app).await?;
    http.post("/api/v1/broadcasts", &to_unit(unit, "Primero"))
        .await?
        .expect(201)?;
    ana.in_group(GROUP).until_text("Primero").await?;
    app.settled().await?;
    // As if no update had come: the refusal names the new number, and the message follows.
    let db = app.database().connect().await?;
    sea_orm::ConnectionTrait::execute_unprepared(
        &db,
        &format!("UPDATE unit_groups SET chat_id = {SMALL}"),
    )
    .await?;
    db.close().await?;
    let made = http
        .post("/api/v1/broadcasts", &to_unit(unit, "Segundo"))
        .await?
        .expect(201)?;
    ana.in_group(GROUP).until_text("Segundo").await?;
    app.settled().await?;
    let place = format!("/api/v1/broadcasts/{}", made["id"]);
    let now = http.get(&place).await?.expect(200)?;
    assert_eq!(now["groups"][0]["state"], "sent", "{now}");
    let there = format!("SELECT count(*) FROM unit_groups WHERE chat_id = {GROUP}");
    assert_eq!(app.count(&there).await?, 1);
    Ok(())
}

/// More broadcasts in a minute than Telegram takes into a group: the rest waits, and no private message does.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_group_holds_up_nobody() -> Result<()> {
    let app = TestApp::on(Backend::Sqlite).set("GAD_TELEGRAM__GROUP_SENDS", "3");
    let Some(mut app) = app.start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    app.paper.group(GROUP, "Guardia", false, &[&dora, &ana]);
    registers(&app, &dora.in_group(GROUP), "Norte").await?;
    let http = app.http(&dora).await?;
    let unit = unit_id(&app).await?;
    for number in 1..=4 {
        http.post(
            "/api/v1/broadcasts",
            &to_unit(unit, &format!("Aviso {number}")),
        )
        .await?
        .expect(201)?;
    }
    ana.until_text("Aviso 4").await?;
    until("only the group to wait", || async {
        let waiting =
            "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending') AND chat_id > 0";
        Ok((app.count(waiting).await? == 0).then_some(()))
    })
    .await?;
    let calls = app.paper.calls();
    let there = calls.iter().filter(|call| call.chat() == Some(GROUP));
    assert_eq!(
        there.count(),
        3,
        "the question, its answer and one broadcast"
    );
    let waits = "SELECT count(*) FROM outbox WHERE status = 'queued' AND chat_id < 0";
    assert!(app.count(waits).await? > 0);
    app.leaves_work_behind();
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_has_its_topic_in_the_forum_until_it_is_over(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(Scene {
        app,
        dora,
        ana,
        bob,
    }) = scene(backend).await?
    else {
        return Ok(());
    };
    app.paper.group(FORUM, "Comisaría", true, &[&dora, &ana]);
    registers(&app, &dora.in_group(FORUM), "Norte").await?;
    bob.shares_live_location(-34.601, -58.4, 3600)?;
    app.settled().await?;
    let here = json!({ "lat": -34.6, "lon": -58.4 });
    let caller = app.http(&ana).await?;
    let call = caller.post("/api/v1/emergencies", &here).await?;
    let call = call.expect(201)?;
    let code = call["code"].as_str().context("a code")?.to_owned();
    let there = dora.in_group(FORUM);
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    assert!(card.thread.is_some(), "{card:?}");
    assert!(!card.text.contains("Ana") && !card.text.contains("Bob"));
    bob.until_text(&code).await?;
    press(&bob, "Voy").await?;
    let now = there.until_text(&format!("{code}: vienen 1")).await?;
    assert_eq!(now.id, card.id, "one live card");
    app.settled().await?;
    let http = app.http(&dora).await?;
    let place = format!("/api/v1/emergencies/{}", call["id"]);
    let reason = json!({ "reason": "Prueba" });
    http.post(&format!("{place}/resolve"), &reason)
        .await?
        .expect(200)?;
    let over = there.until_text("🏁 Terminó.").await?;
    assert_eq!(over.id, card.id);
    app.settled().await?;
    let closed = app.paper.calls_of("closeForumTopic");
    let threads: Vec<_> = closed
        .iter()
        .filter(|call| call.is_ok())
        .map(|call| call.params["message_thread_id"].as_i64())
        .collect();
    assert_eq!(threads, [card.thread]);
    let of = |state: &str| format!("SELECT count(*) FROM emergency_topics WHERE state = '{state}'");
    assert_eq!(app.count(&of("closed")).await?, 1);

    // Without the right to open topics people are told all the same.
    let rights = FaultKind::BadRequest("not enough rights to create a topic".into());
    app.paper.fault(Fault::new(rights).on("createForumTopic"));
    let call = caller.post("/api/v1/emergencies", &here).await?;
    let call = call.expect(201)?;
    let code = call["code"].as_str().context("a code")?.to_owned();
    dora.until_text(&code).await?;
    app.settled().await?;
    assert_eq!(app.count(&of("failed")).await?, 1);
    let place = format!("/api/v1/emergencies/{}", call["id"]);
    http.post(&format!("{place}/cancel"), &reason)
        .await?
        .expect(200)?;
    app.settled().await
}
