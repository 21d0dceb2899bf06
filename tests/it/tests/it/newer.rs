//! An instance of an older release beside a newer one: what it has no words for does not silence it.

use anyhow::{Context, Result};
use it::{Backend, Board, Http, TestApp, board::TOPICS, until};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// What a newer release has written into the log.
const OF_TOMORROW: &str =
    "INSERT INTO events (seq, topic, kind, unit_ids, user_ids, data, created_at)
    SELECT max(seq) + 1, 'tasks', 'of_tomorrow', '[]', '[]', '{}', CURRENT_TIMESTAMP FROM events";

async fn tomorrow_writes(app: &TestApp) -> Result<()> {
    app.settled().await?;
    run(app, OF_TOMORROW).await
}

fn seq(event: &Value) -> Result<i64> {
    event["seq"].as_i64().context("a number")
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn boards_of_an_older_release_go_on_past_what_it_does_not_know(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let http = app.http(&boss).await?;
    let mut board = Board::open(&http).await?;
    let epoch = board.ack["epoch"].as_str().context("an epoch")?.to_owned();
    let round = json!({ "title": "Ronda", "kind": "patrullaje" });
    http.post("/api/v1/tasks", &round).await?.expect(201)?;
    let before = seq(&board.until("task_created").await?)?;
    tomorrow_writes(&app).await?;
    http.post("/api/v1/tasks", &round).await?.expect(201)?;
    let after = board.until("task_created").await?;
    assert!(seq(&after)? > before + 1);
    assert!(
        !board
            .seen()
            .iter()
            .any(|one| one["event_type"] == "of_tomorrow")
    );
    // Whoever comes back gets what he missed, and is not told to begin anew.
    let mut back = Board::connect(&http).await?;
    back.subscribe(&TOPICS, Some((&epoch, before))).await?;
    assert_eq!(seq(&back.until("task_created").await?)?, seq(&after)?);
    assert!(!back.seen().iter().any(|one| one["event_type"] == "resync"));
    // At its end, too, the log is read: nobody is thought to be ahead of it.
    tomorrow_writes(&app).await?;
    let last: i64 = app.count("SELECT max(seq) FROM events").await?;
    until("the log to be read to its end", || async {
        let ack = Board::connect(&http).await?.ack;
        Ok((seq(&ack)? >= last).then_some(()))
    })
    .await
}

async fn run(app: &TestApp, statement: &str) -> Result<()> {
    let db = app.database().connect().await?;
    db.execute_unprepared(statement).await?;
    Ok(db.close().await?)
}

async fn until_ready(http: &Http, status: u16) -> Result<()> {
    until(&format!("readiness to say {status}"), || async {
        let answer = http.get("/health/ready").await?;
        Ok((answer.status.as_u16() == status).then_some(()))
    })
    .await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_older_instance_is_ready_beside_a_schema_that_only_has_more(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let http = app.stranger()?;
    let more = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9998_more', 0)";
    run(&app, more).await?;
    // One that took something away says so.
    let floor = "INSERT INTO settings (key, value) VALUES ('schema_floor', 'm9998_more')";
    run(&app, floor).await?;
    until_ready(&http, 503).await?;
    run(&app, "DELETE FROM settings WHERE key = 'schema_floor'").await?;
    until_ready(&http, 200).await?;
    if matches!(backend, Backend::Postgres) {
        let restarted = app.another(&[]).await?;
        let there = Http::stranger(&restarted.base())?;
        there.get("/health/ready").await?.expect(200)?;
        restarted.stop().await;
    }
    // What this release needs is not there: nobody shall be sent here.
    run(
        &app,
        "DELETE FROM seaql_migrations WHERE version = 'm0037_news'",
    )
    .await?;
    until_ready(&http, 503).await
}
