//! The database file: a copy of one moment while everybody goes on writing.
//!
//! `VACUUM INTO` reads within one transaction, so the copy is of one moment whoever writes meanwhile; SQLite's backup
//! interface begins anew whenever another connection writes, and ours are many. It also reads every page, and so fails on a
//! file that is damaged instead of copying the damage.

use std::path::Path;

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

use super::{census, manifest::Census};
use crate::config::Config;

/// Copies the file of these settings, and counts what is in the copy.
pub async fn dump(config: &Config, to: &Path) -> Result<Census> {
    let file = config.database.file().context("a database file")?;
    let source = open(&file).await?;
    let to_text = to.display().to_string().replace('\'', "''");
    let copied = source
        .execute_unprepared(&format!("VACUUM INTO '{to_text}'"))
        .await;
    source.close().await?;
    copied.context("the database file could not be copied")?;
    let copy = open(to).await?;
    let census = census::take(&copy).await;
    copy.close().await?;
    census
}

/// Opens a file to read it; a missing one is not made.
async fn open(file: &Path) -> Result<DatabaseConnection> {
    let url = format!("sqlite://{}?mode=ro", file.display());
    Database::connect(url)
        .await
        .with_context(|| format!("{} cannot be opened", file.display()))
}

/// Numbers of events are given out a second time: whoever has seen later ones must begin anew.
pub async fn renew_epoch(copy: &Path) -> Result<()> {
    let db = Database::connect(format!("sqlite://{}?mode=rw", copy.display())).await?;
    db.execute_unprepared(
        "UPDATE settings SET value = lower(hex(randomblob(16))) WHERE key = 'epoch'",
    )
    .await?;
    Ok(db.close().await?)
}

/// Puts a copy into the place of the database file. No server may be running on it.
pub fn replace(from: &Path, file: &Path) -> Result<()> {
    let beside = file.with_extension("restoring");
    let put = || {
        std::fs::copy(from, &beside)?;
        std::fs::File::open(&beside)?.sync_all()?;
        for tail in ["-wal", "-shm"] {
            let mut old = file.as_os_str().to_owned();
            old.push(tail);
            match std::fs::remove_file(&old) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        std::fs::rename(&beside, file)
    };
    put().with_context(|| format!("{} cannot be replaced", file.display()))
}
