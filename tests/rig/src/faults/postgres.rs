//! The database is restarted under requests.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::FutureExt;

use crate::{
    cluster::{Cluster, Plan},
    load::{Asked, Samples, Traffic},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "postgres",
    fault: "PostgreSQL restarted under 200 requests/s",
    run: |bench| run(bench).boxed(),
};

/// Requests are served again after it accepts connections.
const BACK: Duration = Duration::from_secs(3);

/// How long it is away, and how long it is there between.
const AWAY: Duration = Duration::from_secs(1);
const THERE: Duration = Duration::from_secs(4);

async fn run(bench: Bench) -> Result<Findings> {
    let (restarts, rate) = bench.size((6, 200), (2, 10));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let traffic = Traffic::of(&cluster).await?;
    let time = THERE + (AWAY + THERE) * restarts;
    let (asked, accepted) = tokio::join!(
        traffic.steady("tarea", rate, time),
        restart(&bench, restarts)
    );
    let (asked, accepted) = (asked?, accepted?);
    let created = asked
        .iter()
        .filter(|one| one.title.is_some() && one.done())
        .count();
    findings.did(format!(
        "{restarts} restarts, {} requests, {created} tasks created",
        asked.len()
    ));
    kept(&cluster, &asked, &mut findings).await?;
    only_refused_well(&asked, &mut findings);
    findings.time("served again, worst", back(&asked, &accepted).worst(), BACK);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Stops the server in order and outright by turns; the moments at which it accepted connections again.
async fn restart(bench: &Bench, restarts: u32) -> Result<Vec<Instant>> {
    let mut accepted = Vec::new();
    for n in 0..restarts {
        moment::pass(THERE).await;
        if n % 2 == 0 {
            bench.services.postgres.stop().await?;
        } else {
            bench.services.postgres.crash().await?;
        }
        moment::pass(AWAY).await;
        bench.services.postgres.start().await?;
        accepted.push(Instant::now());
    }
    Ok(accepted)
}

/// Every task whose creation was acknowledged is there once.
async fn kept(cluster: &Cluster, asked: &[Asked], findings: &mut Findings) -> Result<()> {
    let mut there: BTreeMap<String, i64> = BTreeMap::new();
    for row in cluster
        .rows("SELECT title, count(*) FROM tasks GROUP BY title")
        .await?
    {
        there.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    let acknowledged = asked
        .iter()
        .filter(|one| one.done())
        .filter_map(|one| one.title.as_ref());
    let lost: Vec<&String> = acknowledged
        .filter(|title| !there.contains_key(*title))
        .collect();
    findings.must(
        lost.is_empty(),
        format!(
            "{} acknowledged tasks lost, such as {:?}",
            lost.len(),
            lost.first()
        ),
    );
    let doubled = there.values().filter(|count| **count > 1).count();
    findings.must(doubled == 0, format!("{doubled} tasks are there twice"));
    Ok(())
}

fn only_refused_well(asked: &[Asked], findings: &mut Findings) {
    let bad: Vec<&Asked> = asked
        .iter()
        .filter(|one| !one.done() && !one.refused_well())
        .collect();
    let first = bad.first().map(|one| (one.status, &one.said));
    findings.must(
        bad.is_empty(),
        format!(
            "{} other answers than 2xx and 503, such as {first:?}",
            bad.len()
        ),
    );
    findings.did(format!(
        "{} answered 503",
        asked.iter().filter(|one| one.refused_well()).count()
    ));
}

/// How long after each return the last request was begun that was still refused.
fn back(asked: &[Asked], accepted: &[Instant]) -> Samples {
    let last_refused = |since: &Instant| {
        let refused = asked
            .iter()
            .filter(|one| !one.done() && one.at >= *since && one.at < *since + THERE);
        refused
            .map(|one| one.at.duration_since(*since))
            .max()
            .unwrap_or_default()
    };
    accepted.iter().map(last_refused).collect()
}
