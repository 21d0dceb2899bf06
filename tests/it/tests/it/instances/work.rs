//! What one instance does for all, and what happens when it is killed.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use futures::future::try_join;
use it::{
    Backend, Database, Somebody, TestApp,
    process::{self, Process},
    until,
};
use patience::Stopwatch;
use rstest::rstest;
use serde_json::json;

use super::three;
use crate::GAD;

/// The target is 7 s after the death of the holder of a lease; machines are shared and noisy.
const TAKEN_OVER: Duration = Duration::from_secs(70);

async fn is_answered(somebody: &Somebody, text: &str) -> Result<()> {
    let answers = somebody.messages().len();
    somebody.says(text)?;
    somebody
        .until(|chat| chat.messages.len() > answers + 1, TAKEN_OVER)
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_that_poll_one_asks_and_another_takes_over() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let ana = three.app.agent("Ana").await?;
    for _ in 0..3 {
        is_answered(&ana, "/tareas").await?;
    }
    three.app.halt().await?;
    is_answered(&ana, "/tareas").await?;
    let calls = three.app.paper.calls_of("getUpdates");
    let refused = calls.iter().filter(|call| call.status == 409).count();
    assert_eq!(refused, 0, "two asked at once");
    three.app.run().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_timer_fires_once_though_three_look() -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(three) = three(TestApp::on(Backend::Postgres).clock(&clock)).await? else {
        return Ok(());
    };
    let marta = three.app.supervisor("Marta").await?;
    let http = three.app.http(&marta).await?;
    for number in 0..12 {
        let agent = three.app.agent(&format!("Agente {number}")).await?;
        let new = json!({ "title": "Choque", "kind": "patrullaje", "priority": "urgent", "agent_ids": [agent.agent_id] });
        http.post("/api/v1/tasks", &new).await?.expect(201)?;
    }
    three.app.settled().await?;
    // What is to be sent, not what was: the leap of the clock takes the lease from a sender in the middle of its work.
    let rings = "SELECT count(*) FROM outbox WHERE notice->>'ring' = 'true'";
    assert_eq!(three.app.count(rings).await?, 12);
    clock.advance(TimeDelta::seconds(121));
    until("every timer to fire", || async {
        let waiting = "SELECT count(*) FROM timers WHERE kind = 'ack' AND status = 'fired'";
        Ok((three.app.count(waiting).await? >= 12).then_some(()))
    })
    .await?;
    three.app.settled().await?;
    assert_eq!(three.app.count(rings).await?, 24);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_one_that_sends_and_polls_is_killed_another_takes_over() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    app.halt().await?;
    let first = Process::serve(GAD, app.variables()).await?;
    is_answered(&ana, "/tareas").await?;
    let second = Process::serve(GAD, app.variables()).await?;
    let holder = holder(&app).await?;
    ensure!(
        first.base().ends_with(&holder),
        "{holder} sends, not {}",
        first.base()
    );

    first.kill().await?;
    let killed = Stopwatch::start();
    is_answered(&ana, "/tareas").await?;
    let took = killed.elapsed();
    tracing::info!(?took, "another took over");
    second.signal("TERM").await?;
    assert_eq!(second.ended(Duration::from_secs(60)).await?, Some(0));
    Ok(())
}

/// The port of the instance that sends.
async fn holder(app: &TestApp) -> Result<String> {
    let rows = app
        .rows("SELECT holder FROM leases WHERE name LIKE 'send:%'")
        .await?;
    let holder: String = rows.first().context("nobody sends")?.try_get_by_index(0)?;
    let port = holder.rsplit_once(':').context("a name with a port")?.1;
    Ok(format!(":{port}"))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_migrate_at_once_one_does_it(#[case] backend: Backend) -> Result<()> {
    let Some(database) = Database::empty(backend).await? else {
        return Ok(());
    };
    let variables = [("DATABASE_URL".to_owned(), database.url().to_owned())];
    let migrate = || process::output(GAD, &["migrate", "up"], &variables);
    let (one, two) = try_join(migrate(), migrate()).await?;
    let mut applied = 0;
    for output in [one, two] {
        let (said, complaint) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        ensure!(output.status.success(), "{said}{complaint}");
        applied += said
            .lines()
            .filter(|line| line.starts_with("applied "))
            .count();
    }
    let run = database.connect().await?;
    let rows = sea_orm::ConnectionTrait::query_all_raw(
        &run,
        sea_orm::Statement::from_string(
            sea_orm::ConnectionTrait::get_database_backend(&run),
            "SELECT version FROM seaql_migrations",
        ),
    )
    .await?;
    assert_eq!(applied, rows.len(), "each is told of once");
    Ok(())
}

/// The clock of a node may be an hour off in either direction: what falls due is judged by the database's.
#[rstest]
#[case::ahead(TimeDelta::hours(1))]
#[case::behind(TimeDelta::hours(-1))]
#[case::a_little(TimeDelta::seconds(30))]
#[tokio::test(flavor = "multi_thread")]
async fn a_node_with_a_wrong_clock_goes_by_the_databases(#[case] skew: TimeDelta) -> Result<()> {
    let wrong = Clock::running();
    wrong.set(wrong.now() + skew);
    let wish = TestApp::on(Backend::Postgres).set("GAD_ACK__URGENT_SECONDS", "3");
    let Some(app) = wish.clock(&wrong).start().await? else {
        return Ok(());
    };
    let (marta, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&marta).await?;
    let new = json!({ "title": "Choque", "kind": "patrullaje", "priority": "urgent", "agent_ids": [ana.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let fired = "SELECT count(*) FROM timers WHERE kind = 'ack' AND status = 'fired'";
    until("the timer to fire", || async {
        Ok((app.count(fired).await? > 0).then_some(()))
    })
    .await?;
    let early = "SELECT count(*) FROM timers WHERE kind = 'ack' AND fired_at < due_at";
    let far = "SELECT count(*) FROM timers WHERE abs(extract(epoch FROM created_at - now())) > 60";
    assert_eq!((app.count(early).await?, app.count(far).await?), (0, 0));
    Ok(())
}
