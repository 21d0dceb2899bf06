//! A broadcast in the groups of its unit: first there, once, and answered there.

use anyhow::{Context, Result};
use it::{Backend, TestApp, until};
use rstest::rstest;
use serde_json::json;

use super::scene::{FORUM, GROUP, Scene, scene, scene_of};
use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_hears_it_in_its_group_first_and_everybody_in_private(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene {
        app,
        dora,
        ana,
        bob,
        ..
    } = &scene;
    let stranger = app.paper.person(5_000, "Nadie", "es");
    app.paper
        .group(GROUP, "Guardia Norte", false, &[dora, ana, bob, &stranger]);
    // Whoever supervises is asked as soon as the bot is there, and nobody else.
    stranger.in_group(GROUP).adds_bot()?;
    app.settled().await?;
    assert!(scene.written(GROUP).is_empty());
    let there = dora.in_group(GROUP);
    there.adds_bot()?;
    scene.chooses(&there, "Norte").await?;
    let known = scene.groups().await?;
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!(
        (&known[0]["title"], &known[0]["topic"], &known[0]["forum"]),
        (&json!("Guardia Norte"), &json!(false), &json!(false))
    );
    assert_eq!(known[0]["registered_by"]["name"], "Dora", "{known:?}");
    assert_eq!(known[0]["posted_at"], json!(null), "{known:?}");

    let before = scene.written(GROUP).len();
    let sent = scene.sends("Corten la calle").await?;
    for one in [ana, bob] {
        one.until_text("Corten la calle").await?;
    }
    app.settled().await?;
    let ids = "SELECT count(*) FROM outbox one JOIN outbox other ON other.id < one.id
        WHERE one.chat_id = -100500 AND one.lane = 'broadcast' AND other.lane = 'broadcast'";
    assert_eq!(app.count(ids).await?, 0, "the group comes first");
    let written = scene.written(GROUP);
    assert_eq!(written.len(), before + 1, "one message into the group");
    let text = &written[before];
    assert!(text.contains("SIMULACRO") && text.contains("Corten la calle"));
    assert!(!text.contains("Ana") && !text.contains("Bob"), "{text}");
    let now = scene.look(&sent).await?;
    assert_eq!(now["groups"][0]["state"], "sent", "{now}");
    let known = scene.groups().await?;
    assert!(known[0]["posted_at"].is_string(), "{known:?}");
    assert_eq!(known[0]["trouble"], json!(null), "{known:?}");

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
    let now = scene.look(&sent).await?;
    assert_eq!(now["counts"]["on_the_way"], 1, "{now}");
    // What somebody needs is asked in his own chat.
    let his = bob.in_group(GROUP);
    let tap = his.taps_on(card.id, "Necesito ayuda")?;
    his.until_answered(&tap).await?;
    let asked = bob.until_text("¿Qué necesitas?").await?;
    assert!(asked.text.contains("SIMULACRO"), "{}", asked.text);
    app.settled().await?;
    let written = scene.written(GROUP);
    assert!(!written.iter().any(|text| text.contains("necesitas")));

    scene.cancels(&sent).await?;
    let over = in_group.until_text("anulada").await?;
    assert_eq!((over.id, over.keyboard.len()), (card.id, 0));
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_topic_gets_it_in_its_thread_and_a_closed_one_stops_nobody(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene {
        app,
        dora,
        ana,
        bob,
        ..
    } = &scene;
    app.paper.group(FORUM, "Comisaría", true, &[dora, ana]);
    let there = dora.in_group(FORUM);
    let topic = there.opens_topic("Norte")?.message_id.context("a topic")?;
    scene.registers(&there.in_topic(topic), "Norte").await?;
    let known = scene.groups().await?;
    assert_eq!(
        (&known[0]["title"], &known[0]["topic"]),
        (&json!("Comisaría · Norte"), &json!(true))
    );
    let place = json!({ "place": { "lat": -34.6, "lon": -58.4 } });
    scene.sends_with("Primero", &place).await?;
    let card = ana.in_group(FORUM).until_text("Primero").await?;
    assert_eq!(card.thread, Some(topic));
    app.settled().await?;
    // The place follows its text, once, into the same topic.
    let pins = scene.taken("sendLocation", FORUM);
    let threads: Vec<_> = pins
        .iter()
        .map(|call| call.params["message_thread_id"].as_i64())
        .collect();
    assert_eq!(threads, [Some(topic)]);
    there.closes_topic(topic)?;
    let sent = scene.sends("Segundo").await?;
    for one in [ana, bob] {
        one.until_text("Segundo").await?;
    }
    app.settled().await?;
    let now = scene.look(&sent).await?;
    assert_eq!(now["groups"][0]["state"], "failed", "{now}");
    let why = now["groups"][0]["error"].as_str().unwrap_or_default();
    assert!(why.contains("TOPIC_CLOSED"), "{why}");
    assert_eq!(now["counts"]["sent"], 2, "{now}");
    // Whoever sends the next one sees beforehand which group may not hear it.
    let next = scene.drill("Tercero", &json!({})).await?;
    let seen = scene.http.post("/api/v1/broadcasts/preview", &next).await?;
    let seen = seen.expect(200)?;
    let wave = &seen["groups"][0];
    assert_eq!(wave["title"], "Comisaría · Norte", "{seen}");
    assert!(
        wave["trouble"]
            .as_str()
            .unwrap_or_default()
            .contains("TOPIC_CLOSED"),
        "{seen}"
    );
    assert_eq!(wave["trouble"], scene.groups().await?[0]["trouble"]);
    dora.says("/difusion")?;
    press(dora, "Una unidad").await?;
    press(dora, "Norte").await?;
    dora.says("Tercero")?;
    let preview = dora.until_text("Primero en grupos (1)").await?;
    assert!(
        preview.text.contains("no llegó a: Comisaría · Norte"),
        "{}",
        preview.text
    );
    dora.says("/cancelar")?;
    app.settled().await
}

/// More broadcasts in a minute than Telegram takes into a group: the rest waits, and no private message does.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_group_holds_up_nobody() -> Result<()> {
    let Some(mut scene) = narrow().await? else {
        return Ok(());
    };
    for number in 1..=4 {
        scene.sends(&format!("Aviso {number}")).await?;
    }
    scene.ana.until_text("Aviso 4").await?;
    until("only the group to wait", || async {
        let waiting =
            "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending') AND chat_id > 0";
        Ok((scene.app.count(waiting).await? == 0).then_some(()))
    })
    .await?;
    let calls = scene.app.paper.calls();
    let there = calls.iter().filter(|call| call.chat() == Some(GROUP));
    assert_eq!(
        there.count(),
        3,
        "the question, its answer and one broadcast"
    );
    let waits = "SELECT count(*) FROM outbox WHERE status = 'queued' AND chat_id < 0";
    assert!(scene.app.count(waits).await? > 0);
    scene.app.leaves_work_behind();
    Ok(())
}

/// A registered group that Telegram lets have one message more in this minute.
async fn narrow() -> Result<Option<Scene>> {
    let wish = TestApp::on(Backend::Sqlite).set("GAD_TELEGRAM__GROUP_SENDS", "3");
    let scene = scene_of(wish).await?;
    if let Some(scene) = &scene {
        scene.guard().await?;
    }
    Ok(scene)
}

/// A kill while the place waits must not send the text again: that it is there is known before.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_known_to_be_there_while_its_place_waits_for_the_group() -> Result<()> {
    let Some(mut scene) = narrow().await? else {
        return Ok(());
    };
    let place = json!({ "place": { "lat": -34.6, "lon": -58.4 } });
    scene.sends_with("Corten la calle", &place).await?;
    until("the text to be known to be there", || async {
        let sent = "SELECT count(*) FROM broadcast_posts WHERE state = 'sent'";
        Ok((scene.app.count(sent).await? == 1).then_some(()))
    })
    .await?;
    assert!(scene.taken("sendLocation", GROUP).is_empty());
    let waits = "SELECT count(*) FROM outbox WHERE status = 'queued' AND chat_id < 0";
    assert_eq!(scene.app.count(waits).await?, 1, "the place");
    scene.app.leaves_work_behind();
    Ok(())
}
