//! One run: which rows, with which seed, at which length.

use std::{
    path::{Path, PathBuf},
    slice,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use futures::future::{BoxFuture, try_join_all};
use rand::{SeedableRng, rngs::StdRng};

use crate::{
    report::{Findings, Report},
    services::Services,
};

/// A fault and how it is tried; add it to [`crate::faults::ROWS`].
pub struct Row {
    /// What `--only` takes.
    pub name: &'static str,
    /// The fault as the table has it.
    pub fault: &'static str,
    pub run: fn(Bench) -> BoxFuture<'static, Result<Findings>>,
}

/// What a row works with; cheap to clone.
#[derive(Clone)]
pub struct Bench {
    pub services: Arc<Services>,
    /// The program that is tried.
    pub program: String,
    /// Whether counts are small, see [`Bench::size`].
    pub short: bool,
    pub seed: u64,
    /// Where the logs of this row go.
    pub logs: PathBuf,
}

impl Bench {
    /// A count: at full length, or in the short form.
    pub fn size<T>(&self, full: T, short: T) -> T {
        if self.short { short } else { full }
    }

    /// The row's chances; the same for the same seed.
    pub fn random(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed)
    }
}

/// What a run is told.
pub struct Run {
    pub seed: u64,
    pub short: bool,
    pub program: String,
    pub rows: Vec<&'static Row>,
    /// The folder of the logs.
    pub logs: PathBuf,
    pub json: PathBuf,
}

/// A row that takes longer hangs.
const SHORT_LIMIT: Duration = Duration::from_secs(120);
const FULL_LIMIT: Duration = Duration::from_secs(900);

/// So many rows of the short form are tried at the same time, each lane with servers of its own: most of a row is
/// waiting. At full length one by one, because there the figures count.
const SHORT_LANES: usize = 2;

/// The rows that no lane has taken yet.
type Waiting<'a> = Mutex<slice::Iter<'a, &'static Row>>;

impl Run {
    /// Tries the rows. True when all is well.
    pub async fn all(self) -> Result<bool> {
        let report = Mutex::new(Report::new(self.seed, self.short)?);
        let waiting = Mutex::new(self.rows.iter());
        let lanes = if self.short { SHORT_LANES } else { 1 };
        try_join_all((0..lanes).map(|_| self.lane(&waiting, &report))).await?;
        report.into_inner().map_err(poisoned)?.end(&self.json)
    }

    /// Tries one waiting row after another.
    async fn lane(&self, waiting: &Waiting<'_>, report: &Mutex<Report>) -> Result<()> {
        let services = Arc::new(Services::start().await.context("PostgreSQL and Redis")?);
        while let Some(row) = next(waiting)? {
            services.mend().await?;
            let begun = Instant::now();
            let findings = self.one(row, &services).await;
            let took = begun.elapsed();
            let mut report = report.lock().map_err(poisoned)?;
            report.add(row.name, row.fault, took, &findings)?;
        }
        services.stop().await
    }

    async fn one(&self, row: &Row, services: &Arc<Services>) -> Findings {
        let carried_out = async {
            let bench = self.bench(row, services)?;
            let limit = bench.size(FULL_LIMIT, SHORT_LIMIT);
            // A panic of the row is a row that failed, not the end of the rig.
            let row = tokio::spawn(patience::within(limit, (row.run)(bench)));
            let ended = row.await.map_err(|panic| anyhow!("{panic}"))?;
            ended.with_context(|| format!("not done within {limit:?}"))?
        };
        carried_out
            .await
            .unwrap_or_else(|error| Findings::failed(&error))
    }

    fn bench(&self, row: &Row, services: &Arc<Services>) -> Result<Bench> {
        Ok(Bench {
            services: Arc::clone(services),
            program: self.program.clone(),
            short: self.short,
            seed: self.seed,
            logs: fresh(&self.logs.join(row.name))?,
        })
    }
}

fn next(waiting: &Waiting<'_>) -> Result<Option<&'static Row>> {
    Ok(waiting.lock().map_err(poisoned)?.next().copied())
}

/// What another lane held when it panicked.
fn poisoned<T>(_: PoisonError<T>) -> anyhow::Error {
    anyhow!("another lane panicked")
}

/// An empty folder.
fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}
