//! Where evidence lies: a folder, or a bucket for several machines.

use futures::future::BoxFuture;

/// A store of named bytes. Paths are ours: relative, without `..`.
pub trait Files: Send + Sync + 'static {
    /// Writes a file whole; a reader never sees a part of it.
    fn put(&self, path: &str, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>>;

    /// Reads a file whole; `None` when there is none.
    fn get(&self, path: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>>;

    /// Removes a file; nothing is wrong when there is none.
    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>>;
}

/// The store did not answer, or the disk is full.
#[derive(Debug, thiserror::Error)]
#[error("the file store failed: {0}")]
pub struct FileError(pub String);
