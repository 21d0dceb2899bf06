//! A great number of events from many writers at once, seen by boards whose connections are cut at random.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use domain::{
    Store,
    event::{Event, Scope},
};
use futures::{FutureExt, future::try_join_all};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{
    cluster::Plan,
    load::Views,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "events",
    fault: "1,000,000 events, random cuts, commits out of id order",
    run: |bench| run(bench).boxed(),
};

const WRITERS: usize = 8;

/// The most events of one transaction, and the longest that it stays open before.
const TOGETHER: i64 = 400;
const OPEN_MS: u64 = 30;

/// Between two cuts, at most.
const CUT_MS: u64 = 3_000;

/// So many percent of the events come as events to every board; for the rest it may be told to start anew.
const HEARD: f64 = 90.0;

/// Who only ever begins anew has heard nothing: how much depends on the machine, that there is a part of it does not.
const AT_LEAST: f64 = 20.0;

const PATIENCE: Duration = Duration::from_secs(120);

async fn run(bench: Bench) -> Result<Findings> {
    let (events, sockets) = bench.size((1_000_000, 12), (20_000, 9));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let mut doors = Vec::new();
    for n in 0..cluster.size() {
        doors.push(cluster.admin(n).await?);
    }
    let turn = AtomicUsize::new(0);
    let door = move || doors[turn.fetch_add(1, Ordering::Relaxed) % doors.len()].clone();
    let views = Views::open(sockets, bench.seed, door);
    views.all_live(PATIENCE).await?;
    let (left, begun) = (Arc::new(AtomicI64::new(events)), Instant::now());
    let writers = try_join_all((0..WRITERS).map(|n| {
        let lot = StdRng::seed_from_u64(bench.seed.wrapping_add(n as u64));
        write(cluster.store.clone(), Arc::clone(&left), lot)
    }));
    let mut lot = bench.random();
    let cuts = async {
        let mut cuts = 0;
        loop {
            moment::pass(Duration::from_millis(lot.random_range(0..CUT_MS))).await;
            views.cut(Duration::from_millis(500));
            cuts += 1;
            if left.load(Ordering::Relaxed) <= 0 {
                return anyhow::Ok(cuts);
            }
        }
    };
    // Writers that failed leave events to be written: then nobody would ever stop cutting.
    let (_, cuts) = tokio::try_join!(writers, cuts)?;
    let took = begun.elapsed().as_secs_f64();
    let last = cluster.count("SELECT max(seq) FROM events").await?;
    views.all_saw(last, PATIENCE).await?;
    let sight = views.judge(&mut findings);
    let count = cluster.count("SELECT count(*) FROM events").await?;
    findings.must(
        last == count,
        format!("{count} events have numbers up to {last}"),
    );
    let percent = 100.0 * sight.heard as f64 / (count.max(1) as f64 * sockets as f64);
    findings.must(
        percent >= AT_LEAST,
        format!("boards heard only {percent:.1} % of the events"),
    );
    findings.at_least("heard as events", percent, "%", HEARD);
    findings.did(format!(
        "{count} events in {took:.0} s, {sockets} sockets on {} instances, {cuts} cuts, {} connects, {} resyncs",
        cluster.size(),
        sight.connects,
        sight.resyncs
    ));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Writes until none is left. Who begins first often commits last.
async fn write(store: Store, left: Arc<AtomicI64>, mut lot: StdRng) -> Result<()> {
    while left.load(Ordering::Relaxed) > 0 {
        let count = lot.random_range(1..=TOGETHER);
        let open = Duration::from_millis(lot.random_range(0..OPEN_MS));
        let written = store.write(move |tx| {
            Box::pin(async move {
                for agent_id in 0..count {
                    tx.log(Event::AgentPositionChanged { agent_id }, &Scope::default());
                }
                moment::pass(open).await;
                Ok(())
            })
        });
        written.await?;
        left.fetch_sub(count, Ordering::Relaxed);
    }
    Ok(())
}
