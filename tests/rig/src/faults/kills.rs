//! Power cuts of random instances while many people write.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use futures::FutureExt;
use rand::{RngExt, rngs::StdRng};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Samples},
    model::Texts,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "kills",
    fault: "kill -9 of random instances, 20 times during 2,000 updates over 200 chats",
    run: |bench| run(bench).boxed(),
};

/// Ready again after a start.
const READY: Duration = Duration::from_secs(5);

/// Claims of a dead instance may have to run out first.
const PATIENCE: Duration = Duration::from_secs(90);

async fn run(bench: Bench) -> Result<Findings> {
    let (kills, updates, chats) = bench.size((20, 2_000, 200), (5, 150, 30));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, chats).await?;
    let mut random = bench.random();
    let (texts, mut ready) = (Texts::default(), Samples::default());
    for _ in 0..kills {
        for _ in 0..updates / kills {
            texts.write(&force.members[random.random_range(0..chats)])?;
        }
        ready.add(cut_power(&cluster, &mut random).await?);
    }
    findings.did(format!(
        "{kills} kills, {} updates, {chats} chats",
        texts.count()
    ));
    let settled = cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "all done {:.1} s after the last",
        settled.as_secs_f64()
    ));
    findings.did(cluster.delays().await?);
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    answered_once(&cluster, &texts, &mut findings).await?;
    findings.time("ready after a start, worst", ready.worst(), READY);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Kills one of the instances in the middle of its work; the time until it was ready again.
async fn cut_power(cluster: &Cluster, random: &mut StdRng) -> Result<Duration> {
    moment::pass(Duration::from_millis(random.random_range(0..300))).await;
    let victim = random.random_range(0..cluster.size());
    cluster.kill(victim).await?;
    moment::pass(Duration::from_millis(random.random_range(0..300))).await;
    cluster.start(victim).await
}

/// Every text has exactly one answer in the outbox: the effects of an update happen once.
async fn answered_once(cluster: &Cluster, texts: &Texts, findings: &mut Findings) -> Result<()> {
    let sql =
        "SELECT status, count(*) FROM outbox WHERE notice->>'notice' = 'reply' GROUP BY status";
    let answers: BTreeMap<String, i64> = cluster
        .rows(sql)
        .await?
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<_>>()?;
    let wanted = BTreeMap::from([("sent".to_owned(), i64::try_from(texts.count())?)]);
    findings.must(
        answers == wanted,
        format!("{wanted:?} answers were due, there are {answers:?}"),
    );
    Ok(())
}
