//! gad doctor: what is wrong, why, and what mends it.

mod backup;
mod database;
mod files;
mod folder;
mod keys;
mod redis;
mod telegram;

use anyhow::{Result, bail};

use super::say;
use crate::config::{Config, Problems};

/// What one look has found.
pub struct Finding {
    what: &'static str,
    state: State,
    detail: String,
    cure: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Good,
    /// It works, but somebody should know.
    Noted,
    Bad,
}

impl Finding {
    pub fn good(what: &'static str, detail: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Good,
            detail: detail.into(),
            cure: None,
        }
    }

    pub fn noted(what: &'static str, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Noted,
            detail: detail.into(),
            cure: Some(cure.into()),
        }
    }

    pub fn bad(what: &'static str, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Bad,
            detail: detail.into(),
            cure: Some(cure.into()),
        }
    }
}

pub async fn run(config: Result<Config, Problems>) -> Result<()> {
    let config = config?;
    let mut findings = vec![Finding::good(
        "configuration",
        format!("{:?}", config.environment).to_lowercase(),
    )];
    findings.extend(keys::look(&config));
    findings.extend(folder::look(&config));
    findings.extend(database::look(&config).await);
    findings.extend(files::look(&config).await);
    findings.extend(telegram::look(&config).await);
    findings.extend(redis::look(&config).await);
    findings.extend(backup::look(&config).await);
    for finding in &findings {
        print(finding)?;
    }
    let bad = findings
        .iter()
        .filter(|finding| finding.state == State::Bad)
        .count();
    if bad > 0 {
        bail!("{bad} of {} checks failed", findings.len());
    }
    Ok(())
}

fn print(finding: &Finding) -> Result<()> {
    let mark = match finding.state {
        State::Good => "ok   ",
        State::Noted => "note ",
        State::Bad => "BAD  ",
    };
    say::line(format_args!("{mark}{}: {}", finding.what, finding.detail))?;
    finding
        .cure
        .iter()
        .try_for_each(|cure| say::line(format_args!("       {cure}")))
}
