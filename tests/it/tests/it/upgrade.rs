//! A database of the release before, with rows in it, becomes one of this release: nothing is lost, and all of it is read.

use anyhow::{Context, Result};
use it::{Backend, Database, TestApp};
use migration::{Migrator, MigratorTrait};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Statement};
use serde_json::json;

mod before;

/// The newest migration of the release before.
const BEFORE: &str = "m0024_albums";

/// Reads every row of these tables, in the words of this release.
macro_rules! read {
    ($db:expr, $($table:ident)+) => {{
        let mut rows = Vec::new();
        $(
            let all = entity::$table::Entity::find().all($db).await;
            rows.push((stringify!($table), all.context(stringify!($table))?.len()));
        )+
        rows
    }};
}

fn steps() -> Result<u32> {
    let all = Migrator::migrations();
    let last = all.iter().position(|one| one.name() == BEFORE);
    Ok(u32::try_from(last.context("it is there")? + 1)?)
}

async fn count(db: &DatabaseConnection, of: &str) -> Result<i64> {
    let count = format!("SELECT count(*) FROM {of}");
    let count = Statement::from_string(db.get_database_backend(), count);
    let row = db.query_one_raw(count).await?.context("a row")?;
    Ok(row.try_get_by_index(0)?)
}

/// A database of the release before, brought to this one.
async fn upgraded(backend: Backend) -> Result<Option<(Database, i64)>> {
    let Some(database) = Database::empty(backend).await? else {
        return Ok(None);
    };
    let db = database.connect().await?;
    Migrator::up(&db, Some(steps()?)).await?;
    let task = before::fill(&db).await?;
    Migrator::up(&db, None).await?;
    db.close().await?;
    Ok(Some((database, task)))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_row_of_the_release_before_is_kept_and_read(#[case] backend: Backend) -> Result<()> {
    let Some((database, _)) = upgraded(backend).await? else {
        return Ok(());
    };
    let db = database.connect().await?;
    let rows = read!(&db, unit user unit_member agent agent_unit shift task_kind task
        former_assignment assignment history report attachment outbox event audit dialogue
        broadcast broadcast_recipient figure_day day_figure);
    for (table, count) in rows {
        let twice = ["user", "outbox"].contains(&table);
        assert_eq!(count, 1 + usize::from(twice), "{table}");
    }
    // What left the earlier rounds out is counted anew.
    assert_eq!(count(&db, "figure_days WHERE whole = TRUE").await?, 0);
    // Only what still waits names anybody.
    let named = "outbox WHERE CAST(notice AS text) LIKE '%Silva%'";
    assert_eq!(count(&db, named).await?, 1);
    let sent = format!("{named} AND status = 'sent'");
    assert_eq!(count(&db, &sent).await?, 0);
    Ok(db.close().await?)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_under_the_release_before_is_shown(#[case] backend: Backend) -> Result<()> {
    let Some((database, task)) = upgraded(backend).await? else {
        return Ok(());
    };
    let db = database.connect().await?;
    // Nobody holds this phone any more.
    let quiet = "UPDATE outbox SET status = 'dropped' WHERE status = 'queued'";
    db.execute_unprepared(quiet).await?;
    db.close().await?;
    let app = TestApp::on(backend).start_with(database).await?;
    let marta = app.admin("Marta").await?;
    let http = app.http(&marta).await?;
    let path = format!("/api/v1/tasks/{task}");
    let shown = http.get(&path).await?.expect(200)?;
    assert_eq!(
        (&shown["code"], &shown["status"]),
        (&json!("RON-2026-0001"), &json!("completed"))
    );
    let told = http.get(&format!("{path}/timeline")).await?;
    told.expect(200)?;
    assert!(told.text.contains("Vidrio roto"), "{}", told.text);
    for (list, word) in [
        ("tasks", "Ronda de antes"),
        ("users", "Silva"),
        ("agents", "Ana"),
        ("units", "Centro"),
        ("task-kinds", "ronda"),
        ("shifts", "Ana"),
        ("stats/overview", "completed"),
    ] {
        let answer = http.get(&format!("/api/v1/{list}")).await?;
        answer.expect(200)?;
        assert!(answer.text.contains(word), "{list}: {}", answer.text);
    }
    Ok(())
}
