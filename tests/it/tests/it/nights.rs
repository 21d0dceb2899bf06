//! The backup of the night: whoever serves makes it at its hour, and tries it out.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp, until::within};
use rstest::rstest;

/// The programs of PostgreSQL on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// By when the last one was made and tried out.
const GOOD: &str = "SELECT count(*) FROM settings WHERE key = 'backup_verified_at' \
    AND value LIKE '2026-03-02T02:00:30%'";

/// The next is due the night after, and it alone.
const NEXT: &str = "SELECT count(*) FROM timers WHERE kind = 'backup' AND status = 'waiting' \
    AND due_at > '2026-03-02T12:00:00+00:00'";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_at_two_and_tried_out(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T01:59:30Z".parse::<DateTime<Utc>>()?);
    let wish = TestApp::on(backend).set("GAD_BACKUP__DAILY", "true");
    let Some(app) = wish.clock(&clock).start().await? else {
        return Ok(());
    };
    let backups = app.database().folder().join("backups/backups");
    assert!(!backups.exists(), "before its hour");
    clock.advance(TimeDelta::minutes(1));
    within(PATIENCE, "the next night to be waited for", || async {
        Ok((app.count(NEXT).await? == 1).then_some(()))
    })
    .await?;
    assert_eq!(app.count(GOOD).await?, 1);
    let made = backups.join("2026-03-02T020030Z");
    for file in ["manifest.json", "verified.json"] {
        assert!(made.join(file).is_file(), "{file}");
    }
    Ok(())
}
