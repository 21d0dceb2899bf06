//! Updates that come several times, mixed up, to all instances at once.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use futures::{FutureExt, future::try_join_all};
use it::{Http, until::within};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    cluster::{Cluster, Plan, SECRET},
    load::Force,
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "scattered",
    fault: "each update 1 to 5 times, shuffled, to 3 instances at once (property test)",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

async fn run(bench: Bench) -> Result<Findings> {
    let (people, texts_each) = bench.size((200, 20), (40, 5));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, people).await?;
    cluster.settled(PATIENCE).await?;
    // Telegram brings nothing by itself until the copies are all there.
    cluster.paper.balance(Vec::new());
    let before = cluster.paper.updates().len();
    let texts = Texts::default();
    for _ in 0..texts_each {
        for member in &force.members {
            texts.write(member)?;
        }
    }
    let mut of_each: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for update in cluster.paper.updates().split_off(before) {
        let from = update["message"]["from"]["id"].as_i64();
        of_each
            .entry(from.context("a message of somebody")?)
            .or_default()
            .push(update);
    }
    let mut random = bench.random();
    let brought = of_each
        .values()
        .map(|updates| bring(&cluster, updates, random.random()));
    let copies: usize = try_join_all(brought.collect::<Vec<_>>())
        .await?
        .into_iter()
        .sum();
    // One more, in its own time.
    cluster.paper.balance(cluster.live());
    cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{} updates of {people} people, {copies} copies",
        texts.count()
    ));
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// One person's updates, each to an instance by lot after the one before was accepted, and copies of earlier ones
/// beside them, whenever they get there. How many copies.
async fn bring(cluster: &Cluster, updates: &[Value], seed: u64) -> Result<usize> {
    let mut lot = StdRng::seed_from_u64(seed);
    let mut copies = JoinSet::new();
    let base = |lot: &mut StdRng| cluster.base(lot.random_range(0..cluster.size()));
    for (number, update) in updates.iter().enumerate() {
        hand_over(base(&mut lot), update.clone()).await?;
        for _ in 0..lot.random_range(0..5) {
            let copy = updates[lot.random_range(0..=number)].clone();
            copies.spawn(hand_over(base(&mut lot), copy));
        }
    }
    let count = copies.len();
    while let Some(copy) = copies.join_next().await {
        copy??;
    }
    Ok(count)
}

/// Until it was kept, as Telegram does.
async fn hand_over(base: String, update: Value) -> Result<()> {
    let http = Http::stranger(&base)?;
    within(PATIENCE, "an update to be kept", || async {
        let request = http.request(Method::POST, "/telegram/webhook");
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        let answer = http.send(request.json(&update)).await?;
        let (kept, later) = (answer.status == 200, answer.status == 503);
        ensure!(kept || later, "{}: {}", answer.status, answer.text);
        Ok(kept.then_some(()))
    })
    .await
}
