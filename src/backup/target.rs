//! Where backups are kept: a folder, or a bucket.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt};
use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, buffered::BufWriter, local::LocalFileSystem,
    path::Path as Key,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::manifest::{Manifest, Part, manifest_path, verified_path};
use crate::{
    bucket::{self, Patience},
    config::{Config, Place, S3},
    open,
};

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// A store of backups; cheap to clone.
#[derive(Clone)]
pub struct Target {
    store: Arc<dyn ObjectStore>,
    shown: String,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Target {
    /// The target of these settings; a folder is made when it is missing.
    pub fn open(config: &Config) -> Result<Self> {
        match &config.backup.place {
            Place::DataFolder => Self::folder(&config.server.data_folder.join("backups")),
            Place::Folder(path) => Self::folder(path),
            Place::Bucket { name, prefix } => Self::bucket(&config.backup.s3, name, prefix),
        }
    }

    pub fn folder(path: &Path) -> Result<Self> {
        open::folder(path)?;
        let shown = path.display().to_string();
        let store = LocalFileSystem::new_with_prefix(path)
            .with_context(|| format!("the folder {shown}"))?
            .with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            shown,
        })
    }

    fn bucket(settings: &S3, name: &str, prefix: &str) -> Result<Self> {
        let store = bucket::open(settings, (name, prefix), Patience::LONG)?;
        Ok(Self {
            store: Arc::new(store),
            shown: format!("s3://{name}/{prefix}"),
        })
    }

    /// Names of the backups that are complete, oldest first.
    pub async fn names(&self) -> Result<Vec<String>> {
        let all = Key::from("backups");
        let found = self.store.list_with_delimiter(Some(&all)).await;
        let folders = found.with_context(|| self.trouble())?.common_prefixes;
        let mut names = Vec::new();
        for folder in folders {
            let name = folder.filename().unwrap_or_default().to_owned();
            if self.has(&manifest_path(&name)).await? {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn trouble(&self) -> String {
        format!(
            "the backups in {} cannot be reached; GAD_BACKUP__TARGET says where they are",
            self.shown
        )
    }

    pub async fn has(&self, path: &str) -> Result<bool> {
        match self.store.head(&Key::parse(path)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error).with_context(|| self.trouble()),
        }
    }

    pub async fn manifest(&self, name: &str) -> Result<Manifest> {
        let path = Key::parse(manifest_path(name))?;
        let found = self.store.get(&path).await;
        let found = found.with_context(|| format!("there is no backup {name} in {self}"))?;
        let manifest: Manifest = serde_json::from_slice(&found.bytes().await?)
            .with_context(|| format!("the manifest of {name} cannot be read"))?;
        ensure!(
            manifest.format == super::manifest::FORMAT,
            "the backup {name} was made by another version of gad ({}): use that one",
            manifest.version
        );
        Ok(manifest)
    }

    /// Writes the manifest: from now on the backup is there.
    pub async fn complete(&self, manifest: &Manifest) -> Result<()> {
        let text = serde_json::to_vec_pretty(manifest)?;
        self.put(&manifest_path(&manifest.name), text).await
    }

    /// Whether a backup was restored on trial.
    pub async fn is_verified(&self, name: &str) -> Result<bool> {
        self.has(&verified_path(name)).await
    }

    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let put = self
            .store
            .put(&Key::parse(path)?, PutPayload::from(bytes))
            .await;
        put.with_context(|| format!("{path} cannot be written to {self}"))?;
        Ok(())
    }

    /// Writes a piece of evidence and says what it is.
    pub async fn put_part(&self, path: &str, bytes: Vec<u8>) -> Result<Part> {
        let part = Part {
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(&bytes)),
        };
        self.put(path, bytes).await?;
        Ok(part)
    }

    /// Copies a local file into the target.
    pub async fn store_file(&self, from: &Path, path: &str) -> Result<Part> {
        let mut file = tokio::fs::File::open(from).await?;
        let mut writer = BufWriter::new(Arc::clone(&self.store), Key::parse(path)?);
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut chunk = vec![0; CHUNK];
        let copied: std::io::Result<()> = async {
            loop {
                let read = file.read(&mut chunk).await?;
                if read == 0 {
                    return writer.shutdown().await;
                }
                hash.update(&chunk[..read]);
                bytes += read as u64;
                writer.write_all(&chunk[..read]).await?;
            }
        }
        .await;
        copied.with_context(|| format!("{path} cannot be written to {self}"))?;
        Ok(Part {
            path: path.to_owned(),
            bytes,
            sha256: hex::encode(hash.finalize()),
        })
    }

    /// Copies a part out of the target, or only looks through it; it must be what it was.
    pub async fn fetch(&self, part: &Part, to: Option<&Path>) -> Result<()> {
        let found = self.store.get(&Key::parse(&part.path)?).await;
        let found = found.with_context(|| format!("{} is missing in {self}", part.path))?;
        let mut out = match to {
            Some(path) => Some(tokio::fs::File::create(path).await?),
            None => None,
        };
        let mut chunks = found.into_stream();
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.with_context(|| format!("{} cannot be read", part.path))?;
            hash.update(&chunk);
            bytes += chunk.len() as u64;
            if let Some(out) = &mut out {
                out.write_all(&chunk).await?;
            }
        }
        if let Some(mut out) = out {
            out.flush().await?;
        }
        let same = bytes == part.bytes && hex::encode(hash.finalize()) == part.sha256;
        ensure!(
            same,
            "{} in {self} is not what it was: {bytes} bytes instead of {}, or another sum",
            part.path,
            part.bytes
        );
        Ok(())
    }

    /// A whole part in memory, checked: for evidence, which is small.
    pub async fn read(&self, part: &Part) -> Result<Vec<u8>> {
        let found = self.store.get(&Key::parse(&part.path)?).await;
        let found = found.with_context(|| format!("{} is missing in {self}", part.path))?;
        let bytes = found.bytes().await?;
        ensure!(
            hex::encode(Sha256::digest(&bytes)) == part.sha256,
            "{} in {self} is not what it was",
            part.path
        );
        Ok(bytes.to_vec())
    }

    /// Takes a backup away, its manifest first; its evidence stays.
    pub async fn remove(&self, name: &str) -> Result<()> {
        for path in [manifest_path(name), verified_path(name)] {
            self.delete(&Key::parse(path)?).await?;
        }
        let rest = self
            .store
            .list(Some(&Key::parse(format!("backups/{name}"))?));
        let rest: Vec<_> = rest.map_ok(|one| one.location).try_collect().await?;
        for path in rest {
            self.delete(&path).await?;
        }
        Ok(())
    }

    /// Takes evidence away that none of these paths name.
    pub async fn remove_files_except(&self, needed: &BTreeSet<String>) -> Result<u64> {
        let all = self.store.list(Some(&Key::from("files")));
        let all: Vec<_> = all.map_ok(|one| one.location).try_collect().await?;
        let mut removed = 0;
        for path in all.iter().filter(|path| !needed.contains(path.as_ref())) {
            self.delete(path).await?;
            removed += 1;
        }
        Ok(removed)
    }

    async fn delete(&self, path: &Key) -> Result<()> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("{path} cannot be taken away")),
        }
    }
}
