//! Evidence in a folder, through object_store, so that a bucket can take its place.

use std::{path::Path, sync::Arc};

use crate::open;
use anyhow::{Context, Result};
use domain::files::{FileError, Files};
use futures::{FutureExt, future::BoxFuture};
use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Key,
};

/// A store of named bytes.
pub struct Stored(Arc<dyn ObjectStore>);

impl Stored {
    /// A folder, made when it is missing.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        open::folder(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder)
            .with_context(|| format!("the folder {shown}"))?;
        Ok(Self(Arc::new(files.with_fsync(true))))
    }
}

impl Files for Stored {
    /// Written beside its place and then renamed, so that nobody sees a part.
    fn put(&self, path: &str, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>> {
        let key = key(path);
        async move {
            self.0
                .put(&key?, PutPayload::from(bytes))
                .await
                .map(drop)
                .map_err(failed)
        }
        .boxed()
    }

    fn get(&self, path: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>> {
        let key = key(path);
        async move {
            match self.0.get(&key?).await {
                Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?.to_vec())),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(failed(error)),
            }
        }
        .boxed()
    }

    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>> {
        let key = key(path);
        async move { self.0.delete(&key?).await.or_else(gone) }.boxed()
    }
}

fn gone(error: object_store::Error) -> Result<(), FileError> {
    match error {
        object_store::Error::NotFound { .. } => Ok(()),
        error => Err(failed(error)),
    }
}

fn key(path: &str) -> Result<Key, FileError> {
    Key::parse(path).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> FileError {
    FileError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_is_there_and_nowhere_else() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let files = Stored::in_folder(&folder.path().join("files"))?;
        files.put("2026/7/photo.jpg", b"first".to_vec()).await?;
        files.put("2026/7/photo.jpg", b"second".to_vec()).await?;
        assert_eq!(
            files.get("2026/7/photo.jpg").await?.as_deref(),
            Some(b"second".as_slice())
        );
        assert_eq!(files.get("2026/7/other.jpg").await?, None);
        assert!(files.put("../outside", Vec::new()).await.is_err());
        Ok(())
    }
}
