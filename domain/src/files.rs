//! Where evidence lies: a folder, or a bucket for several machines. A file's name ends in the sum of its bytes, so that
//! whoever reads it knows whether they are what was stored.

use std::ops::Range;

use bytes::Bytes;
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sha2::{Digest, Sha256};

/// A file in pieces, so that a large one is never in memory whole.
pub type Pieces = BoxStream<'static, Result<Bytes, FileError>>;

/// A file that is being read.
pub struct Opened {
    /// Bytes of the whole file, also when only some are read.
    pub size: u64,
    pub pieces: Pieces,
}

/// A store of named bytes. Paths are ours: relative, without `..`.
pub trait Files: Send + Sync + 'static {
    /// Writes a file whole; a reader never sees a part of it.
    fn put(&self, path: &str, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>>;

    /// Reads a file whole; `None` when there is none.
    fn get(&self, path: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>>;

    /// Removes a file; nothing is wrong when there is none.
    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>>;

    /// Reads a file, or a `range` of its bytes, in pieces; `None` when there is none.
    fn open(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<Option<Opened>, FileError>> {
        let whole = self.get(path);
        async move { Ok(whole.await?.map(|bytes| cut(bytes.into(), range))) }.boxed()
    }
}

fn cut(bytes: Bytes, range: Option<Range<u64>>) -> Opened {
    let size = bytes.len();
    let place = |at: u64| usize::try_from(at).map_or(size, |at| at.min(size));
    let part = match range {
        Some(range) => bytes.slice(place(range.start)..place(range.end.max(range.start))),
        None => bytes,
    };
    Opened {
        size: size as u64,
        pieces: stream::iter([Ok(part)]).boxed(),
    }
}

/// The store did not answer, or the disk is full.
#[derive(Debug, thiserror::Error)]
#[error("the file store failed: {0}")]
pub struct FileError(pub String);

/// The name of a file with these bytes, which begins so.
pub fn named(start: &str, bytes: &[u8]) -> String {
    format!("{start}.{}", sum(bytes))
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The SHA-256 of a file by its name; older ones do not tell.
pub fn sum_of(path: &str) -> Option<&str> {
    let (_, sum) = path.rsplit_once('.')?;
    let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sum.then_some(sum)
}

/// Whether these are the bytes that were stored under this name.
///
/// # Errors
/// When they are not.
pub fn check(path: &str, bytes: &[u8]) -> Result<(), FileError> {
    match sum_of(path) {
        Some(stored) if stored != sum(bytes) => Err(damaged(path)),
        _ => Ok(()),
    }
}

fn damaged(path: &str) -> FileError {
    FileError(format!("{path} is not what was stored"))
}

/// The pieces of a whole file; the last one comes only when all of them together are what was stored, so that nobody
/// takes a damaged file for a good one.
pub fn checked(path: &str, pieces: Pieces) -> Pieces {
    if sum_of(path).is_none() {
        return pieces;
    }
    let look = Look {
        path: path.to_owned(),
        pieces,
        hash: Sha256::new(),
        held: None,
    };
    stream::try_unfold(Some(look), |look| async move {
        match look {
            Some(look) => look.next().await,
            None => Ok(None),
        }
    })
    .boxed()
}

/// A file on its way to somebody.
struct Look {
    path: String,
    pieces: Pieces,
    hash: Sha256,
    held: Option<Bytes>,
}

impl Look {
    /// The piece before the one that came now, or the last one.
    async fn next(mut self) -> Result<Option<(Bytes, Option<Self>)>, FileError> {
        while let Some(piece) = self.pieces.try_next().await? {
            self.hash.update(&piece);
            if let Some(before) = self.held.replace(piece) {
                return Ok(Some((before, Some(self))));
            }
        }
        let sum = hex::encode(self.hash.finalize());
        if sum_of(&self.path) != Some(sum.as_str()) {
            return Err(damaged(&self.path));
        }
        Ok(self.held.map(|last| (last, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&'static str]) -> Pieces {
        let texts: Vec<_> = texts
            .iter()
            .map(|text| Ok(Bytes::from_static(text.as_bytes())))
            .collect();
        stream::iter(texts).boxed()
    }

    #[test]
    fn a_name_tells_what_is_in_the_file() {
        let name = named("uploads/a", b"one two");
        assert!(name.starts_with("uploads/a."));
        assert!(check(&name, b"one two").is_ok());
        assert!(check(&name, b"one too").is_err());
        // As they were called before.
        assert!(check("uploads/a", b"one two").is_ok());
        assert_eq!(sum_of("uploads/a.jpg"), None);
    }

    #[tokio::test]
    async fn the_end_of_a_damaged_file_never_comes() {
        let name = named("a", b"one two");
        let good: Vec<_> = checked(&name, pieces(&["one", " ", "two"])).collect().await;
        let good: Vec<Bytes> = good.into_iter().map(|one| one.expect("good")).collect();
        assert_eq!(good.concat(), b"one two");
        for wrong in [&["one", " ", "too"][..], &["one", " "], &[]] {
            let found: Vec<_> = checked(&name, pieces(wrong)).collect().await;
            let (end, before) = found.split_last().expect("an error");
            assert!(end.is_err(), "{wrong:?}");
            assert_eq!(before.len(), wrong.len().saturating_sub(1));
        }
        let empty: Vec<_> = checked(&named("a", b""), pieces(&[])).collect().await;
        assert!(empty.is_empty());
    }
}
