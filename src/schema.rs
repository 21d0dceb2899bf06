//! Whether the tables are those of this version, and how they become so.

use anyhow::{Context, Result, bail};
use domain::Store;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::config::Config;

/// Names of the migrations that are still to run; readiness asks this while others write. A newer release may have run
/// more than this one knows: what they added is in nobody's way.
///
/// # Errors
/// When one of those took away or changed what this release needs.
pub async fn pending(store: &Store) -> Result<Vec<String>> {
    pending_on(store.reader()).await
}

async fn pending_on(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let (ours, run) = (ours(), history(db).await?);
    let pending: Vec<String> = ours
        .iter()
        .filter(|name| !run.contains(name))
        .cloned()
        .collect();
    // A schema that is older is what is to be said first; the table of settings may not even be there.
    if pending.is_empty()
        && let Some(floor) = floor(db).await?
        && !ours.contains(&floor)
    {
        bail!(
            "the database was made by a newer version of gad, since whose migration {floor} this one cannot work on it"
        );
    }
    Ok(pending)
}

/// Names of the migrations that have run, also of those that only a newer release knows.
pub async fn applied(store: &Store) -> Result<Vec<String>> {
    history(store.writer()).await
}

/// Names of the migrations of a newer release, with which this one works on.
pub async fn newer(store: &Store) -> Result<Vec<String>> {
    let ours = ours();
    let mut run = history(store.reader()).await?;
    run.retain(|name| !ours.contains(name));
    Ok(run)
}

fn ours() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

/// What the migrations have noted about themselves, the first first; nothing in an empty database.
async fn history(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let there = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT 'there' WHERE to_regclass('seaql_migrations') IS NOT NULL",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    match texts(db, there).await?.is_empty() {
        true => Ok(Vec::new()),
        false => texts(db, "SELECT version FROM seaql_migrations ORDER BY version").await,
    }
}

/// The newest migration without which nobody can work on the database: one that took something away, or gave it another
/// meaning, writes its name there. Those that only add leave it as it is.
async fn floor(db: &impl ConnectionTrait) -> Result<Option<String>> {
    let floor = "SELECT value FROM settings WHERE key = 'schema_floor'";
    Ok(texts(db, floor).await?.pop())
}

/// The first column of what the database answers.
async fn texts(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<String>> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    let texts = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    Ok(texts.collect::<Result<_, _>>()?)
}

/// Runs what is pending, whole or not at all; the names of what ran. Of two at once one waits and finds nothing to do.
pub async fn up(store: &Store) -> Result<Vec<String>> {
    let transaction = alone(store).await?;
    let pending = pending_on(&transaction).await?;
    if !pending.is_empty() {
        Migrator::up(&transaction, None)
            .await
            .context("a migration failed, nothing was changed")?;
    }
    migration::index_positions(&transaction)
        .await
        .context("PostGIS is there, but positions cannot be indexed by it")?;
    migration::index_words(&transaction)
        .await
        .context("pg_trgm is there, but words cannot be indexed by it")?;
    migration::guard_shifts(&transaction)
        .await
        .context("btree_gist is there, but shifts cannot be guarded by it")?;
    transaction.commit().await?;
    Ok(pending)
}

/// Any number that means "the schema" to the advisory locks of PostgreSQL. A migration takes the time it takes.
const ALONE: &str = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
    SELECT pg_advisory_xact_lock(7232147004)";

/// A transaction while which nobody else changes the schema.
async fn alone(store: &Store) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let transaction = store.writer().begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(ALONE).await?;
    }
    Ok(transaction)
}

/// Takes the newest `steps` migrations back, whole or not at all.
pub async fn down(store: &Store, steps: u32) -> Result<()> {
    let transaction = alone(store).await?;
    Migrator::down(&transaction, Some(steps))
        .await
        .context("a migration cannot be taken back, nothing was changed")?;
    Ok(transaction.commit().await?)
}

/// Brings the tables of a file up to date; a server's tables are changed only by command.
pub async fn prepare(config: &Config, store: &Store) -> Result<()> {
    let pending = pending(store).await?;
    if pending.is_empty() {
        return note_newer(store).await;
    }
    if config.database.file().is_none() {
        bail!(
            "the schema of {} is older than this version ({}); run: gad migrate up",
            config.database,
            pending.join(", ")
        );
    }
    let run = up(store).await?;
    tracing::info!(
        migrations = run.len(),
        "the database file was brought up to date"
    );
    Ok(())
}

async fn note_newer(store: &Store) -> Result<()> {
    let newer = newer(store).await?;
    if !newer.is_empty() {
        tracing::warn!(
            migrations = newer.join(", "),
            "a newer version has been at this database; this one works on beside it"
        );
    }
    Ok(())
}
