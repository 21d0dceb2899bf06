//! A new version, instance by instance, while everybody works.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::{FutureExt, future::join_all};
use it::{Http, http::Answer, until::within};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{sync::Mutex, task::JoinSet, time::interval};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Samples, Views, views::Closed},
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
const FULL_LOAD: (Duration, usize) = (Duration::from_millis(9), 64);
const SHORT_LOAD: (Duration, usize) = (Duration::from_millis(50), 8);

/// Requests in a second, at least; of the short form nine tenths of what it asks.
const FULL_RATE: f64 = 100.0;
const SHORT_RATE: f64 = 18.0;

/// What sockets are told that shall come back, and over how long at least an instance spreads that.
const RESTART: Option<u16> = Some(1012);
const SPREAD: Duration = Duration::from_millis(500);

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
    let asking = tokio::spawn(ask(Arc::clone(&balancer), pace, at_once));
    let (texts, mut exits) = (Texts::default(), Samples::default());
    let (begun, mut renewed) = (Instant::now(), Vec::new());
    for n in 0..cluster.size() {
        for text in 0..outgoing / cluster.size() {
            texts.write(&force.members[text % chats])?;
        }
        exits.add(renew(&cluster, n, &balancer, &mut findings).await?);
        renewed.push(Instant::now());
    }
    let rate = balancer.asked.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    balancer.over.store(true, Ordering::Relaxed);
    asking.await?;
    cluster.settled(PATIENCE).await?;
    let last = cluster
        .count("SELECT coalesce(max(seq), 0) FROM events")
        .await?;
    views.all_saw(last, PATIENCE).await?;
    load.abort_all();
    let sight = views.judge(&mut findings);
    let busy = balancer.busy.load(Ordering::Relaxed);
    let made = kept(&cluster, &balancer, &mut findings).await?;
    told_to_come_back(&sight.closes, &renewed, sockets, &mut findings);
    let least = bench.size(FULL_RATE, SHORT_RATE);
    findings.at_least("requests in a second", rate, "", least);
    findings.did(format!(
        "{} requests ({busy} times too busy), {made} of them tasks created, {sockets} sockets, {} texts, {} reconnects",
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

/// Every task whose creation was acknowledged is there once, and no other; how many there are.
async fn kept(cluster: &Cluster, balancer: &Balancer, findings: &mut Findings) -> Result<usize> {
    let made = "SELECT title FROM tasks WHERE title LIKE 'Relevo %' ORDER BY title";
    let there = cluster.rows(made).await?;
    let there: Vec<String> = there
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    let mut made = balancer.made.lock().await.clone();
    made.sort();
    findings.must(!made.is_empty(), "nothing was created");
    let (acknowledged, kept) = (made.len(), there.len());
    findings.must(
        made == there,
        format!("{acknowledged} tasks were acknowledged, {kept} are there, and not the same"),
    );
    Ok(acknowledged)
}

/// Every instance has told its sockets to come back, and not all at once.
fn told_to_come_back(
    closes: &[Closed],
    renewed: &[Instant],
    sockets: usize,
    findings: &mut Findings,
) {
    let others = closes.iter().filter(|closed| closed.code != RESTART);
    let others: Vec<_> = others.map(|closed| closed.code).collect();
    findings.must(
        others.is_empty(),
        format!(
            "{} sockets were not told 1012 but {:?}",
            others.len(),
            others.first()
        ),
    );
    findings.must(
        closes.len() >= sockets,
        format!(
            "only {} of {sockets} sockets were told to come back",
            closes.len()
        ),
    );
    let mut spreads = Vec::new();
    for (n, end) in renewed.iter().enumerate() {
        let begin = n.checked_sub(1).map(|before| renewed[before]);
        let his =
            |closed: &&Closed| closed.at < *end && begin.is_none_or(|begin| closed.at >= begin);
        let times = || closes.iter().filter(his).map(|closed| closed.at);
        let spread = times().max().zip(times().min());
        spreads.push(spread.map_or(Duration::ZERO, |(last, first)| last - first));
    }
    let least = spreads.iter().min().copied().unwrap_or_default();
    findings.must(
        least >= SPREAD,
        format!("sockets are closed all at once: {spreads:?} for each instance"),
    );
    findings.did(format!("1012 spread over {spreads:?}"));
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
    over: AtomicBool,
    failed: Mutex<Vec<String>>,
    /// The titles of the tasks whose creation was acknowledged.
    made: Mutex<Vec<String>>,
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
            over: AtomicBool::new(false),
            failed: Mutex::default(),
            made: Mutex::default(),
        }))
    }

    fn pick(&self) -> &str {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let all = self.bases.len();
        let ready = |n: &usize| self.ready[n % all].load(Ordering::Relaxed);
        let n = (turn..turn + all).find(ready).unwrap_or(turn);
        &self.bases[n % all]
    }

    /// Even numbers create a task, odd ones read a list.
    async fn ask(&self, number: usize) -> Result<()> {
        if !number.is_multiple_of(2) {
            let read = |http: Http| async move { http.get("/api/v1/tasks?limit=5").await };
            return self.in_the_end(200, read).await.map(drop);
        }
        let title = format!("Relevo {number}");
        let task = json!({ "title": title, "kind": "patrullaje" });
        let create = |http: Http| {
            let request = http.request(Method::POST, "/api/v1/tasks");
            let request = request.header("Idempotency-Key", &title).json(&task);
            async move { http.send(request).await }
        };
        self.in_the_end(201, create).await?;
        self.made.lock().await.push(title);
        Ok(())
    }

    async fn in_the_end<F: Future<Output = Result<Answer>>>(
        &self,
        wanted: u16,
        ask: impl Fn(Http) -> F,
    ) -> Result<Value> {
        for _ in 0..TRIES {
            match ask(self.admin.at(self.pick())).await {
                Err(error) if is_refused(&error) => {}
                Ok(answer) if answer.status == 503 => {
                    self.busy.fetch_add(1, Ordering::Relaxed);
                    moment::pass(COMES_AGAIN).await;
                }
                answer => return answer?.expect(wanted),
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

async fn ask(balancer: Arc<Balancer>, pace: Duration, at_once: usize) {
    let (mut asking, mut pace) = (JoinSet::new(), interval(pace));
    while !balancer.over.load(Ordering::Relaxed) {
        pace.tick().await;
        let one = Arc::clone(&balancer);
        asking.spawn(async move {
            let number = one.asked.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = one.ask(number).await {
                one.failed.lock().await.push(format!("{error:#}"));
            }
        });
        while asking.try_join_next().is_some() {}
        if asking.len() >= at_once {
            asking.join_next().await;
        }
    }
    asking.join_all().await;
}
