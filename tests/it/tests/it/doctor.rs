//! `gad doctor` where something is wrong: it fails, names it, and the line below says what mends it.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use it::{Backend, Database, process};
use migration::{Migrator, MigratorTrait};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use telegram::Paper;

use crate::GAD;

/// Nobody listens there.
const NOBODY: &str = "127.0.0.1:1";

const TOKEN: &str = "900000002:refused";

/// What it said, and how it ended.
struct Visit {
    code: Option<i32>,
    said: String,
    errors: String,
}

impl Visit {
    /// The line that begins so, and the one below it.
    fn found(&self, what: &str) -> Result<(&str, &str)> {
        let mut lines = self.said.lines().skip_while(|line| !line.starts_with(what));
        let line = lines.next().with_context(|| self.said.clone())?;
        Ok((line, lines.next().unwrap_or_default()))
    }

    /// It is bad, for this reason, and this mends it.
    fn mends(&self, what: &str, reason: &str, cure: &str) -> Result<()> {
        let (line, below) = self.found(&format!("BAD  {what}: "))?;
        assert!(line.contains(reason), "{line}");
        assert!(
            below.starts_with("       ") && below.contains(cure),
            "{below}"
        );
        assert_eq!(self.code, Some(1), "{}", self.said);
        assert!(self.errors.contains("checks failed"), "{}", self.errors);
        Ok(())
    }
}

async fn visit(database: &Database, more: &[(&str, &str)]) -> Result<Visit> {
    let folder = database.folder().display().to_string();
    let usual = [
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", folder.as_str()),
    ];
    let variables: Vec<(String, String)> = usual
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let output = process::output(GAD, &["doctor"], &variables).await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Visit {
        code: output.status.code(),
        said: text(&output.stdout),
        errors: text(&output.stderr),
    })
}

async fn house() -> Result<Database> {
    let database = Database::migrated(Backend::Sqlite).await?;
    let database = database.context("a file is always there")?;
    let well = visit(&database, &[]).await?;
    assert_eq!(well.code, Some(0), "{}{}", well.said, well.errors);
    Ok(database)
}

#[tokio::test]
async fn a_redis_that_is_away_is_named() -> Result<()> {
    let house = house().await?;
    let url = format!("redis://{NOBODY}/0");
    let visit = visit(&house, &[("REDIS_URL", url.as_str())]).await?;
    visit.mends("redis", "BAD", "check REDIS_URL")
}

#[tokio::test]
async fn a_telegram_that_is_away_or_refuses_the_token_is_named() -> Result<()> {
    const CURE: &str = "check TELEGRAM_BOT_TOKEN and the way to the internet";
    let house = house().await?;
    let nowhere = format!("http://{NOBODY}");
    let told = [
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", nowhere.as_str()),
    ];
    let away = visit(&house, &told).await?;
    away.mends("telegram", "cannot be reached", CURE)?;
    assert!(!away.said.contains(TOKEN), "{}", away.said);
    // One that knows no bot of this token.
    let paper = Paper::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let there = paper.api_url();
    let told = [
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", there.as_str()),
    ];
    let refused = visit(&house, &told).await?;
    refused.mends("telegram", "refuses getMe: Unauthorized", CURE)?;
    paper.stop().await;
    Ok(())
}

/// A server runs the migrations of a file by itself; those of PostgreSQL wait for somebody.
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_older_schema_is_named(#[case] backend: Backend) -> Result<()> {
    let Some(database) = Database::empty(backend).await? else {
        return Ok(());
    };
    let db = database.connect().await?;
    Migrator::up(&db, Some(3)).await?;
    db.close().await?;
    let visit = visit(&database, &[]).await?;
    if matches!(backend, Backend::Postgres) {
        return visit.mends("schema", "migrations pending", "gad migrate up");
    }
    let (line, cure) = visit.found("note schema: ")?;
    assert!(line.contains("migrations pending"), "{line}");
    assert!(cure.contains("gad migrate up"), "{cure}");
    assert_eq!(visit.code, Some(0), "{}", visit.said);
    Ok(())
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_one_is_named() -> Result<()> {
    let house = house().await?;
    let blocked = house.folder().join("a-file");
    std::fs::write(&blocked, "in the way")?;
    let blocked = blocked.display().to_string();
    let visit = visit(&house, &[("GAD_SERVER__DATA_FOLDER", blocked.as_str())]).await?;
    visit.mends("data folder", &blocked, "set GAD_SERVER__DATA_FOLDER")?;
    visit.mends("files", &blocked, "set GAD_FILES__TARGET")
}

#[tokio::test]
async fn a_key_that_is_missing_or_an_example_is_named() -> Result<()> {
    const CURE: &str = "openssl rand -hex 32";
    let house = house().await?;
    let example = "change-me-to-a-long-random-string-please";
    let weak = visit(&house, &[("JWT_SECRET_KEY", example)]).await?;
    weak.mends("keys", "JWT_SECRET_KEY is a known example", CURE)?;
    let missing = visit(&house, &[]).await?;
    let (line, cure) = missing.found("note keys: ")?;
    assert!(line.contains("JWT_SECRET_KEY is not set"), "{line}");
    assert!(cure.contains(CURE), "{cure}");
    // In production these settings are wrong themselves, and nothing is looked at.
    let production = visit(&house, &[("ENVIRONMENT", "production")]).await?;
    assert_eq!(production.code, Some(2), "{}", production.said);
    let wanted = format!("it is required in production: {CURE}");
    assert!(production.errors.contains(&wanted), "{}", production.errors);
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_away_is_named_without_its_password() -> Result<()> {
    let house = house().await?;
    let url = format!("postgres://gad:hush@{NOBODY}/gad");
    let told = [
        ("DATABASE_URL", url.as_str()),
        // Each that looks at it waits for so long.
        ("GAD_DATABASE__ACQUIRE_SECONDS", "1"),
    ];
    let visit = visit(&house, &told).await?;
    visit.mends("database", "cannot be reached", "check DATABASE_URL")?;
    assert!(!visit.said.contains("hush"), "{}", visit.said);
    Ok(())
}

#[tokio::test]
async fn a_bot_of_another_name_or_without_its_updates_is_named() -> Result<()> {
    let house = house().await?;
    let paper = Paper::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    paper.add_bot(TOKEN, "gad_told_bot");
    let there = paper.api_url();
    let told = [
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", there.as_str()),
        ("TELEGRAM_BOT_USERNAME", "gad_other_bot"),
        (
            "TELEGRAM_WEBHOOK_URL",
            "https://gad.example/telegram/webhook",
        ),
        ("TELEGRAM_WEBHOOK_SECRET", "told-secret"),
    ];
    let visit = visit(&house, &told).await?;
    visit.mends("telegram", "the token is @gad_told_bot's", "correct one")?;
    visit.mends(
        "updates",
        "Telegram sends them to nobody",
        "gad webhook set",
    )?;
    paper.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_backup_that_is_missing_or_old_is_named() -> Result<()> {
    const OLD: &str = "UPDATE settings SET value = '2020-01-01T00:00:00+00:00' \
        WHERE key = 'backup_verified_at'";
    let house = house().await?;
    let never = visit(&house, &[]).await?;
    let (_, cure) = never.found("note last good backup: none was made yet")?;
    assert!(cure.contains("gad backup create"), "{cure}");
    let folder = house.folder().display().to_string();
    let variables = [
        ("DATABASE_URL".to_owned(), house.url().to_owned()),
        ("GAD_SERVER__DATA_FOLDER".to_owned(), folder),
    ];
    let made = process::output(GAD, &["backup", "create"], &variables).await?;
    assert!(made.status.success(), "{made:?}");
    let fresh = visit(&house, &[]).await?;
    fresh.found("ok   last good backup: 0 h old")?;
    assert_eq!(fresh.code, Some(0), "{}", fresh.said);

    let rows = house.connect().await?;
    rows.execute_unprepared(OLD).await?;
    rows.close().await?;
    let old = visit(&house, &[]).await?;
    old.mends("last good backup", " h old", "gad backup create tries")?;
    // Where something else makes them, nobody is alarmed.
    let elsewhere = visit(&house, &[("GAD_BACKUP__DAILY", "false")]).await?;
    elsewhere.found("note last good backup: ")?;
    assert_eq!(elsewhere.code, Some(0), "{}", elsewhere.said);
    Ok(())
}

#[tokio::test]
async fn a_place_of_backups_that_cannot_be_one_is_named() -> Result<()> {
    let house = house().await?;
    let blocked = house.folder().join("a-file");
    std::fs::write(&blocked, "in the way")?;
    let blocked = blocked.display().to_string();
    let visit = visit(&house, &[("GAD_BACKUP__TARGET", blocked.as_str())]).await?;
    visit.mends("backups", &blocked, "set GAD_BACKUP__TARGET")
}

#[tokio::test]
async fn programs_for_backups_that_are_missing_are_named() -> Result<()> {
    let Some(house) = Database::migrated(Backend::Postgres).await? else {
        return Ok(());
    };
    let nothing = tempfile::tempdir()?;
    let nothing = nothing.path().display().to_string();
    let programs = ("GAD_BACKUP__PROGRAMS", nothing.as_str());
    let missing = visit(&house, &[programs]).await?;
    missing.mends("pg_dump", "pg_dump is not there", "GAD_BACKUP__DAILY=false")?;
    let unwanted = visit(&house, &[programs, ("GAD_BACKUP__DAILY", "false")]).await?;
    unwanted.found("note pg_dump: ")?;
    assert_eq!(unwanted.code, Some(0), "{}", unwanted.said);
    Ok(())
}
