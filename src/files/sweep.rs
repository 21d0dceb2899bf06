//! Takes away files that nothing names: they were stored before a request came to nothing, or a process died.

use std::{future::ready, sync::Arc};

use anyhow::Result;
use chrono::TimeDelta;
use domain::{
    Store, attachment, event,
    files::Files,
    timer::{self, Claim, Due},
};
use futures::{StreamExt, TryStreamExt};
use metrics::counter;
use tokio::sync::Semaphore;

use super::Stored;

/// Where files of ours are.
const FOLDERS: [&str; 3] = ["uploads", "evidence", "exports"];

/// Whose they are: several installations may be shown the same bucket by mistake.
const OWNER: &str = "owner";

/// Younger ones may still be named by what is under way, or by a database that somebody takes back to where it was: no
/// backup is as old.
const AGE: TimeDelta = TimeDelta::days(40);

/// How many are looked up at once.
const AT_ONCE: usize = 500;

/// The pause until the next time.
const PAUSE: TimeDelta = TimeDelta::days(1);

/// Does what [`Due::Sweep`] stands for; cheap to clone.
#[derive(Clone)]
pub struct Sweep {
    store: Store,
    files: Stored,
    /// A timer falls due again while many files are looked at.
    one: Arc<Semaphore>,
}

impl Sweep {
    pub fn new(store: Store, files: Stored) -> Self {
        Self {
            store,
            files,
            one: Arc::new(Semaphore::new(1)),
        }
    }

    /// Begins and returns.
    pub fn begin(&self, claim: &Claim) {
        let Ok(turn) = Arc::clone(&self.one).try_acquire_owned() else {
            return;
        };
        let (sweep, claim) = (self.clone(), claim.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let swept = match sweep.run().await {
                Ok(_) => sweep.again(&claim).await,
                Err(error) => {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "files that nothing names stay for now"
                    );
                    timer::failed(&sweep.store, &claim, format!("{error:#}")).await
                }
            };
            if let Err(error) = swept {
                tracing::warn!(%error, "files are looked through again when the claim has run out");
            }
        });
    }

    async fn again(&self, claim: &Claim) -> domain::Result<()> {
        let id = claim.id;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !timer::fired(tx, id).await? {
                        return Ok(());
                    }
                    let next = tx.now() + PAUSE;
                    timer::set(tx, &Due::Sweep, next).await
                })
            })
            .await
    }

    /// Looks through all of them once; how many went.
    pub async fn run(&self) -> Result<u64> {
        if !owns(&self.store, &self.files).await? {
            tracing::error!(
                files = %self.files,
                "another database keeps its files here: nothing is taken away; gad doctor tells more"
            );
            return Ok(0);
        }
        let mut removed = 0;
        for folder in FOLDERS {
            removed += self.folder(folder).await?;
        }
        if removed > 0 {
            tracing::info!(files = removed, "files that nothing names were taken away");
        }
        Ok(removed)
    }

    async fn folder(&self, folder: &str) -> Result<u64> {
        let before = self.store.now() - AGE;
        let old = self
            .files
            .list(folder)
            .try_filter(|file| ready(file.last_modified < before))
            .map_ok(|file| file.location.to_string());
        let mut batches = old.chunks(AT_ONCE);
        let mut removed = 0;
        while let Some(batch) = batches.next().await {
            let paths = batch.into_iter().collect::<Result<Vec<_>, _>>()?;
            for path in attachment::unnamed(&self.store, paths).await? {
                self.files.remove(&path).await?;
                counter!("gad_files_swept_total").increment(1);
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Whether these files are of this database; whoever looks first where nobody did owns them.
pub async fn owns(store: &Store, files: &dyn Files) -> Result<bool> {
    match owner(files).await? {
        Some(owner) => Ok(owner == event::epoch(store).await?),
        None => own(store, files).await.map(|()| true),
    }
}

/// Whose they are; nothing when nobody has looked yet.
pub async fn owner(files: &dyn Files) -> Result<Option<String>> {
    let owner = files.get(OWNER).await?;
    Ok(owner.map(|name| String::from_utf8_lossy(&name).into_owned()))
}

/// From now on they are of this database: it took the place of the one they were of.
pub async fn own(store: &Store, files: &dyn Files) -> Result<()> {
    let ours = event::epoch(store).await?;
    Ok(files.put(OWNER, ours.into_bytes()).await?)
}
