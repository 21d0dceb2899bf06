//! The data layer for a set of settings, and the folders it needs.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path};

use anyhow::{Context, Result};
use domain::{Clock, Store, bell::Bell};

use crate::{config::Config, schema};

/// Connects; the folder of a database file is made, its tables are not.
pub async fn connect(config: &Config, clock: Clock, bell: Bell) -> Result<Store> {
    let file = config.database.file();
    if let Some(parent) = file.as_deref().and_then(Path::parent) {
        folder(parent)?;
    }
    let connect = config.database.connect();
    let store = Store::connect(&connect, clock, bell, config.rules.clone()).await;
    store.with_context(|| {
        format!(
            "{} cannot be reached; gad doctor tells more",
            config.database
        )
    })
}

/// Connects to a database that has, or gets, the tables of this version.
pub async fn store(config: &Config, clock: Clock, bell: Bell) -> Result<Store> {
    let store = connect(config, clock, bell).await?;
    schema::prepare(config, &store).await?;
    Ok(store)
}

/// The same on the database's time, for a command: other processes hear of what it does by their polls.
pub async fn on_time(config: &Config) -> Result<Store> {
    let store = store(config, Clock::running(), Bell::default()).await?;
    store.synchronise_clock().await?;
    Ok(store)
}

/// Makes a folder that only this user can read, unless it is there.
pub fn folder(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("the folder {} cannot be made", path.display()))
}
