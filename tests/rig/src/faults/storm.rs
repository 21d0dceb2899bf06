//! Many sockets on one instance, which are all cut and come back together.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::FutureExt;

use crate::{
    cluster::Plan,
    load::{Views, api},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "storm",
    fault: "10,000 sockets on one instance; all of them reconnect within 30 s",
    run: |bench| run(bench).boxed(),
};

const FAN_OUT: Duration = Duration::from_millis(500);
const LIVE: Duration = Duration::from_secs(45);
const EACH_KB: f64 = 16.0;
const ALL_MB: f64 = 250.0;

const PATIENCE: Duration = Duration::from_secs(300);

/// Between two tasks that everybody hears of.
const PACE: Duration = Duration::from_millis(500);

async fn run(bench: Bench) -> Result<Findings> {
    let (sockets, tasks, spread) = bench.size((10_000, 40, 30), (100, 6, 4));
    let mut findings = Findings::default();
    let cluster = Plan::default().nodes(1).start(&bench).await?;
    let http = cluster.admin(0).await?;
    let before = cluster.memory(0).await?;
    let door = http.clone();
    let views = Views::open(sockets, bench.seed, move || door.clone());
    views.all_live(PATIENCE).await?;
    let with_all = cluster.memory(0).await?;
    views.measure_anew();
    let mut refused = 0;
    for n in 0..tasks {
        refused += api::create_in_the_end(&http, &format!("Ronda {n}")).await?;
        moment::pass(PACE).await;
    }
    let last = cluster.count("SELECT max(seq) FROM events").await?;
    views.all_saw(last, PATIENCE).await?;
    let calm = views.judge(&mut findings).delays.percentile(99);

    let begun = Instant::now();
    views.cut(Duration::from_secs(spread));
    let missed = async {
        for n in 0..tasks {
            refused += api::create_in_the_end(&http, &format!("Perdida {n}")).await?;
            moment::pass(PACE).await;
        }
        anyhow::Ok(())
    };
    let back = async {
        views.all_live(PATIENCE).await?;
        anyhow::Ok(begun.elapsed())
    };
    let ((), back) = tokio::try_join!(missed, back)?;
    let last = cluster.count("SELECT max(seq) FROM events").await?;
    views.all_saw(last, PATIENCE).await?;
    let sight = views.judge(&mut findings);
    findings.must(
        sight.resyncs == 0,
        format!("{} had to start anew", sight.resyncs),
    );
    findings.did(format!(
        "{sockets} sockets, {last} events, {refused} times too busy for a task"
    ));
    findings.time("fan-out, p99", calm, FAN_OUT);
    findings.time("all live again", back, LIVE);
    let grown = with_all.saturating_sub(before) as f64 / 1024.0;
    findings.at_most("memory of each", grown / sockets as f64, "KB", EACH_KB);
    findings.at_most("memory of all", grown / 1024.0, "MB", ALL_MB);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}
