//! The topics of emergencies: opened once, closed at the end, and opened again when it was none.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{Backend, Http, TestApp, process::Process};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind, Person};

use super::scene::{FORUM, Scene, scene};
use crate::{GAD, hand::press};

/// Ana calls for help.
async fn calls(caller: &Http) -> Result<(Value, String)> {
    let here = json!({ "lat": -34.6, "lon": -58.4 });
    let call = caller.post("/api/v1/emergencies", &here).await?;
    let call = call.expect(201)?;
    let code = call["code"].as_str().context("a code")?.to_owned();
    Ok((call, code))
}

/// Dora does something with the emergency, or its task.
async fn does(http: &Http, place: &str) -> Result<()> {
    let reason = json!({ "reason": "Prueba" });
    http.post(place, &reason).await?.expect(200).map(drop)
}

fn emergency(call: &Value, verb: &str) -> String {
    format!("/api/v1/emergencies/{}/{verb}", call["id"])
}

async fn in_state(app: &TestApp, state: &str) -> Result<i64> {
    let rows = format!("SELECT count(*) FROM emergency_topics WHERE state = '{state}'");
    app.count(&rows).await
}

fn threads(scene: &Scene, method: &str) -> Vec<Option<i64>> {
    let calls = scene.taken(method, FORUM);
    let thread = |call: &telegram::Call| call.params["message_thread_id"].as_i64();
    calls.iter().map(thread).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_has_its_topic_in_the_forum_until_it_is_over(
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
        http,
    } = &scene;
    let there = scene.forum().await?;
    bob.shares_live_location(-34.601, -58.4, 3600)?;
    app.settled().await?;
    let caller = app.http(ana).await?;
    let (call, code) = calls(&caller).await?;
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    assert!(card.thread.is_some(), "{card:?}");
    assert!(!card.text.contains("Ana") && !card.text.contains("Bob"));
    bob.until_text(&code).await?;
    press(bob, "Voy").await?;
    let now = there.until_text(&format!("{code}: vienen 1")).await?;
    assert_eq!(now.id, card.id, "one live card");
    app.settled().await?;
    does(http, &emergency(&call, "resolve")).await?;
    let over = there.until_text("🏁 Terminó.").await?;
    assert_eq!(over.id, card.id);
    let came = format!("{code}: dijeron que iban 1 de");
    assert!(over.text.contains(&came), "{}", over.text);
    app.settled().await?;
    assert_eq!(threads(&scene, "closeForumTopic"), [card.thread]);
    assert_eq!(in_state(app, "closed").await?, 1);

    // It was not the end: the same topic is open again, and its card lives.
    let reopen = format!("/api/v1/tasks/{}/reopen", call["task_id"]);
    does(http, &reopen).await?;
    let again = there
        .until(
            |chat| {
                chat.message(card.id)
                    .is_some_and(|card| !card.text.contains("Terminó"))
            },
            Duration::from_secs(15),
        )
        .await?;
    assert!(again.shows(&code));
    app.settled().await?;
    assert_eq!(threads(&scene, "reopenForumTopic"), [card.thread]);
    assert_eq!(in_state(app, "open").await?, 1);
    does(http, &emergency(&call, "resolve")).await?;
    there.until_text("🏁 Terminó.").await?;
    app.settled().await?;
    assert_eq!(threads(&scene, "closeForumTopic"), [card.thread; 2]);
    assert_eq!(scene.taken("createForumTopic", FORUM).len(), 1);

    // Without the right to open topics people are told all the same.
    let rights = FaultKind::BadRequest("not enough rights to create a topic".into());
    app.paper.fault(Fault::new(rights).on("createForumTopic"));
    let (call, code) = calls(&caller).await?;
    dora.until_text(&code).await?;
    app.settled().await?;
    assert_eq!(in_state(app, "failed").await?, 1);
    does(http, &emergency(&call, "cancel")).await?;
    app.settled().await
}

/// The card stands in the general topic, and stays there to the end.
async fn in_general(scene: &Scene, there: &Person, code: &str) -> Result<i64> {
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    assert_eq!(card.thread, None, "{card:?}");
    let asked = scene.app.paper.calls_of("createForumTopic");
    assert_eq!(asked.len(), 1, "asked once: {asked:?}");
    Ok(card.id)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_answer_is_lost_is_not_opened_twice(#[case] backend: Backend) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let there = scene.forum().await?;
    let lost = Fault::new(FaultKind::AnswerLost).on("createForumTopic");
    scene.app.paper.fault(lost.times(1));
    let caller = scene.app.http(&scene.ana).await?;
    let (call, code) = calls(&caller).await?;
    let card = in_general(&scene, &there, &code).await?;
    scene.app.settled().await?;
    does(&scene.http, &emergency(&call, "cancel")).await?;
    let over = there.until_text("🏁 Terminó.").await?;
    assert_eq!(over.id, card);
    scene.app.settled().await?;
    assert!(threads(&scene, "closeForumTopic").is_empty());
    // What Telegram refused it did not do: that may be asked again.
    let busy = Fault::new(FaultKind::TooManyRequests(1)).on("createForumTopic");
    scene.app.paper.fault(busy.times(1));
    let (call, code) = calls(&caller).await?;
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    assert!(card.thread.is_some(), "{card:?}");
    does(&scene.http, &emergency(&call, "cancel")).await?;
    scene.app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_while_a_topic_is_opened_opens_no_second_one() -> Result<()> {
    let Some(scene) = scene(Backend::Sqlite).await? else {
        return Ok(());
    };
    let there = scene.forum().await?;
    let caller = scene.app.http(&scene.ana).await?;
    scene.app.halt().await?;
    let server = Process::serve(GAD, scene.app.variables()).await?;
    let held = FaultKind::AnswerHeld(Duration::from_secs(60));
    scene
        .app
        .paper
        .fault(Fault::new(held).on("createForumTopic"));
    let (call, code) = calls(&caller.at(server.base())).await?;
    let opened =
        |calls: &[telegram::Call]| calls.iter().any(|one| one.method == "createForumTopic");
    let patience = Duration::from_secs(30);
    scene.app.paper.until_calls(opened, patience).await?;
    server.kill().await?;
    scene.app.paper.clear_faults();
    let server = Process::serve(GAD, scene.app.variables()).await?;
    // The dead one's lease has to run out first.
    scene.app.settled_within(patience).await?;
    in_general(&scene, &there, &code).await?;
    does(&scene.http.at(server.base()), &emergency(&call, "cancel")).await?;
    there.until_text("🏁 Terminó.").await?;
    scene.app.settled().await?;
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(20)).await?, Some(0));
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_ended_hears_nothing_more_of_an_emergency(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let there = scene.forum().await?;
    let caller = scene.app.http(&scene.ana).await?;
    let (call, code) = calls(&caller).await?;
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    scene.app.settled().await?;
    scene.dora.says("/grupo")?;
    press(&scene.dora, "Quitar Comisaría").await?;
    scene.dora.until_text("Ningún grupo recibe").await?;
    does(&scene.http, &emergency(&call, "cancel")).await?;
    scene.app.settled().await?;
    let now = there.chat();
    assert_eq!(now.message(card.id).map(|now| &now.text), Some(&card.text));
    assert!(!now.shows("Terminó"));
    Ok(())
}

/// Whoever owns the forum gives the bot the right to open topics.
fn promotes(scene: &Scene) -> Result<()> {
    let bot = json!({ "id": 1, "is_bot": true, "first_name": "GAD", "username": "gad_bot" });
    let mut now = json!({ "status": "administrator", "user": bot });
    for right in [
        "is_anonymous",
        "can_be_edited",
        "can_change_info",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_invite_users",
        "can_restrict_members",
        "can_promote_members",
    ] {
        now[right] = json!(false);
    }
    now["can_manage_chat"] = json!(true);
    now["can_manage_topics"] = json!(true);
    let update = json!({ "my_chat_member": {
        "chat": { "id": FORUM, "type": "supergroup", "title": "Comisaría", "is_forum": true },
        "from": { "id": scene.dora.id(), "is_bot": false, "first_name": "Dora" },
        "date": 1_772_452_800,
        "old_chat_member": { "status": "member", "user": bot },
        "new_chat_member": now,
    }});
    anyhow::ensure!(scene.app.paper.push_update(&update).is_some());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_was_refused_is_asked_for_again(#[case] backend: Backend) -> Result<()> {
    const RIGHT: &str = "Gestionar temas";
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let there = scene.forum().await?;
    let rights = FaultKind::BadRequest("not enough rights to create a topic".into());
    let refuses = Fault::new(rights).on("createForumTopic");
    scene.app.paper.fault(refuses);
    let said = || {
        let written = scene.written(FORUM);
        written.iter().filter(|text| text.contains(RIGHT)).count()
    };
    let caller = scene.app.http(&scene.ana).await?;
    let (call, code) = calls(&caller).await?;
    there.until_text(RIGHT).await?;
    in_general(&scene, &there, &code).await?;
    scene.app.settled().await?;
    let group = scene.groups().await?.remove(0);
    assert_eq!(group["topics_refused"], true, "{group}");
    assert_eq!(in_state(&scene.app, "failed").await?, 1);
    // The next one is refused too, which is no news there.
    let (other, _) = calls(&scene.app.http(&scene.bob).await?).await?;
    scene.app.settled().await?;
    assert_eq!(said(), 1);
    does(&scene.http, &emergency(&other, "cancel")).await?;
    scene.dora.says("/grupo")?;
    scene.dora.until_text(RIGHT).await?;

    // Dora has it tried again, too early.
    let unit = scene.norte().await?;
    let place = format!("/api/v1/units/{unit}/groups/{}/topics", group["id"]);
    let tried = scene.http.post(&place, &json!({})).await?.expect(200)?;
    assert_eq!(tried["topics_refused"], false, "{tried}");
    scene.app.settled().await?;
    assert_eq!(said(), 2);
    assert_eq!(scene.groups().await?[0]["topics_refused"], true);

    // With the right nobody has to do anything; what is over gets no topic any more.
    scene.app.paper.clear_faults();
    promotes(&scene)?;
    let own = |seen: &telegram::Seen| seen.thread.is_some() && seen.text.contains(&code);
    let patience = Duration::from_secs(15);
    there
        .until(|chat| chat.messages.iter().any(own), patience)
        .await?;
    scene.app.settled().await?;
    assert_eq!(scene.groups().await?[0]["topics_refused"], false);
    assert_eq!(in_state(&scene.app, "open").await?, 1);
    assert_eq!(scene.taken("createForumTopic", FORUM).len(), 1);
    assert_eq!(scene.audited("unit.topics_again").await?, 2);
    does(&scene.http, &emergency(&call, "cancel")).await?;
    scene.app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_topics_are_switched_off_has_the_card_and_is_told_so(
    #[case] backend: Backend,
) -> Result<()> {
    const OFF: &str = "temas desactivados";
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let there = scene.forum().await?;
    let caller = scene.app.http(&scene.ana).await?;
    let refuses = |words: &str| {
        let words = FaultKind::BadRequest(words.into());
        scene.app.paper.clear_faults();
        scene
            .app
            .paper
            .fault(Fault::new(words).on("createForumTopic"));
    };
    // What nobody there can change is said to nobody.
    refuses("TOPIC_TITLE_EMPTY");
    let (call, code) = calls(&caller).await?;
    let card = in_general(&scene, &there, &code).await?;
    scene.app.settled().await?;
    assert_eq!(scene.groups().await?[0]["topics_refused"], false);
    does(&scene.http, &emergency(&call, "cancel")).await?;
    let over = there.until_text("🏁 Terminó.").await?;
    assert_eq!(over.id, card, "it lives in the general topic");
    scene.app.settled().await?;

    refuses("the chat is not a forum");
    for _ in 0..2 {
        let (call, code) = calls(&caller).await?;
        let card = there.until_text(&format!("{code}: vienen 0")).await?;
        assert_eq!(card.thread, None, "{card:?}");
        there.until_text(OFF).await?;
        scene.app.settled().await?;
        let group = scene.groups().await?.remove(0);
        assert_eq!(group["topics_refused"], true, "{group}");
        assert_eq!(group["forum"], false, "{group}");
        does(&scene.http, &emergency(&call, "cancel")).await?;
        scene.app.settled().await?;
    }
    let written = scene.written(FORUM);
    let said = written.iter().filter(|text| text.contains(OFF)).count();
    assert_eq!(said, 1, "once, and no word of a right: {written:?}");
    assert!(!there.chat().shows("Gestionar temas"));
    scene.dora.says("/grupo")?;
    scene.dora.until_text(OFF).await?;

    // Topics are there again, and somebody writes so.
    scene.app.paper.clear_faults();
    scene.registers(&there, "Norte").await?;
    assert_eq!(scene.groups().await?[0]["topics_refused"], false);
    let (call, code) = calls(&caller).await?;
    let card = there.until_text(&format!("{code}: vienen 0")).await?;
    assert!(card.thread.is_some(), "{card:?}");
    does(&scene.http, &emergency(&call, "cancel")).await?;
    scene.app.settled().await
}
