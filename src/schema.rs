//! Whether the tables are those of this version, and how they become so.

use anyhow::{Context, Result, bail};
use domain::Store;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::config::Config;

/// Names of the migrations that are still to run; readiness asks this while others write.
pub async fn pending(store: &Store) -> Result<Vec<String>> {
    pending_on(store.reader()).await
}

async fn pending_on(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations_read_only(db)
        .await
        .context(NEWER)?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect())
}

/// Names of the migrations that have run.
pub async fn applied(store: &Store) -> Result<Vec<String>> {
    let applied = Migrator::get_applied_migrations_read_only(store.writer())
        .await
        .context(NEWER)?;
    Ok(applied
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect())
}

const NEWER: &str =
    "the history of the schema cannot be read; was the database made by a newer version of gad?";

/// Runs what is pending, whole or not at all; the names of what ran. Of two at once one waits and finds nothing to do.
pub async fn up(store: &Store) -> Result<Vec<String>> {
    let transaction = alone(store).await?;
    let pending = pending_on(&transaction).await?;
    Migrator::up(&transaction, None)
        .await
        .context("a migration failed, nothing was changed")?;
    migration::index_positions(&transaction)
        .await
        .context("PostGIS is there, but positions cannot be indexed by it")?;
    migration::index_words(&transaction)
        .await
        .context("pg_trgm is there, but words cannot be indexed by it")?;
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
        return Ok(());
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
