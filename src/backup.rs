//! Safety copies: the database and the evidence together, tried out before they count.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::{Store, files::Files};

use crate::{config::Config, files::Stored};

mod census;
pub mod daily;
mod last;
mod manifest;
mod postgres;
mod restore;
mod sqlite;
mod target;
mod trial;

pub use last::last;
pub use manifest::Manifest;
pub use restore::restore;
pub use target::Target;
pub use trial::verify;

use manifest::{Engine, FORMAT, Part, database_path, file_path};

/// What a backup is made of.
#[derive(Clone)]
pub struct Source {
    pub config: Config,
    pub store: Store,
    pub files: Arc<dyn Files>,
}

impl Source {
    pub fn new(config: &Config, store: Store) -> Result<Self> {
        let files = Stored::of(config)?;
        Ok(Self {
            config: config.clone(),
            store,
            files: Arc::new(files),
        })
    }

    fn engine(&self) -> Engine {
        match self.config.database.file() {
            Some(_) => Engine::Sqlite,
            None => Engine::Postgres,
        }
    }
}

/// Whether PostgreSQL's programs are there, and not older than the server.
pub async fn programs(config: &Config, store: &Store) -> Result<()> {
    postgres::Programs::find(config, store.writer())
        .await
        .map(drop)
}

/// Makes a backup; it is there when this returns, but not tried out.
pub async fn create(source: &Source, target: &Target) -> Result<Manifest> {
    let (made_at, engine) = (source.store.now(), source.engine());
    let name = manifest::name(made_at);
    let room = Room::new(&source.config)?;
    let dump = room.file("dump");
    let census = match engine {
        Engine::Sqlite => sqlite::dump(&source.config, &dump).await?,
        Engine::Postgres => postgres::dump(&source.config, &source.store, &dump).await?,
    };
    let database = target
        .store_file(&dump, &database_path(&name, engine))
        .await?;
    // After the dump: evidence it names is there already, and never changes.
    let files = evidence(source, target).await?;
    let manifest = Manifest {
        format: FORMAT,
        name,
        made_at,
        version: env!("CARGO_PKG_VERSION").into(),
        engine,
        census,
        database,
        files,
    };
    target.complete(&manifest).await?;
    tracing::info!(backup.name = manifest.name, target = %target, "a backup was made");
    Ok(manifest)
}

/// Brings the evidence into the target; what an earlier backup brought is not copied again.
async fn evidence(source: &Source, target: &Target) -> Result<Vec<Part>> {
    let known = match target.names().await?.last() {
        Some(newest) => target.manifest(newest).await?.files,
        None => Vec::new(),
    };
    let mut parts = Vec::new();
    for path in domain::attachment::stored_paths(&source.store).await? {
        let place = file_path(&path);
        if let Some(part) = known.iter().find(|part| part.path == place)
            && target.has(&place).await?
        {
            parts.push(part.clone());
            continue;
        }
        let bytes = source.files.get(&path).await?;
        let Some(bytes) = bytes else {
            tracing::warn!(path, "evidence is missing and so is not in the backup");
            continue;
        };
        parts.push(target.put_part(&place, bytes).await?);
    }
    Ok(parts)
}

/// Takes away what is older than the settings say; never the newest that was tried out, nor what is newer than it.
pub async fn prune(source: &Source, target: &Target) -> Result<u64> {
    let names = target.names().await?;
    let mut newest_good = None;
    for name in names.iter().rev() {
        if target.is_verified(name).await? {
            newest_good = Some(name);
            break;
        }
    }
    let Some(good) = newest_good else {
        return Ok(0);
    };
    let keep = TimeDelta::days(source.config.backup.keep_days.into());
    let oldest = manifest::name(source.store.now() - keep);
    let old = names.iter().filter(|name| **name < oldest && *name < good);
    let mut removed = 0;
    for name in old {
        target.remove(name).await?;
        removed += 1;
    }
    if removed > 0 {
        let needed = needed(target).await?;
        let files = target.remove_files_except(&needed).await?;
        tracing::info!(backups = removed, files, "old backups were taken away");
    }
    Ok(removed)
}

async fn needed(target: &Target) -> Result<BTreeSet<String>> {
    let mut needed = BTreeSet::new();
    for name in target.names().await? {
        let files = target.manifest(&name).await?.files;
        needed.extend(files.into_iter().map(|part| part.path));
    }
    Ok(needed)
}

/// A folder for what is on its way, gone with this value.
struct Room(PathBuf);

impl Room {
    fn new(config: &Config) -> Result<Self> {
        let name = format!("backup-{}", &domain::secret::fresh()[..12]);
        let path = config.server.data_folder.join("tmp").join(name);
        crate::open::folder(&path)?;
        let path = path.canonicalize().context("the folder of a backup")?;
        Ok(Self(path))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder stays behind");
        }
    }
}

#[cfg(test)]
pub mod house;
#[cfg(test)]
mod tests;
