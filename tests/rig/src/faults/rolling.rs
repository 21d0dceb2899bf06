//! A new version, instance by instance, while everybody works.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use futures::{FutureExt, future::join_all};
use it::{Http, until::within};
use rustix::process::Signal;
use serde_json::Value;
use tokio::{sync::Mutex, task::JoinSet, time::Instant};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Samples, Views},
    model::Texts,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "rolling",
    fault: "SIGTERM of each of 3 nodes in turn under 100 requests/s, 1,000 sockets, 500 outgoing",
    run: |bench| run(bench).boxed(),
};

/// From the signal to the end.
const EXIT: Duration = Duration::from_secs(25);

/// How often the balancer looks at each instance.
const LOOK: Duration = Duration::from_millis(250);

/// Between two requests, and the most at once: beyond, the load would only measure itself. The debug build of the
/// short form shares its cores with others.
const FULL_LOAD: (Duration, usize) = (Duration::from_millis(10), 32);
const SHORT_LOAD: (Duration, usize) = (Duration::from_millis(50), 4);

/// How often a request is passed on, and the pause after "too busy".
const TRIES: usize = 20;
const COMES_AGAIN: Duration = Duration::from_millis(250);

/// What is in hand at the end.
const PATIENCE: Duration = Duration::from_secs(60);

async fn run(bench: Bench) -> Result<Findings> {
    let (sockets, outgoing, chats) = bench.size((1_000, 500, 100), (45, 90, 30));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, chats).await?;
    let balancer = Balancer::over(&cluster).await?;
    let door = Arc::clone(&balancer);
    let views = Views::open(sockets, bench.seed, move || door.admin.at(door.pick()));
    views.all_live(PATIENCE).await?;
    let mut load = JoinSet::new();
    load.spawn(watch(Arc::clone(&balancer)));
    let (pace, at_once) = bench.size(FULL_LOAD, SHORT_LOAD);
    let asking = load.spawn(ask(Arc::clone(&balancer), pace, at_once));
    let (texts, mut exits) = (Texts::default(), Samples::default());
    for n in 0..cluster.size() {
        for text in 0..outgoing / cluster.size() {
            texts.write(&force.members[text % chats])?;
        }
        exits.add(renew(&cluster, n, &balancer, &mut findings).await?);
    }
    asking.abort();
    cluster.settled(PATIENCE).await?;
    let last = cluster
        .count("SELECT coalesce(max(seq), 0) FROM events")
        .await?;
    views.all_saw(last, PATIENCE).await?;
    load.abort_all();
    let sight = views.judge(&mut findings);
    let busy = balancer.busy.load(Ordering::Relaxed);
    findings.did(format!(
        "{} requests ({busy} times too busy), {sockets} sockets, {} texts, {} reconnects",
        balancer.asked.load(Ordering::Relaxed),
        texts.count(),
        sight.connects - sockets,
    ));
    findings.must(
        sight.resyncs == 0,
        format!("{} boards had to start anew", sight.resyncs),
    );
    let failed = balancer.failed.lock().await;
    findings.must(
        failed.is_empty(),
        format!(
            "{} requests failed, such as {:?}",
            failed.len(),
            failed.first()
        ),
    );
    let webhook = cluster.webhook().await?;
    findings.must(!webhook.is_empty(), "the webhook is gone");
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    findings.must(
        bench.short || busy == 0,
        format!("{busy} times an instance was too busy"),
    );
    findings.time("from SIGTERM to the end, worst", exits.worst(), EXIT);
    drop(failed);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Ends an instance by SIGTERM and starts it again; the time it took to end.
async fn renew(
    cluster: &Cluster,
    n: usize,
    balancer: &Balancer,
    findings: &mut Findings,
) -> Result<Duration> {
    let begun = Instant::now();
    cluster.signal(n, Signal::TERM).await?;
    let code = cluster.ended(n, 2 * EXIT).await?;
    let took = begun.elapsed();
    findings.must(code == Some(0), format!("instance {n} ended with {code:?}"));
    cluster.start(n).await?;
    within(PATIENCE, "the balancer to see it again", || async {
        Ok(balancer.ready[n].load(Ordering::Relaxed).then_some(()))
    })
    .await?;
    Ok(took)
}

/// Sends every request to an instance that said it is ready, and to another one when a connection is refused or the
/// instance says that it is too busy.
struct Balancer {
    admin: Http,
    bases: Vec<String>,
    ready: Vec<AtomicBool>,
    next: AtomicUsize,
    asked: AtomicUsize,
    /// Answers by which an instance said that it was too busy.
    busy: AtomicUsize,
    failed: Mutex<Vec<String>>,
}

impl Balancer {
    async fn over(cluster: &Cluster) -> Result<Arc<Self>> {
        let bases: Vec<String> = (0..cluster.size()).map(|n| cluster.base(n)).collect();
        Ok(Arc::new(Self {
            admin: cluster.admin(0).await?,
            ready: bases.iter().map(|_| AtomicBool::new(true)).collect(),
            bases,
            next: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            failed: Mutex::default(),
        }))
    }

    fn pick(&self) -> &str {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let all = self.bases.len();
        let ready = |n: &usize| self.ready[n % all].load(Ordering::Relaxed);
        let n = (turn..turn + all).find(ready).unwrap_or(turn);
        &self.bases[n % all]
    }

    async fn get(&self, path: &str) -> Result<Value> {
        for _ in 0..TRIES {
            match self.admin.at(self.pick()).get(path).await {
                Err(error) if is_refused(&error) => {}
                Ok(answer) if answer.status == 503 => {
                    self.busy.fetch_add(1, Ordering::Relaxed);
                    moment::pass(COMES_AGAIN).await;
                }
                answer => return answer?.expect(200),
            }
        }
        anyhow::bail!("no instance answers")
    }
}

/// Nothing was sent: another instance may be asked.
fn is_refused(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<reqwest::Error>()
        .is_some_and(reqwest::Error::is_connect)
}

async fn watch(balancer: Arc<Balancer>) -> Result<()> {
    loop {
        let looks = balancer
            .bases
            .iter()
            .zip(&balancer.ready)
            .map(async |(base, ready)| {
                let answer = balancer.admin.at(base).get("/health/ready").await;
                ready.store(
                    answer.is_ok_and(|answer| answer.status == 200),
                    Ordering::Relaxed,
                );
            });
        join_all(looks).await;
        moment::pass(LOOK).await;
    }
}

async fn ask(balancer: Arc<Balancer>, pace: Duration, at_once: usize) -> Result<()> {
    let mut asking = JoinSet::new();
    loop {
        let one = Arc::clone(&balancer);
        asking.spawn(async move {
            one.asked.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = one.get("/api/v1/tasks?limit=5").await {
                one.failed.lock().await.push(format!("{error:#}"));
            }
        });
        while asking.try_join_next().is_some() {}
        if asking.len() >= at_once {
            asking.join_next().await;
        }
        moment::pass(pace).await;
    }
}
