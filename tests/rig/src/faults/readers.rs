//! Sockets that stop reading: they are closed, and nobody else notices.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::{
    Actor,
    actor::{Channel, Level},
    event::{Event, Scope},
    unit, user,
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use it::{Board, app::PASSWORD};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    cluster::{Cluster, Plan},
    load::{Samples, Views, api},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "readers",
    fault: "100 of 2,000 sockets stop reading",
    run: |bench| run(bench).boxed(),
};

const OTHERS: Duration = Duration::from_millis(500);
const CLOSED: Duration = Duration::from_secs(10);
const MEMORY: f64 = 64.0;

const PATIENCE: Duration = Duration::from_secs(60);

/// Between two tasks that everybody hears of.
const PACE: Duration = Duration::from_millis(100);

/// One event of this length is one on the way; so many are more than two machines hold for a reader.
const LENGTH: usize = 8 << 10;
const STUFFING: i64 = 600;

const AT_ONCE: usize = 32;

/// How often somebody who does not read says that he is there: less than is called chatty.
const BEAT: Duration = Duration::from_millis(600);

/// At least so many, to tell how soon the others hear of them.
const TASKS: usize = 30;

async fn run(bench: Bench) -> Result<Findings> {
    let (sockets, slow, hearing) = bench.size((2_000, 100, 40), (60, 6, 6));
    let mut findings = Findings::default();
    let cluster = Plan::default().nodes(1).start(&bench).await?;
    let http = cluster.admin(0).await?;
    let boss = supervisor(&cluster).await?;
    let door = boss.clone();
    let views = Views::partial(sockets - slow - hearing, bench.seed, move || door.clone());
    let door = http.clone();
    let hear = Views::open(hearing, bench.seed, move || door.clone());
    let narrow = stream::iter(0..slow).map(|_| stop_reading(&http));
    let narrow: Vec<Board> = narrow.buffer_unordered(AT_ONCE).try_collect().await?;
    views.all_live(PATIENCE).await?;
    hear.all_live(PATIENCE).await?;
    views.measure_anew();
    hear.measure_anew();
    let before = cluster.memory(0).await?;
    stuff(&cluster).await?;
    let begun = Instant::now();
    let mut cut: JoinSet<Duration> = narrow
        .into_iter()
        .map(|board| until_cut(board, begun))
        .collect();
    let (mut most, mut made, mut cuts) = (before, 0, Samples::default());
    let closed = async {
        while !cut.is_empty() || made < TASKS {
            let task = api::create(&boss, &format!("Ronda {made}")).await?;
            task.expect(201)?;
            made += 1;
            most = most.max(cluster.memory(0).await?);
            while let Some(after) = cut.try_join_next() {
                cuts.add(after?);
            }
            moment::pass(PACE).await;
        }
        anyhow::Ok(())
    };
    let closed = patience::within(PATIENCE, closed).await;
    closed.context("those who do not read are not cut off")??;
    let as_slow = closed_as_slow(&cluster).await?;
    findings.must(
        as_slow == slow,
        format!("{as_slow} were closed as too slow"),
    );
    for views in [&views, &hear] {
        views.all_heard("task_created", made, PATIENCE).await?;
    }
    let stuffing = usize::try_from(STUFFING)?;
    hear.all_heard("task_updated", stuffing, PATIENCE).await?;
    let (sight, heard) = (views.judge(&mut findings), hear.judge(&mut findings));
    let others = sight.connects + heard.connects - (sockets - slow);
    findings.must(others == 0, format!("{others} others were closed too"));
    findings.did(format!(
        "{slow} of {sockets} sockets, {hearing} of the others read all of it, {made} tasks"
    ));
    findings.time("others, p99", sight.delays.percentile(99), OTHERS);
    findings.time(
        "who reads all of it, p99",
        heard.delays.percentile(99),
        OTHERS,
    );
    findings.time("slow ones cut off, worst", cuts.worst(), CLOSED);
    let grown = most.saturating_sub(before) as f64 / f64::from(1 << 20);
    findings.at_most("memory, more than before", grown, "MB", MEMORY);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Somebody who sees what is made here, and nothing of what the admins' sockets are stuffed with.
async fn supervisor(cluster: &Cluster) -> Result<it::Http> {
    let new = user::NewUser {
        units: vec![unit::Key::Name("Comisaría 0".into())],
        password: Some(PASSWORD.into()),
        ..user::NewUser::named("jefa", "Julia Jefa", Level::Supervisor)
    };
    user::create(&cluster.store, &Actor::system(Channel::Cli), new).await?;
    it::Http::login(&cluster.base(0), "jefa", PASSWORD).await
}

async fn stop_reading(http: &it::Http) -> Result<Board> {
    let mut board = Board::connect_narrow(http).await?;
    board.subscribe(&it::board::TOPICS, None).await?;
    Ok(board)
}

/// He still does not read, but looks whether there is a line: how long there was one.
async fn until_cut(mut board: Board, since: Instant) -> Duration {
    let beat = json!({ "event_type": "pong", "data": {} });
    while board.send(&beat).await.is_ok() {
        moment::pass(BEAT).await;
    }
    since.elapsed()
}

/// More than what is on the way to a reader can be.
async fn stuff(cluster: &Cluster) -> Result<()> {
    for _ in 0..STUFFING / 50 {
        let written = cluster.store.write(|tx| {
            Box::pin(async move {
                for id in 0..50 {
                    let code = "x".repeat(LENGTH);
                    tx.log(Event::TaskUpdated { id, code }, &Scope::default());
                }
                Ok(())
            })
        });
        written.await?;
        moment::pass(PACE).await;
    }
    Ok(())
}

/// How many sockets the instance has closed because they were too slow.
async fn closed_as_slow(cluster: &Cluster) -> Result<usize> {
    let metrics = it::Http::stranger(&cluster.base(0))?
        .get("/metrics")
        .await?;
    let name = r#"gad_ws_closed_total{reason="too_slow"} "#;
    let line = metrics
        .text
        .lines()
        .find_map(|line| line.strip_prefix(name));
    Ok(line.map_or(Ok(0), str::parse)?)
}
