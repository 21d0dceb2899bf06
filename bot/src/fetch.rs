//! Brings evidence from Telegram into the file store.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use domain::{
    Store, Tx,
    attachment::{self, Attachment},
    files::{self, Files},
    timer::{self, Claim, Due},
};
use teloxide::{payloads::GetFile, types::FileId};
use tokio::sync::Semaphore;

use crate::{
    client::Client,
    errors::{CallError, Verdict},
};

/// The largest file that the Bot API hands out, in bytes.
pub const MOST: usize = 20 * 1024 * 1024;

/// How many files are brought at once: each lies in memory whole.
const AT_ONCE: usize = 3;

/// How many may be under way; more come when their timers are claimed again.
const MOST_WAITING: usize = 256;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(45);

/// The wait after a timer's last try.
const MUCH_LATER: TimeDelta = TimeDelta::hours(1);

/// Does what [`Due::Fetch`] stands for; cheap to clone.
#[derive(Clone)]
pub struct Fetch {
    store: Store,
    client: Arc<Client>,
    files: Arc<dyn Files>,
    slots: Arc<Semaphore>,
    /// Attachments under way, also those that wait for a slot.
    under_way: Arc<Mutex<HashSet<i64>>>,
}

#[derive(serde::Deserialize)]
struct Place {
    file_path: Option<String>,
}

/// Why a file was not brought.
#[derive(Debug, thiserror::Error)]
enum Missed {
    /// Another try will not do either.
    #[error("{0}")]
    Forever(String),
    #[error("{0}")]
    ForNow(String),
}

impl Fetch {
    pub fn new(store: Store, client: Arc<Client>, files: Arc<dyn Files>) -> Self {
        Self {
            store,
            client,
            files,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: Arc::default(),
        }
    }

    /// Begins to bring the file of a claimed timer. It goes on beside other timers, which must not wait for it,
    /// and settles the timer in the end; a timer that is claimed again meanwhile changes nothing.
    pub fn begin(&self, claim: &Claim) {
        let Due::Fetch { attachment_id } = claim.due else {
            return;
        };
        if !self.take_on(attachment_id) {
            return;
        }
        let (fetch, claim) = (self.clone(), claim.clone());
        tokio::spawn(async move {
            if let Err(error) = fetch.run(&claim, attachment_id).await {
                tracing::warn!(attachment.id = attachment_id, %error, "evidence comes when its timer does");
            }
            fetch.lock().remove(&attachment_id);
        });
    }

    fn take_on(&self, attachment_id: i64) -> bool {
        let mut under_way = self.lock();
        under_way.len() < MOST_WAITING && under_way.insert(attachment_id)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the file and settles the timer with it; a failure gives the timer back for a later try.
    async fn run(&self, claim: &Claim, attachment_id: i64) -> domain::Result<()> {
        let Some(file) = attachment::pending(&self.store, attachment_id).await? else {
            return self.settle(claim, Settle::Nothing).await;
        };
        match self.bring(&file).await {
            Ok((path, bytes)) => {
                self.settle(
                    claim,
                    Settle::Stored {
                        attachment_id,
                        path,
                        bytes,
                    },
                )
                .await
            }
            Err(Missed::Forever(error)) => {
                tracing::warn!(
                    attachment.id = attachment_id,
                    error,
                    "evidence cannot be had from Telegram"
                );
                self.settle(claim, Settle::Failed { attachment_id }).await
            }
            Err(Missed::ForNow(error)) if claim.is_last() => {
                tracing::error!(
                    attachment.id = attachment_id,
                    error,
                    "evidence has to wait for an hour"
                );
                self.settle(claim, Settle::Again).await
            }
            Err(Missed::ForNow(error)) => {
                tracing::warn!(attachment.id = attachment_id, error, "evidence has to wait");
                timer::failed(&self.store, claim, error).await
            }
        }
    }

    async fn bring(&self, attachment: &Attachment) -> Result<(String, i64), Missed> {
        let file_id = attachment.telegram_file_id.as_deref();
        let file_id = file_id.ok_or_else(|| Missed::Forever("it has no id at Telegram".into()))?;
        if attachment.bytes.is_some_and(|bytes| bytes > MOST as i64) {
            return Err(too_large());
        }
        let _slot = self
            .slots
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let bytes = tokio::time::timeout(PATIENCE, self.download(file_id)).await;
        let bytes = bytes.map_err(|_| Missed::ForNow("it took too long".into()))??;
        let size = bytes.len() as i64;
        let place = format!("evidence/{}/{}", attachment.owner.folder(), attachment.id);
        let path = files::named(&place, &bytes);
        self.files
            .put(&path, bytes)
            .await
            .map_err(|error| Missed::ForNow(error.to_string()))?;
        Ok((path, size))
    }

    async fn download(&self, file_id: &str) -> Result<Vec<u8>, Missed> {
        let place: Place = self
            .client
            .call(&GetFile::new(FileId(file_id.into())))
            .await?;
        let path = place
            .file_path
            .ok_or_else(|| Missed::ForNow("Telegram named no path".into()))?;
        let mut response = self.client.open(&path, PATIENCE).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(CallError::from)? {
            if bytes.len() + chunk.len() > MOST {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn settle(&self, claim: &Claim, settle: Settle) -> domain::Result<()> {
        let (id, due) = (claim.id, claim.due.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !timer::fired(tx, id).await? {
                        return tidy(tx, &settle).await;
                    }
                    match settle {
                        Settle::Nothing => Ok(()),
                        Settle::Stored {
                            attachment_id,
                            path,
                            bytes,
                        } => attachment::stored(tx, attachment_id, path, bytes).await,
                        Settle::Failed { attachment_id } => {
                            attachment::failed(tx, attachment_id).await
                        }
                        Settle::Again => {
                            let later = tx.now() + MUCH_LATER;
                            timer::set(tx, &due, later).await
                        }
                    }
                })
            })
            .await
    }
}

#[derive(Clone)]
enum Settle {
    /// Somebody brought it before.
    Nothing,
    /// Telegram or the disk is away for long: files do not run out at Telegram.
    Again,
    Stored {
        attachment_id: i64,
        path: String,
        bytes: i64,
    },
    Failed {
        attachment_id: i64,
    },
}

/// Another instance has settled it; what it was for may have been erased since.
async fn tidy(tx: &Tx, settle: &Settle) -> domain::Result<()> {
    if let Settle::Stored {
        attachment_id,
        path,
        ..
    } = settle
    {
        attachment::still_wanted(tx, *attachment_id, path).await?;
    }
    Ok(())
}

fn too_large() -> Missed {
    Missed::Forever(format!(
        "it is larger than the {MOST} bytes that the Bot API hands out"
    ))
}

impl From<CallError> for Missed {
    fn from(error: CallError) -> Self {
        // Telegram answers 400 for files that are too large or gone; a path it has named expires with 404.
        match error.verdict() {
            Verdict::Refused | Verdict::Gone => Self::Forever(error.to_string()),
            _ => Self::ForNow(error.to_string()),
        }
    }
}
