//! Puts a backup back; servers must not be running meanwhile.

use super::{
    Room, Source, Target, census,
    manifest::{Engine, Manifest, file_path},
    postgres, sqlite, trial,
};
use crate::{files::sweep, open};
use anyhow::{Context, Result, ensure};
use domain::{Clock, bell::Bell};

/// Restores a backup after trying it out, evidence included. Live views begin anew afterwards.
///
/// # Errors
/// When people are in the database already and `force` is not given; nothing is changed then.
pub async fn restore(
    source: &Source,
    target: &Target,
    name: &str,
    force: bool,
) -> Result<Manifest> {
    let manifest = target.manifest(name).await?;
    ensure!(
        manifest.engine == source.engine(),
        "the backup is of {:?}, the database of these settings is not",
        manifest.engine
    );
    ensure!(
        force || !is_inhabited(source).await?,
        "{} is not empty; --force replaces what is in it",
        source.config.database
    );
    trial::verify(source, target, name).await?;
    // A database without tables owns nothing.
    let owned = sweep::owns(&source.store, source.files.as_ref()).await;
    let room = Room::new(&source.config)?;
    let dump = room.file("restore.db");
    target.fetch(&manifest.database, Some(&dump)).await?;
    evidence(source, target, &manifest).await?;
    match manifest.engine {
        Engine::Sqlite => {
            let file = source.config.database.file().context("a database file")?;
            source.store.close().await;
            sqlite::renew_epoch(&dump).await?;
            sqlite::replace(&dump, &file)?;
        }
        Engine::Postgres => postgres::replace(&source.config, &source.store, &room, &dump).await?,
    }
    trial::compare(&manifest, &source.config.database.url).await?;
    if owned.unwrap_or(false) {
        keep_files(source).await?;
    }
    Ok(manifest)
}

/// The files stay with the database, which has another name now.
async fn keep_files(source: &Source) -> Result<()> {
    let store = open::connect(&source.config, Clock::running(), Bell::default()).await?;
    let kept = sweep::own(&store, source.files.as_ref()).await;
    store.close().await;
    kept
}

/// Whether somebody has an account in it.
async fn is_inhabited(source: &Source) -> Result<bool> {
    let db = source.store.writer();
    if !census::tables(db).await?.iter().any(|name| name == "users") {
        return Ok(false);
    }
    let users = census::one(db, "SELECT count(*) AS n FROM users").await?;
    Ok(users.context("a count")?.try_get::<i64>("", "n")? > 0)
}

async fn evidence(source: &Source, target: &Target, manifest: &Manifest) -> Result<()> {
    let prefix = file_path("");
    for part in &manifest.files {
        let path = part.path.strip_prefix(&prefix).unwrap_or(&part.path);
        source.files.put(path, target.read(part).await?).await?;
    }
    Ok(())
}
