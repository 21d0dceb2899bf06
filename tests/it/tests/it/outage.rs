//! What the board is told while Telegram is away: soon, by every instance, and not for a mere wait.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{
    Backend, TestApp,
    http::Http,
    people::Somebody,
    until::{until, within},
};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind};

const START: &str = "2026-03-14T15:00:00Z";

/// How soon every instance says that Telegram is away; the fault rig measures it.
const KNOWN: Duration = Duration::from_secs(10);

/// How long the sender waits at most between two tries while Telegram is away.
const TRIED_AGAIN: Duration = Duration::from_secs(10);

async fn broadcast(app: &TestApp, sender: &Somebody, text: &str) -> Result<()> {
    let sent = json!({ "text": text, "audience": { "kind": "all" }, "ack_mode": "first" });
    let http = app.http(sender).await?;
    http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    Ok(())
}

async fn telegram(http: &Http) -> Result<Value> {
    let mut ready = http.get("/health/ready").await?.expect(200)?;
    Ok(ready["checks"]["telegram"].take())
}

async fn says(http: &Http, state: &str) -> Result<Option<()>> {
    Ok((telegram(http).await? == state).then_some(()))
}

/// Calls to this phone that were begun.
fn tried(app: &TestApp, somebody: &Somebody, text: &str) -> bool {
    let calls = app.paper.calls_of("sendMessage");
    calls.iter().any(|call| {
        call.chat() == Some(somebody.id()) && call.text().is_some_and(|said| said.contains(text))
    })
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_answer_for_five_seconds_is_an_outage(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    app.settled().await?;
    let http = app.stranger()?;
    // Nothing has failed yet when it is told: the call is still under way, or has just been cut off.
    let hang = FaultKind::Hang(Duration::from_secs(3));
    app.paper.fault(Fault::new(hang).on("sendMessage"));
    broadcast(&app, &dora, "Corten la calle").await?;
    until("a call without an answer", || async {
        Ok(tried(&app, &ana, "Corten la calle").then_some(()))
    })
    .await?;
    clock.advance(TimeDelta::seconds(4));
    assert_eq!(telegram(&http).await?, "ok");
    clock.advance(TimeDelta::seconds(1));
    until("the sign of the outage", || says(&http, "degraded")).await?;
    let gauge = http.get("/metrics").await?.text;
    assert!(gauge.contains("# TYPE gad_telegram_away_seconds gauge"));
    app.paper.clear_faults();
    until("the message and the end of the sign", || async {
        clock.advance(TimeDelta::milliseconds(100));
        says(&http, "ok").await
    })
    .await?;
    ana.until_text("Corten la calle").await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_instance_says_so_and_takes_it_back(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let mate = app.another(&[]).await?;
    app.settled().await?;
    let (one, two) = (app.stranger()?, Http::stranger(&mate.base())?);
    until("both to begin", || says(&two, "ok")).await?;
    app.paper
        .fault(Fault::new(FaultKind::ServerError).on("sendMessage"));
    broadcast(&app, &dora, "Corten la calle").await?;
    within(KNOWN * 10, "both to tell it", || async {
        let told = says(&one, "degraded")
            .await?
            .and(says(&two, "degraded").await?);
        Ok(told)
    })
    .await?;
    app.paper.clear_faults();
    within(TRIED_AGAIN * 10, "both to take it back", || async {
        Ok(says(&one, "ok").await?.and(says(&two, "ok").await?))
    })
    .await?;
    ana.until_text("Corten la calle").await?;
    app.settled_within(Duration::from_secs(60)).await?;
    mate.stop().await;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_was_told_to_wait_is_no_outage(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.settled().await?;
    let busy = FaultKind::TooManyRequests(1);
    let busy = Fault::new(busy).on("sendMessage").in_chat(bob.id());
    app.paper.fault(busy);
    broadcast(&app, &dora, "Corten la calle").await?;
    ana.until_text("Corten la calle").await?;
    until("Bob's chat to wait", || async {
        let waits = "SELECT count(*) FROM outbox WHERE tries > 0 AND status = 'queued'";
        Ok((app.count(waits).await? > 0).then_some(()))
    })
    .await?;
    // What is under way when the clock jumps would have waited all that time.
    until("nothing to be under way", || async {
        let sending = "SELECT count(*) FROM outbox WHERE status = 'sending'";
        Ok((app.count(sending).await? == 0).then_some(()))
    })
    .await?;
    // Bob's message ages, and with it nothing else: then the sender goes on with others.
    clock.advance(TimeDelta::seconds(20));
    until("another try in vain", || async {
        let tries = "SELECT count(*) FROM outbox WHERE tries > 1 AND status = 'queued'";
        Ok((app.count(tries).await? > 0).then_some(()))
    })
    .await?;
    broadcast(&app, &dora, "Despejen").await?;
    ana.until_text("Despejen").await?;
    assert_eq!(telegram(&app.stranger()?).await?, "ok");
    let ever = "SELECT count(*) FROM settings WHERE key = 'telegram_away_since'";
    assert_eq!(app.count(ever).await?, 0);
    app.paper.clear_faults();
    clock.advance(TimeDelta::seconds(5));
    app.settled().await
}
