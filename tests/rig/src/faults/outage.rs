//! Telegram has a bad minute.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::FutureExt;
use it::until::within;
use telegram::{Call, Fault, FaultKind};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Talk, Traffic, api},
    model::Texts,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "outage",
    fault: "Telegram answers 429 to all, 500, HTML, not at all, and resets, for 60 s",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(180);

/// The least that leaves in a second once Telegram takes messages again.
const DRAINS: f64 = 25.0;

async fn run(bench: Bench) -> Result<Findings> {
    let (chats, texts_per_second, requests, each) = bench.size((200, 10, 50, 12), (40, 6, 8, 2));
    let mut findings = Findings::default();
    let cluster = Plan::default().limited().start(&bench).await?;
    let force = Force::hire(&cluster, chats).await?;
    cluster.settled(PATIENCE).await?;
    let (texts, traffic) = (Texts::default(), Traffic::of(&cluster).await?);
    let (bad, each) = (Duration::from_secs(each) * 5, Duration::from_secs(each));
    // What is compared is an hour like any other, in which people write and are answered, with one without Telegram.
    let (calm, usual) = tokio::join!(
        traffic.steady("antes", requests, bad),
        Talk::steady(&force.members, &texts, texts_per_second, bad),
    );
    let (calm, usual) = (calm?, usual?);
    cluster.settled(PATIENCE).await?;
    let answered = usual.answers(&cluster.paper).missing;
    findings.must(
        answered == 0,
        format!("{answered} answers never came before"),
    );
    let (asked, talk, ended) = tokio::join!(
        traffic.steady("durante", requests, bad),
        Talk::steady(&force.members, &texts, texts_per_second, bad),
        a_bad_minute(&cluster, each),
    );
    let (asked, talk) = (asked?, talk?);
    let drained = drain(&cluster, ended).await?;
    findings.did(format!(
        "{} s of trouble, {} texts, {} requests",
        bad.as_secs(),
        talk.count(),
        asked.len()
    ));
    findings.did(cluster.delays().await?);
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    let missing = talk.answers(&cluster.paper).missing;
    findings.must(missing == 0, format!("{missing} answers never came"));
    let failed = asked
        .iter()
        .filter(|one| !one.done() && !one.refused_well())
        .count();
    findings.must(failed == 0, format!("{failed} requests failed"));
    let (before, during) = (
        api::delays(&calm).percentile(99),
        api::delays(&asked).percentile(99),
    );
    let percent = during.as_secs_f64() / before.as_secs_f64() * 100.0;
    findings.did(format!(
        "API p99 {} ms before, {} ms during",
        before.as_millis(),
        during.as_millis()
    ));
    findings.at_most("API p99, of that before", percent, "%", 110.0);
    findings.at_least("drains", drained, "messages/s", DRAINS);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// One trouble after another; when the last ended.
async fn a_bad_minute(cluster: &Cluster, each: Duration) -> Instant {
    let troubles = [
        FaultKind::TooManyRequests(2),
        FaultKind::ServerError,
        FaultKind::BadGateway,
        FaultKind::Hang(Duration::from_secs(30)),
        FaultKind::Reset,
    ];
    for trouble in troubles {
        cluster.paper.fault(Fault::new(trouble));
        moment::pass(each).await;
        cluster.paper.clear_faults();
    }
    Instant::now()
}

/// Waits until everything has left; how many messages did in a second, from the first that came through.
async fn drain(cluster: &Cluster, ended: Instant) -> Result<f64> {
    let took = |call: &&Call| call.instant >= ended && call.method == "sendMessage" && call.is_ok();
    within(PATIENCE, "Telegram to be tried again", || async {
        Ok(cluster.paper.calls().iter().rev().find(took).map(drop))
    })
    .await?;
    cluster.settled(PATIENCE).await?;
    let calls = cluster.paper.calls();
    let left: Vec<&Call> = calls.iter().filter(took).collect();
    let (first, last) = (
        left.first().context("a message")?,
        left.last().context("a message")?,
    );
    let span = last.instant.duration_since(first.instant).as_secs_f64();
    Ok(left.len().saturating_sub(1) as f64 / span.max(0.001))
}
