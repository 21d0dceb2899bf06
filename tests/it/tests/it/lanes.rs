//! What is most pressing leaves first, however much waits before it.

use std::time::Duration;

use anyhow::Result;
use it::{Backend, TestApp, until::until};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;

/// So many phones that belong to nobody in particular.
const CROWD: i64 = 2_000;
const FIRST: i64 = 700_000;

/// What the sender may have in hand already when a call for help comes.
const IN_HAND: usize = 40;

async fn crowd(app: &TestApp) -> Result<()> {
    for id in FIRST..FIRST + CROWD {
        app.paper.person(id, "Vecino", "es").knows_the_bot();
    }
    let db = app.database().connect().await?;
    db.execute_unprepared(&format!(
        "WITH RECURSIVE n(i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {})
         INSERT INTO users (username, name, level, permissions, telegram_id, active, version, created_at, updated_at)
         SELECT 'v' || i, 'Vecino ' || i, 1, '', i, TRUE, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n",
        FIRST + CROWD - 1
    ))
    .await?;
    Ok(db.close().await?)
}

/// The messages that arrived, in their order.
fn arrived(app: &TestApp) -> Vec<String> {
    let calls = app.paper.calls_of("sendMessage");
    let taken = calls.iter().filter(|call| call.is_ok());
    taken
        .map(|call| call.text().unwrap_or_default().to_owned())
        .collect()
}

fn rings(arrived: &[String]) -> usize {
    arrived
        .iter()
        .filter(|text| text.contains("Corten"))
        .count()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_for_help_does_not_wait_behind_a_broadcast(#[case] backend: Backend) -> Result<()> {
    // So slow that the broadcast takes its time.
    let app = TestApp::on(backend).set("GAD_TELEGRAM__SENDS", "100");
    let Some(app) = app.start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    crowd(&app).await?;
    let http = app.http(&dora).await?;
    let sent =
        json!({ "text": "Corten la calle", "audience": { "kind": "all" }, "ack_mode": "first" });
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    until("the broadcast to begin", || async {
        Ok((rings(&arrived(&app)) >= 100).then_some(()))
    })
    .await?;
    let call = app.called(&ana).await?;
    let code = call["code"].as_str().unwrap_or_default().to_owned();
    let before = rings(&arrived(&app));
    bob.until_text(&code).await?;
    let all = arrived(&app);
    let first = all.iter().position(|text| text.contains(&code));
    let between = rings(&all[..first.unwrap_or(all.len())]) - before;
    assert!(between <= IN_HAND, "{between} rings left before the call");
    let still = app
        .count("SELECT count(*) FROM outbox WHERE lane = 'broadcast' AND status = 'queued'")
        .await?;
    assert!(still > CROWD / 4, "only {still} still waited");
    http.post(
        &format!("/api/v1/broadcasts/{}/cancel", made["id"]),
        &json!({}),
    )
    .await?
    .expect(200)?;
    app.settled_within(Duration::from_secs(120)).await
}
