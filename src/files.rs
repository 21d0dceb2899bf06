//! Evidence in a folder or in a bucket, through object_store.

use std::{
    ops::Range,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use domain::files::{FileError, Files, Opened};
use futures::{
    FutureExt, StreamExt, TryFutureExt, TryStreamExt, future::BoxFuture, stream::BoxStream,
};
use metrics::{counter, histogram};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload,
    local::LocalFileSystem, path::Path as Key,
};

use crate::{
    bucket::{self, Patience},
    config::{Config, Place, S3},
    open,
};

pub mod sweep;

/// What whole reads and writes of a disk may take; a disk that hangs does not answer at all.
const DISK: Duration = Duration::from_secs(60);

/// A store of named bytes; cheap to clone.
#[derive(Clone)]
pub struct Stored {
    store: Arc<dyn ObjectStore>,
    shown: String,
    /// For a whole operation, its repetitions included.
    most: Duration,
    is_bucket: bool,
}

impl std::fmt::Display for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Stored {
    /// The place of these settings; a folder is made when it is missing.
    pub fn of(config: &Config) -> Result<Self> {
        let evidence = &config.evidence;
        match &evidence.place {
            Place::DataFolder => Self::in_folder(&config.server.data_folder.join("files")),
            Place::Folder(path) => Self::in_folder(path),
            Place::Bucket { name, prefix } => {
                Self::in_bucket(&evidence.s3, (name, prefix), evidence.patience)
            }
        }
    }

    /// A folder, made when it is missing.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let shown = folder.display().to_string();
        open::folder(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder)
            .with_context(|| format!("the folder {shown}"))?;
        Ok(Self {
            store: Arc::new(files.with_fsync(true)),
            shown,
            most: DISK,
            is_bucket: false,
        })
    }

    fn in_bucket(s3: &S3, place: (&str, &str), patience: Duration) -> Result<Self> {
        let store = bucket::open(s3, place, Patience::of(patience))?;
        Ok(Self {
            store: Arc::new(store),
            shown: format!("s3://{}/{}", place.0, place.1),
            // The last try may begin just before the time for tries is over.
            most: 2 * patience + Duration::from_secs(5),
            is_bucket: true,
        })
    }

    /// Whether several machines see the same.
    pub fn is_bucket(&self) -> bool {
        self.is_bucket
    }

    /// Whether there is such a file.
    pub async fn has(&self, path: &str) -> Result<bool, FileError> {
        let key = key(path)?;
        let found = self.bounded("head", self.store.head(&key)).await?;
        Ok(there(found)?.is_some())
    }

    /// Every file whose path begins with this folder.
    fn list(&self, folder: &str) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(Some(&Key::from(folder)))
    }

    /// Waits for the store only so long, and counts what became of it.
    async fn bounded<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<object_store::Result<T>, FileError> {
        let begun = Instant::now();
        let done = tokio::time::timeout(self.most, work).await;
        let outcome = match &done {
            Ok(Ok(_)) => "ok",
            Ok(Err(object_store::Error::NotFound { .. })) => "missing",
            Ok(Err(_)) => "failed",
            Err(_) => "late",
        };
        counter!("gad_files_operations_total", "operation" => operation, "outcome" => outcome)
            .increment(1);
        histogram!("gad_files_seconds", "operation" => operation)
            .record(begun.elapsed().as_secs_f64());
        done.map_err(|_| FileError(format!("{self} did not answer in time")))
    }

    async fn read(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<Opened>, FileError> {
        let key = key(path)?;
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self
            .bounded("get", self.store.get_opts(&key, options))
            .await?;
        Ok(there(found)?.map(|found| Opened {
            size: found.meta.size,
            pieces: found.into_stream().map_err(failed).boxed(),
        }))
    }
}

impl Files for Stored {
    /// A folder gets it beside its place and then renamed, a bucket whole or not at all: nobody sees a part of it.
    fn put(&self, path: &str, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>> {
        let key = key(path);
        async move {
            let key = key?;
            let put = self.store.put(&key, PutPayload::from(bytes));
            self.bounded("put", put).await?.map(drop).map_err(failed)
        }
        .boxed()
    }

    fn get(&self, path: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>> {
        let key = key(path);
        async move {
            let key = key?;
            let whole = self.store.get(&key).and_then(GetResult::bytes);
            let found = self.bounded("get", whole).await?;
            Ok(there(found)?.map(|bytes| bytes.to_vec()))
        }
        .boxed()
    }

    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>> {
        let key = key(path);
        async move {
            let key = key?;
            let removed = self.bounded("delete", self.store.delete(&key)).await?;
            there(removed).map(drop)
        }
        .boxed()
    }

    /// Only the head is waited for here; the pieces come as fast as they are taken.
    fn open(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<Option<Opened>, FileError>> {
        let path = path.to_owned();
        async move { self.read(&path, range).await }.boxed()
    }
}

/// What is not there is none.
fn there<T>(found: object_store::Result<T>) -> Result<Option<T>, FileError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn key(path: &str) -> Result<Key, FileError> {
    Key::parse(path).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> FileError {
    FileError(error.to_string())
}

#[cfg(test)]
mod tests;
