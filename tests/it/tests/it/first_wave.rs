//! Who hears of a broadcast first, as it arrives on the phones.

use anyhow::Result;
use it::{Backend, TestApp, people::Recruit};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;

/// So many are off duty, and as many on duty; those on duty have the greater chats.
const HALF: i64 = 40;
const FIRST: i64 = 700_000;

/// So many messages are under way at once: one may overtake no more than those.
const IN_HAND: i64 = 32;

async fn crowd(app: &TestApp) -> Result<()> {
    for id in FIRST..FIRST + 2 * HALF {
        app.paper.person(id, "Vecino", "es").knows_the_bot();
    }
    let db = app.database().connect().await?;
    db.execute_unprepared(&format!(
        "WITH RECURSIVE n(i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {})
         INSERT INTO users (username, name, level, permissions, telegram_id, active, version, created_at, updated_at)
         SELECT 'v' || i, 'Vecino ' || i, 1, '', i, TRUE, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n",
        FIRST + 2 * HALF - 1
    ))
    .await?;
    // Only who is an agent can be on duty.
    db.execute_unprepared(&format!(
        "INSERT INTO agents (user_id, name, active, version, created_at, updated_at)
         SELECT id, name, TRUE, 1, created_at, created_at FROM users WHERE telegram_id >= {}",
        FIRST + HALF
    ))
    .await?;
    Ok(db.close().await?)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn those_on_duty_hear_it_before_those_off_duty(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    crowd(&app).await?;
    let sent = json!({ "text": "Corten la calle", "audience": { "kind": "all" } });
    let http = app.http(&dora).await?;
    http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    app.settled().await?;
    let calls = app.paper.calls_of("sendMessage");
    let arrived: Vec<bool> = calls
        .iter()
        .filter(|call| call.text().is_some_and(|text| text.contains("Corten")))
        .filter_map(telegram::Call::chat)
        .filter(|chat| *chat >= FIRST)
        .map(|chat| chat >= FIRST + HALF)
        .collect();
    assert_eq!(arrived.len(), usize::try_from(2 * HALF)?);
    let sure = usize::try_from(HALF - IN_HAND)?;
    let (first, last) = (&arrived[..sure], &arrived[arrived.len() - sure..]);
    assert!(first.iter().all(|on_duty| *on_duty), "{arrived:?}");
    assert!(last.iter().all(|on_duty| !*on_duty), "{arrived:?}");
    Ok(())
}
