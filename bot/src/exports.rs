//! Makes the files that people asked for in their chats, and removes them again.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    Actor, Store,
    actor::Channel,
    export::{self, Export, ExportState, Stored},
    files::{self, Files},
    timer::{self, Claim, Due},
};
use locales::Lang;
use papers::{
    PaperError,
    report::{self, Order},
};
use tokio::{sync::Semaphore, time::Instant};

/// How many are made at once.
const AT_ONCE: usize = 2;

/// How often somebody is told how far his file is.
const TOLD_EVERY: Duration = Duration::from_secs(3);

/// The largest file that bots may send is 50 MB.
const BYTES_MOST: u64 = 49 * 1024 * 1024;

/// Does what [`Due::Export`] and [`Due::ExportGone`] stand for; cheap to clone.
#[derive(Clone)]
pub struct Exports {
    store: Store,
    files: Arc<dyn Files>,
    slots: Arc<Semaphore>,
    /// Those under way here.
    under_way: Arc<Mutex<HashSet<i64>>>,
}

impl Exports {
    pub fn new(store: Store, files: Arc<dyn Files>) -> Self {
        Self {
            store,
            files,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: Arc::default(),
        }
    }

    /// Begins what a claimed timer stands for, beside the other timers, and settles the timer in the end.
    pub fn begin(&self, claim: &Claim) {
        let (Due::Export { export_id } | Due::ExportGone { export_id }) = claim.due else {
            return;
        };
        if !self.lock().insert(export_id) {
            return;
        }
        let (exports, claim) = (self.clone(), claim.clone());
        tokio::spawn(async move {
            let done = match claim.due {
                Due::Export { .. } => exports.make(&claim, export_id).await,
                _ => exports.remove(&claim, export_id).await,
            };
            if let Err(error) = done {
                exports.give_back(&claim, export_id, &error).await;
            }
            exports.lock().remove(&export_id);
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn give_back(&self, claim: &Claim, export_id: i64, error: &PaperError) {
        tracing::warn!(export.id = export_id, %error, "a report comes later");
        if claim.is_last() && self.fail(claim, export_id).await.is_ok() {
            return;
        }
        if let Err(error) = timer::failed(&self.store, claim, error.to_string()).await {
            tracing::warn!(export.id = export_id, %error, "it comes when its claim has run out");
        }
    }

    async fn make(&self, claim: &Claim, export_id: i64) -> Result<(), PaperError> {
        let _slot = self
            .slots
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let export = export::find(&self.store, export_id).await?;
        let actor = Actor::of_user(&self.store, export.user_id, Channel::Bot).await?;
        let Some(actor) = actor.filter(|_| export.state == ExportState::Waiting) else {
            return self.fail(claim, export_id).await;
        };
        let order = order(&export, &actor);
        let mut told = Instant::now();
        let made = report::make(&self.store, &actor, &order, |rows| {
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                let exports = self.clone();
                tokio::spawn(async move { exports.tell(export_id, rows).await });
            }
        });
        let made = match made.await {
            // He may no longer: a role can change while a file waits.
            Err(PaperError::Domain(domain::Error::Refused(_))) => {
                return self.fail(claim, export_id).await;
            }
            made => made?,
        };
        if made.bytes > BYTES_MOST {
            return self.fail(claim, export_id).await;
        }
        let (rows, bytes) = (made.rows.cast_signed(), made.bytes.cast_signed());
        let paper = made.read()?;
        let path = files::named(&format!("exports/{}", domain::secret::fresh()), &paper);
        let put = self.files.put(&path, paper).await;
        put.map_err(|error| PaperError::Written(error.to_string()))?;
        let name = order.file_name();
        let stored = Stored {
            path: path.clone(),
            name,
            bytes,
            rows,
        };
        let timer_id = claim.id;
        let done = self.store.write(move |tx| {
            Box::pin(async move {
                let first = timer::fired(tx, timer_id).await?;
                if first {
                    export::ready(tx, export_id, stored).await?;
                }
                Ok(first)
            })
        });
        let first = done.await;
        if is_unwanted(&first) {
            self.sweep(&path).await;
        }
        Ok(first.map(drop)?)
    }

    async fn sweep(&self, path: &str) {
        if let Err(error) = self.files.remove(path).await {
            tracing::warn!(%error, path, "a file that nobody wants stays behind");
        }
    }

    /// How far it is may get lost.
    async fn tell(&self, export_id: i64, rows: u64) {
        let rows = rows.cast_signed();
        let told = self
            .store
            .write(move |tx| Box::pin(async move { export::progress(tx, export_id, rows).await }));
        if let Err(error) = told.await {
            tracing::debug!(export.id = export_id, %error, "nobody was told how far it is");
        }
    }

    async fn fail(&self, claim: &Claim, export_id: i64) -> Result<(), PaperError> {
        let timer_id = claim.id;
        let done = self.store.write(move |tx| {
            Box::pin(async move {
                match timer::fired(tx, timer_id).await? {
                    true => export::failed(tx, export_id).await,
                    false => Ok(()),
                }
            })
        });
        Ok(done.await?)
    }

    async fn remove(&self, claim: &Claim, export_id: i64) -> Result<(), PaperError> {
        if let Some(path) = export::find(&self.store, export_id).await?.path {
            let removed = self.files.remove(&path).await;
            removed.map_err(|error| PaperError::Written(error.to_string()))?;
        }
        let timer_id = claim.id;
        let done = self.store.write(move |tx| {
            Box::pin(async move {
                match timer::fired(tx, timer_id).await? {
                    true => export::gone(tx, export_id).await,
                    false => Ok(()),
                }
            })
        });
        Ok(done.await?)
    }
}

/// Whether nobody will know of a file: somebody else was quicker, or what should have named it was taken back. Of a database
/// that fell silent nobody knows that.
fn is_unwanted(first: &domain::Result<bool>) -> bool {
    !matches!(first, Ok(true) | Err(domain::Error::Away(_)))
}

fn order(export: &Export, actor: &Actor) -> Order {
    Order {
        report: export.report,
        format: export.format,
        wanted: export.wanted,
        lang: Lang::from_tag(actor.lang.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use domain::Error;

    use super::*;

    #[test]
    fn a_file_stays_whose_row_may_still_be_kept() {
        let silent = Error::Away("no answer within 62s".into());
        assert!(!is_unwanted(&Err(silent)));
        assert!(!is_unwanted(&Ok(true)));
        assert!(is_unwanted(&Ok(false)));
        assert!(is_unwanted(&Err(Error::Contended("it yields".into()))));
    }
}
