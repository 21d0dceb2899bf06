//! Whether the tables are those of this version, and how they become so.

use anyhow::{Context, Result, bail};
use domain::Store;
use migration::{Migrator, MigratorTrait};
use sea_orm::TransactionTrait;

use crate::config::Config;

/// Names of the migrations that are still to run.
pub async fn pending(store: &Store) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations_read_only(store.writer())
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

/// Runs what is pending, whole or not at all.
pub async fn up(store: &Store) -> Result<()> {
    let transaction = store.writer().begin().await?;
    Migrator::up(&transaction, None)
        .await
        .context("a migration failed, nothing was changed")?;
    migration::index_positions(&transaction)
        .await
        .context("PostGIS is there, but positions cannot be indexed by it")?;
    Ok(transaction.commit().await?)
}

/// Takes the newest `steps` migrations back, whole or not at all.
pub async fn down(store: &Store, steps: u32) -> Result<()> {
    let transaction = store.writer().begin().await?;
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
    up(store).await?;
    tracing::info!(
        migrations = pending.len(),
        "the database file was brought up to date"
    );
    Ok(())
}
