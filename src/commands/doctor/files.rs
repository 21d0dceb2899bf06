//! The place of evidence: it takes, gives back and forgets, and is of this database alone.

use anyhow::{Context, Result, ensure};
use domain::{Clock, Store, attachment, bell::Bell, event, files::Files};

use super::Finding;
use crate::{
    config::Config,
    files::{Stored, sweep},
    open, schema,
};

const WHAT: &str = "files";

pub async fn look(config: &Config) -> Vec<Finding> {
    let files = match Stored::of(config) {
        Ok(files) => files,
        Err(error) => return vec![unusable(&format!("{error:#}"))],
    };
    let mut findings = vec![match probe(&files).await {
        Ok(()) => place(config, &files),
        Err(error) => unusable(&format!("{files}: {error:#}")),
    }];
    // Whoever looks at the database says why it cannot be reached.
    let Ok(store) = open::connect(config, Clock::running(), Bell::default()).await else {
        return findings;
    };
    let migrated = schema::pending(&store).await;
    if migrated.is_ok_and(|pending| pending.is_empty()) {
        findings.extend(newest(&store, &files).await);
        findings.extend(owner(&store, &files).await);
    }
    store.close().await;
    findings
}

fn unusable(trouble: &str) -> Finding {
    Finding::bad(
        WHAT,
        trouble,
        "set GAD_FILES__TARGET to a folder that can be written, or to s3://BUCKET/PREFIX with its keys",
    )
}

/// Really stores something.
async fn probe(files: &Stored) -> Result<()> {
    let bytes = domain::secret::fresh().into_bytes();
    let path = domain::files::named("doctor/probe", &bytes);
    files.put(&path, bytes.clone()).await?;
    let found = files.get(&path).await;
    files.remove(&path).await?;
    let found = found?.context("what was stored is not there")?;
    ensure!(found == bytes, "what was stored is not what comes back");
    Ok(())
}

fn place(config: &Config, files: &Stored) -> Finding {
    if config.database.file().is_none() && !files.is_bucket() {
        return Finding::noted(
            WHAT,
            files.to_string(),
            "instances on several machines need the same: GAD_FILES__TARGET=s3://BUCKET/PREFIX",
        );
    }
    Finding::good(WHAT, files.to_string())
}

/// Where files were left behind at a move, the newest is missing.
async fn newest(store: &Store, files: &Stored) -> Option<Finding> {
    let path = attachment::newest_path(store).await.ok()??;
    let there = files.has(&path).await.ok()?;
    (!there).then(|| {
        Finding::bad(
            WHAT,
            format!("{path} is not in {files}"),
            "copy the files of the place before to this one, as they are",
        )
    })
}

async fn owner(store: &Store, files: &Stored) -> Option<Finding> {
    let owner = sweep::owner(files).await.ok()??;
    let ours = event::epoch(store).await.ok()?;
    (owner != ours).then(|| {
        Finding::noted(
            WHAT,
            format!("another database keeps its files in {files} too"),
            "give each its own prefix; when the other one is gone, remove the file owner",
        )
    })
}
