//! One run: which rows, with which seed, at which length.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use futures::future::BoxFuture;
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

impl Run {
    /// Tries the rows one after another. True when all is well.
    pub async fn all(self) -> Result<bool> {
        let mut report = Report::new(self.seed, self.short)?;
        let services = Arc::new(Services::start().await.context("PostgreSQL and Redis")?);
        for row in &self.rows {
            services.mend().await?;
            let begun = Instant::now();
            let findings = self.one(row, &services).await;
            report.add(row.name, row.fault, begun.elapsed(), &findings)?;
        }
        services.stop().await?;
        report.end(&self.json)
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

/// An empty folder.
fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}
