//! Safety copies: there, young enough, and what makes them.

use chrono::TimeDelta;
use domain::{Clock, Store, bell::Bell};

use super::Finding;
use crate::{
    backup::{self, Target},
    config::Config,
    open, schema,
};

/// A night, and time for the backup itself.
const YOUNG: TimeDelta = TimeDelta::hours(26);

pub async fn look(config: &Config) -> Vec<Finding> {
    // Whoever looks at the database says why it cannot be reached.
    let Ok(store) = open::connect(config, Clock::running(), Bell::default()).await else {
        return Vec::new();
    };
    let mut findings = vec![target(config).await, age(config, &store).await];
    if config.database.file().is_none() {
        findings.push(programs(config, &store).await);
    }
    findings
}

async fn target(config: &Config) -> Finding {
    let names = async {
        let target = Target::open(config)?;
        let names = target.names().await?;
        anyhow::Ok(format!("{} in {target}", names.len()))
    };
    match names.await {
        Ok(found) => Finding::good("backups", found),
        Err(error) => Finding::bad(
            "backups",
            format!("{error:#}"),
            "set GAD_BACKUP__TARGET to a folder that can be written, or to s3://BUCKET/PREFIX with its keys",
        ),
    }
}

async fn age(config: &Config, store: &Store) -> Finding {
    const WHAT: &str = "last good backup";
    let there = schema::pending(store)
        .await
        .is_ok_and(|pending| pending.is_empty());
    let last = if there {
        backup::last(store).await.ok().flatten()
    } else {
        None
    };
    let Some(last) = last else {
        return Finding::noted(WHAT, "none was made yet", "gad backup create");
    };
    let hours = (Clock::running().now() - last).num_hours();
    let detail = format!("{hours} h old");
    if hours < YOUNG.num_hours() {
        Finding::good(WHAT, detail)
    } else if config.backup.daily {
        let cure =
            "the log says why those of the last nights failed; gad backup create tries at once";
        Finding::bad(WHAT, detail, cure)
    } else {
        Finding::noted(WHAT, detail, "gad backup create, or GAD_BACKUP__DAILY=true")
    }
}

async fn programs(config: &Config, store: &Store) -> Finding {
    match backup::programs(config, store).await {
        Ok(()) => Finding::good("pg_dump", "there, and new enough"),
        Err(error) if config.backup.daily => Finding::bad(
            "pg_dump",
            format!("{error:#}"),
            "or GAD_BACKUP__DAILY=false, when something else makes backups",
        ),
        Err(error) => Finding::noted("pg_dump", format!("{error:#}"), "gad backup needs it"),
    }
}
