//! gad backup: makes, tries out and restores safety copies.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use domain::{Clock, bell::Bell};

use super::say;
use crate::{
    backup::{self, Source, Target, daily},
    config::Config,
    open,
};

/// How long bringing everything back may take.
const DRILL: Duration = Duration::from_secs(30 * 60);

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gad backup create && gad backup list")]
pub struct Backup {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a backup, tries it out and takes old ones away; beside a running server
    #[command(after_help = "Example:\n  GAD_BACKUP__TARGET=/mnt/safe gad backup create")]
    Create,
    /// Restores a backup on trial and compares counts, record and evidence; changes nothing
    #[command(after_help = "Example:\n  gad backup verify 2026-11-22T020000Z")]
    Verify {
        /// Its name; the newest without one
        name: Option<String>,
    },
    /// Puts a backup back, after trying it out; stop the servers first
    #[command(after_help = "Example:\n  gad backup restore 2026-11-22T020000Z --force")]
    Restore {
        /// Its name, or `latest`
        name: String,
        /// Replaces what is in the database
        #[arg(long)]
        force: bool,
    },
    /// Names the backups that are there
    #[command(after_help = "Example:\n  gad backup list")]
    List,
}

impl Backup {
    pub async fn run(self, config: &Config) -> Result<()> {
        let target = Target::open(config)?;
        let begun = Instant::now();
        match self.action {
            Action::Create => {
                let source = Source::new(config, open::on_time(config).await?)?;
                let made = daily::make(&source, &target).await?;
                told(&made, &target, &timed("made and tried out", begun))
            }
            Action::Verify { name } => {
                let source = source(config).await?;
                let name = find(&target, name.as_deref()).await?;
                let manifest = backup::verify(&source, &target, &name).await?;
                told(&manifest, &target, &timed("good; restored on trial", begun))?;
                warn_if_slow(begun.elapsed())
            }
            Action::Restore { name, force } => {
                let source = source(config).await?;
                let name = find(&target, Some(&name)).await?;
                let manifest = backup::restore(&source, &target, &name, force).await?;
                told(&manifest, &target, &timed("restored", begun))?;
                warn_if_slow(begun.elapsed())
            }
            Action::List => list(&target).await,
        }
    }
}

/// The database may be empty, of another version or broken: that is when one needs this.
async fn source(config: &Config) -> Result<Source> {
    let store = open::connect(config, Clock::running(), Bell::default()).await?;
    Source::new(config, store)
}

async fn find(target: &Target, wanted: Option<&str>) -> Result<String> {
    let names = target.names().await?;
    match wanted {
        Some(name) if name != "latest" => {
            if !names.iter().any(|one| one == name) {
                bail!("there is no backup {name} in {target}; gad backup list names them");
            }
            Ok(name.to_owned())
        }
        _ => {
            let newest = names.last().cloned();
            newest.with_context(|| {
                format!("there is no backup in {target}; gad backup create makes one")
            })
        }
    }
}

fn timed(state: &str, begun: Instant) -> String {
    format!("{state} in {:.1} s", begun.elapsed().as_secs_f64())
}

fn warn_if_slow(took: Duration) -> Result<()> {
    if took <= DRILL {
        return Ok(());
    }
    say::line(format_args!(
        "that is longer than {} minutes: a faster disk or target, or less evidence to bring back, is wanted",
        DRILL.as_secs() / 60
    ))
}

fn told(manifest: &backup::Manifest, target: &Target, state: &str) -> Result<()> {
    let rows: i64 = manifest.census.counts.values().sum();
    say::line(format_args!(
        "{}: {state}; {rows} rows, {} files of evidence, {} MB, in {target}",
        manifest.name,
        manifest.files.len(),
        manifest.database.bytes.div_ceil(1 << 20)
    ))
}

async fn list(target: &Target) -> Result<()> {
    for name in target.names().await? {
        let state = if target.is_verified(&name).await? {
            "good"
        } else {
            "not tried out"
        };
        say::line(format_args!("{name} {state}"))?;
    }
    Ok(())
}
