//! The data layer for a set of settings.

use anyhow::{Context, Result};
use domain::{Clock, Store, bell::Bell};

use crate::{config::Config, schema};

/// Connects; the folder of a database file is made, its tables are not.
pub async fn connect(config: &Config, clock: Clock) -> Result<Store> {
    if let Some(folder) = config
        .database
        .file()
        .as_deref()
        .and_then(std::path::Path::parent)
    {
        let shown = folder.display();
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {shown} of the database cannot be made"))?;
    }
    let connect = config.database.connect();
    let store = Store::connect(&connect, clock, Bell::default(), config.rules.clone()).await;
    let store = store.with_context(|| {
        format!(
            "{} cannot be reached; gad doctor tells more",
            config.database
        )
    })?;
    store.synchronise_clock().await?;
    Ok(store)
}

/// Connects to a database that has, or gets, the tables of this version.
pub async fn store(config: &Config, clock: Clock) -> Result<Store> {
    let store = connect(config, clock).await?;
    schema::prepare(config, &store).await?;
    Ok(store)
}
