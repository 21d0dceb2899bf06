//! Tries a backup out: really restores it beside the real database, and compares.

use std::path::Path;

use anyhow::{Context, Result, bail};
use domain::{Clock, Store, audit::verify, bell::Bell, store::Connect};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Room, Source, Target, census,
    manifest::{Engine, Manifest, verified_path},
    postgres::Scratch,
};

/// Restores a backup into a database of its own and compares the counts, the chain over the record and every piece of evidence.
///
/// # Errors
/// When anything is not as it was when the backup was made.
pub async fn verify(source: &Source, target: &Target, name: &str) -> Result<Manifest> {
    let manifest = target.manifest(name).await?;
    let room = Room::new(&source.config)?;
    let dump = room.file("trial.db");
    target.fetch(&manifest.database, Some(&dump)).await?;
    match manifest.engine {
        Engine::Sqlite => {
            let url = format!("sqlite://{}?mode=rw", dump.display());
            compare(&manifest, &SecretString::from(url)).await?;
        }
        Engine::Postgres => in_scratch(source, &manifest, &dump).await?,
    }
    for part in &manifest.files {
        target.fetch(part, None).await?;
    }
    let at = source.store.now().to_rfc3339();
    let note = serde_json::to_vec(&serde_json::json!({ "verified_at": at }))?;
    target.put(&verified_path(name), note).await?;
    Ok(manifest)
}

async fn in_scratch(source: &Source, manifest: &Manifest, dump: &Path) -> Result<()> {
    if source.config.database.file().is_some() {
        bail!(
            "this backup is of PostgreSQL: set DATABASE_URL to a server on which it can be tried out"
        );
    }
    let scratch = Scratch::create(&source.config, &source.store).await?;
    let tried = async {
        scratch.fill(dump).await?;
        compare(manifest, &scratch.url()?).await
    };
    let outcome = tried.await;
    scratch.drop().await?;
    outcome
}

/// Compares what is in a database with what the manifest says was.
pub(super) async fn compare(manifest: &Manifest, url: &SecretString) -> Result<()> {
    let connect = Connect {
        connections: 2,
        ..Connect::new(url.expose_secret())
    };
    let store = Store::connect(
        &connect,
        Clock::running(),
        Bell::default(),
        Default::default(),
    )
    .await
    .context("the restored database cannot be opened")?;
    let compared = look(manifest, &store).await;
    store.close().await;
    compared
}

async fn look(manifest: &Manifest, store: &Store) -> Result<()> {
    let found = census::take(store.writer()).await?;
    let wrong = census::differences(&manifest.census, &found);
    if !wrong.is_empty() {
        bail!("the restored database differs: {}", wrong.join("; "));
    }
    let head = manifest.census.audit_head.as_deref().map(str::parse);
    let head = head.transpose().map_err(anyhow::Error::msg)?;
    let proof = verify::verify(store, head.as_ref()).await?;
    match proof.broken {
        Some(broken) => bail!("the record of the restored database is broken: {broken:?}"),
        None => Ok(()),
    }
}
