//! Update ids that start again at random, as they do after a week without updates.

use std::time::Duration;

use anyhow::Result;
use futures::FutureExt;
use it::until::within;
use rand::{RngExt, rngs::StdRng};

use crate::{
    cluster::{Cluster, Plan},
    load::Force,
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "ids",
    fault: "update ids start again at random, by webhook and by polling",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A week has passed since everything that is in the inbox, and what is old is due to be forgotten.
const A_WEEK: [&str; 2] = [
    "UPDATE inbox SET received_at = received_at - interval '8 days', done_at = done_at - interval '8 days'",
    "UPDATE timers SET due_at = now() WHERE kind = 'prune' AND status = 'waiting'",
];

async fn run(bench: Bench) -> Result<Findings> {
    let mut findings = Findings::default();
    for (how, plan) in [
        ("webhook", Plan::default()),
        ("polling", Plan::default().polling()),
    ] {
        let weeks = bench.size(10, 3);
        let cluster = plan.start(&bench).await?;
        let written = live(&bench, &cluster, weeks, &mut findings).await?;
        findings.did(format!("{weeks} weeks and {written} updates by {how}"));
        cluster.finish(&mut findings).await?;
    }
    Ok(findings)
}

/// Weeks with some updates each; how many there were.
async fn live(
    bench: &Bench,
    cluster: &Cluster,
    weeks: u32,
    findings: &mut Findings,
) -> Result<usize> {
    let (chats, updates) = bench.size((50, 200), (10, 15));
    let (mut random, texts) = (bench.random(), Texts::default());
    let force = Force::hire(cluster, chats).await?;
    for week in 0..weeks {
        cluster.paper.next_update_id(start_of(week, &mut random));
        for _ in 0..updates {
            texts.write(&force.members[random.random_range(0..chats)])?;
        }
        cluster.settled(PATIENCE).await?;
        texts.check(cluster, findings).await?;
        pass_a_week(cluster).await?;
    }
    cluster.nothing_given_up(findings).await?;
    Ok(texts.count())
}

/// The second week meets the very numbers of the first one.
fn start_of(week: u32, random: &mut StdRng) -> i64 {
    match week {
        0 | 1 => 500_000_000,
        _ => random.random_range(1..i64::from(i32::MAX) / 2),
    }
}

async fn pass_a_week(cluster: &Cluster) -> Result<()> {
    for statement in A_WEEK {
        cluster.execute(statement).await?;
    }
    within(PATIENCE, "the inbox to be pruned", || async {
        let kept = cluster.count("SELECT count(*) FROM inbox").await?;
        Ok((kept == 0).then_some(()))
    })
    .await
}
