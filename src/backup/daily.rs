//! A backup every night: one instance makes it, tries it out and takes old ones away.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Store,
    lease::{Duty, Term, while_held},
    timer::{self, Claim, Due},
};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{Source, Target, create, last, manifest::Manifest, prune, verify};

/// Makes the timer of the next night, unless it is there already, or takes it back when there shall be no backups.
pub async fn schedule(store: &Store, wanted: bool) -> Result<()> {
    let work = store.write(move |tx| {
        Box::pin(async move {
            let night = next_night(tx.now());
            match wanted {
                true => timer::ensure(tx, &Due::Backup, night).await,
                false => timer::cancel(tx, &Due::Backup).await,
            }
        })
    });
    Ok(work.await?)
}

/// The next 02:00 UTC.
fn next_night(now: DateTime<Utc>) -> DateTime<Utc> {
    let night = now.date_naive().and_hms_opt(2, 0, 0);
    let night = night.expect("an hour of the day").and_utc();
    if night > now {
        night
    } else {
        night + TimeDelta::days(1)
    }
}

/// Makes one, tries it out and takes old ones away, while no other instance does.
pub async fn make(source: &Source, target: &Target) -> Result<Manifest> {
    let job = Job {
        source,
        target,
        night: None,
        done: Mutex::default(),
        over: CancellationToken::new(),
    };
    while_held(&source.store, LEASE, &holder(), &job.over, &job).await;
    let done = job.done.into_inner();
    done.unwrap_or_else(|| Err(anyhow::anyhow!("the lease on backups was lost")))
}

/// Does what the timers of the nights stand for; cheap to clone.
#[derive(Clone)]
pub struct Nights {
    source: Source,
    stop: CancellationToken,
    /// A timer falls due again while its backup is being made.
    one: Arc<Semaphore>,
}

impl Nights {
    pub fn new(source: Source, stop: CancellationToken) -> Self {
        Self {
            source,
            stop,
            one: Arc::new(Semaphore::new(1)),
        }
    }

    /// Begins and returns. When this process dies, the timer falls due again elsewhere.
    pub fn begin(&self, claim: &Claim) {
        let Ok(turn) = Arc::clone(&self.one).try_acquire_owned() else {
            return;
        };
        let (nights, claim) = (self.clone(), claim.clone());
        tokio::spawn(async move {
            let _turn = turn;
            if let Err(error) = nights.make(claim.id).await {
                let error = format!("{error:#}");
                tracing::error!(error, "the backup of the night failed");
                give_back(&nights.source.store, &claim, error).await;
            }
        });
    }

    async fn make(&self, night: i64) -> Result<()> {
        let target = Target::open(&self.source.config)?;
        let job = Job {
            source: &self.source,
            target: &target,
            night: Some(night),
            done: Mutex::default(),
            over: self.stop.child_token(),
        };
        while_held(&self.source.store, LEASE, &holder(), &job.over, &job).await;
        match job.done.into_inner() {
            Some(outcome) => outcome.map(drop),
            // Another instance made it, or this one stops.
            None => Ok(()),
        }
    }
}

/// For a later try, or, after the last one, for the next night.
async fn give_back(store: &Store, claim: &Claim, error: String) {
    let given = if claim.is_last() {
        let next = store.write(|tx| {
            Box::pin(async move {
                let night = next_night(tx.now());
                timer::set(tx, &Due::Backup, night).await
            })
        });
        next.await
    } else {
        timer::failed(store, claim, error).await
    };
    if let Err(error) = given {
        tracing::warn!(%error, "the timer of the backup comes again when its claim has run out");
    }
}

const LEASE: &str = "backup";

/// Two backups at once are two holders, in one process too.
fn holder() -> String {
    domain::secret::fresh()
}

struct Job<'a> {
    source: &'a Source,
    target: &'a Target,
    /// The timer it is for; another instance may have done it meanwhile.
    night: Option<i64>,
    done: Mutex<Option<Result<Manifest>>>,
    over: CancellationToken,
}

impl Duty for Job<'_> {
    async fn work(&self, Term { stop, .. }: Term) {
        let work = stop.run_until_cancelled(Box::pin(self.settle()));
        if let Some(outcome) = work.await {
            *self.done.lock().await = outcome.transpose();
            self.over.cancel();
        }
    }
}

impl Job<'_> {
    /// Nothing when there is nothing left to do.
    async fn settle(&self) -> Result<Option<Manifest>> {
        let store = &self.source.store;
        if let Some(id) = self.night
            && !timer::is_waiting(store, id).await?
        {
            return Ok(None);
        }
        let made = create(self.source, self.target).await?;
        let manifest = verify(self.source, self.target, &made.name).await?;
        last::note(store).await?;
        prune(self.source, self.target).await?;
        if let Some(id) = self.night {
            next(store, id).await?;
        }
        Ok(Some(manifest))
    }
}

/// This night is done.
async fn next(store: &Store, id: i64) -> Result<()> {
    let work = store.write(move |tx| {
        Box::pin(async move {
            timer::fired(tx, id).await?;
            let night = next_night(tx.now());
            timer::ensure(tx, &Due::Backup, night).await
        })
    });
    Ok(work.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_at_two() {
        let is = |now: &str, night: &str| {
            let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a literal");
            assert_eq!(next_night(at(now)), at(night));
        };
        is("2026-11-22T01:59:59Z", "2026-11-22T02:00:00Z");
        is("2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z");
        is("2026-12-31T15:00:00Z", "2027-01-01T02:00:00Z");
    }
}
