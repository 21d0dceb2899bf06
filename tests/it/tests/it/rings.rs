//! Silence: the phone rings again, then others learn of it, by the clock and not before.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Clock,
    actor::Channel,
    outbox::{self, Message, Notice},
    user,
};
use it::{Backend, Somebody, TestApp, until};
use rstest::rstest;
use serde_json::json;

const START: &str = "2026-03-02T12:00:00Z";

/// Her phone rings, and twice again; she says nothing.
async fn says_nothing(app: &TestApp, clock: &Clock, ana: &Somebody, code: &str) -> Result<()> {
    let mut card = ana.until_text(code).await?.id;
    for _ in 0..2 {
        app.settled().await?;
        clock.advance(TimeDelta::seconds(121));
        let chat = ana
            .until(
                |chat| chat.find(code).is_some_and(|newest| newest.id > card),
                until::DEADLINE,
            )
            .await?;
        card = chat.find(code).map_or(card, |newest| newest.id);
    }
    app.settled().await?;
    clock.advance(TimeDelta::seconds(121));
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_rings_again_and_then_the_supervisor_is_told(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Choque", "kind": "patrullaje", "priority": "urgent", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = task["code"].as_str().unwrap_or_default();
    let mut board = app.board(&boss).await?;
    says_nothing(&app, &clock, &ana, code).await?;
    let told = boss.until_text(code).await?;
    assert!(told.text.contains("Ana"), "{}", told.text);
    let event = board.until("notification").await?;
    assert_eq!(
        (&event["data"]["kind"], &event["data"]["task_id"]),
        (&json!("no_answer"), &task["id"])
    );
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_in_command_hears_somebody_is_to_be_called(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    boss.blocks_bot()?;
    app.settled().await?;
    let new = json!({ "title": "Choque", "kind": "patrullaje", "priority": "urgent", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = task["code"].as_str().unwrap_or_default();
    let place = format!("/api/v1/tasks/{}", task["id"]);
    says_nothing(&app, &clock, &ana, code).await?;
    let seen = until("somebody who is to be called", || async {
        let task = http.get(&place).await?.expect(200)?;
        Ok((task["unheard"] == true).then_some(task))
    })
    .await?;
    let one = &seen["assignments"][0];
    assert_eq!(
        (&one["unheard"], &one["escalated_at"]),
        (&json!(true), &json!(null))
    );
    assert!(one["sent_at"].is_string() && one["sent_at"] != one["rung_at"]);
    boss.unblocks_bot()?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(121));
    let told = boss.until_text(code).await?;
    assert!(told.text.contains("Ana"), "{}", told.text);
    app.settled().await?;
    let seen = http.get(&place).await?.expect(200)?;
    let one = &seen["assignments"][0];
    assert_eq!(
        (&seen["unheard"], &one["unheard"]),
        (&json!(false), &json!(false))
    );
    assert!(one["escalated_at"].is_string());
    Ok(())
}

/// What waits for a chat that its person has left is not said there.
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_is_nobodys_any_more_hears_nothing_of_a_task(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, eva) = (app.supervisor("Marta").await?, app.supervisor("Eva").await?);
    let ana = app.agent("Ana").await?;
    let linked = app.actor(&boss, Channel::Bot).await?.telegram_id;
    let (chat_id, user_id) = (linked.context("linked")?, boss.user_id);
    app.store()
        .write(move |tx| {
            Box::pin(async move { user::unlink_telegram(tx, &TestApp::system(), user_id).await })
        })
        .await?;
    boss.until_text("ya no está unido").await?;
    let http = app.http(&eva).await?;
    let new = json!({ "title": "Choque", "kind": "patrullaje", "priority": "urgent", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = task["code"].as_str().unwrap_or_default();
    let task_id = task["id"].as_i64().context("a number")?;
    let notice = Notice::Unassigned { task_id };
    let word = Message::about(chat_id, Some(user_id), task_id, notice);
    app.store()
        .write(move |tx| Box::pin(async move { outbox::push(tx, vec![word]).await }))
        .await?;
    app.settled().await?;
    assert!(boss.chat().find(code).is_none(), "{}", boss.chat());
    Ok(())
}

/// The same for words that must reach somebody: who commands elsewhere now, or has another phone, hears them there.
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_is_nobodys_any_more_hears_no_word_about_people(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, eva) = (app.supervisor("Marta").await?, app.supervisor("Eva").await?);
    let ana = app.agent("Ana").await?;
    let linked = app.actor(&boss, Channel::Bot).await?.telegram_id;
    let (chat_id, user_id) = (linked.context("linked")?, boss.user_id);
    app.store()
        .write(move |tx| {
            Box::pin(async move { user::unlink_telegram(tx, &TestApp::system(), user_id).await })
        })
        .await?;
    boss.until_text("ya no está unido").await?;
    let call = app.called(&ana).await?;
    let code = call["code"].as_str().context("a code")?;
    let (id, task_id) = (call["id"].as_i64(), call["task_id"].as_i64());
    let (emergency_id, task_id) = (id.context("a number")?, task_id.context("a number")?);
    eva.until_text("ACTÚA").await?;
    app.settled().await?;
    let phones = true;
    let notice = Notice::EmergencyEscalated {
        emergency_id,
        phones,
    };
    let word = Message::about(chat_id, Some(user_id), task_id, notice);
    let lost = Notice::GroupLost {
        unit_id: 1,
        title: "Vecinos".into(),
    };
    let news = Message::news(chat_id, Some(user_id), lost);
    app.store()
        .write(move |tx| Box::pin(async move { outbox::push(tx, vec![word, news]).await }))
        .await?;
    app.settled().await?;
    let chat = boss.chat();
    assert!(!chat.shows(code) && !chat.shows("Vecinos"), "{chat}");
    Ok(())
}
