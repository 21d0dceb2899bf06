//! Redis goes in every way it can: nobody gets an error or waits for it, and the instances are joined again soon.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::{FutureExt, future::try_join_all};
use it::{Board, Http, until::within};
use serde_json::json;

use crate::{
    cluster::{Cluster, Plan},
    load::Samples,
    proxy::Link,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "redis",
    fault: "Redis killed, hung (SIGSTOP), partitioned, flushed",
    run: |bench| run(bench).boxed(),
};

/// How much longer a request may take without it.
const LONGER: Duration = Duration::from_millis(100);

/// How soon all is as before after its return.
const CAUGHT_UP: Duration = Duration::from_secs(2);

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
enum Fault {
    Killed,
    Hung,
    Partitioned,
    Flushed,
}

impl Fault {
    async fn strike(self, bench: &Bench, cluster: &Cluster) -> Result<()> {
        let redis = &bench.services.redis;
        match self {
            Self::Killed => redis.kill().await,
            Self::Hung => redis.freeze().await,
            Self::Partitioned => {
                cluster.redis.iter().for_each(|way| way.set(Link::Silent));
                Ok(())
            }
            Self::Flushed => redis.flush().await,
        }
    }

    async fn pass(self, bench: &Bench, cluster: &Cluster) -> Result<()> {
        let redis = &bench.services.redis;
        match self {
            Self::Killed => redis.start().await,
            Self::Hung => redis.thaw().await,
            Self::Partitioned => {
                cluster.redis.iter().for_each(|way| way.set(Link::Whole));
                Ok(())
            }
            Self::Flushed => Ok(()),
        }
    }
}

async fn run(bench: Bench) -> Result<Findings> {
    let rounds = bench.size(300, 30);
    let mut findings = Findings::default();
    // Counting requests is what asks Redis most.
    let cluster = Plan::default()
        .set("GAD_LIMITS__ENABLED", "true")
        .set("GAD_LIMITS__REQUESTS", "1000000")
        .start(&bench)
        .await?;
    let clients = try_join_all((0..cluster.size()).map(|n| cluster.admin(n))).await?;
    let mut board = Board::open(&clients[2]).await?;
    until_joined(&clients).await?;
    let usual = work(&clients, rounds, &mut board, &mut findings).await?;
    for fault in [
        Fault::Killed,
        Fault::Hung,
        Fault::Partitioned,
        Fault::Flushed,
    ] {
        fault.strike(&bench, &cluster).await?;
        let without = work(&clients, rounds, &mut board, &mut findings).await?;
        let returned = Instant::now();
        fault.pass(&bench, &cluster).await?;
        until_joined(&clients).await?;
        let name = format!("{fault:?}").to_lowercase();
        let longer = without.worst().saturating_sub(usual.percentile(99));
        findings.time(
            &format!("{name}: slowest beyond the usual p99"),
            longer,
            LONGER,
        );
        findings.time(
            &format!("{name}: joined after its return"),
            returned.elapsed(),
            CAUGHT_UP,
        );
    }
    findings.did(format!("{} requests for each fault", 3 * rounds));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Requests at all instances, and a task whose creation the board at another has to see.
async fn work(
    clients: &[Http],
    rounds: usize,
    board: &mut Board,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..rounds {
        for client in clients {
            let asked = Instant::now();
            let answer = client.get("/api/v1/tasks?limit=1").await?;
            samples.add(asked.elapsed());
            findings.must(
                answer.status == 200,
                format!("{}: {}", answer.status, answer.text),
            );
        }
    }
    let new = json!({ "title": "Ronda", "kind": "patrullaje" });
    clients[0].post("/api/v1/tasks", &new).await?.expect(201)?;
    board.until("task_created").await?;
    Ok(samples)
}

async fn until_joined(clients: &[Http]) -> Result<()> {
    within(PATIENCE, "every instance to be joined", || async {
        for client in clients {
            let ready = client.get("/health/ready").await?.json();
            if ready["checks"]["redis"] != "ok" {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}
