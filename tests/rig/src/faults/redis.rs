//! Redis goes in every way it can: nobody gets an error or waits for it, and the instances are joined again soon.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::FutureExt;
use it::{Http, app::PASSWORD, http::Answer, until::within};
use reqwest::Method;
use serde_json::json;

use crate::{
    cluster::{ADMIN, Cluster, Plan, SECRET},
    load::{Force, Samples, Traffic, Views, api},
    model::Texts,
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

/// What is asked by turns beside the list; a login takes the longest by itself. The figures are looked for in the cache and
/// put there, for every task that was made since asks for others, and they name who is at a board.
const KINDS: [&str; 10] = [
    "create", "ticket", "figures", "webhook", "create", "ticket", "figures", "webhook", "create",
    "login",
];

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
    let rounds = bench.size(300, 24);
    let mut findings = Findings::default();
    // Counting requests is what asks Redis most.
    let cluster = Plan::default()
        .set("GAD_LIMITS__ENABLED", "true")
        .set("GAD_LIMITS__REQUESTS", "1000000")
        .set("GAD_LIMITS__LOGINS", "1000000")
        .set("GAD_LIMITS__SOCKETS", "1000000")
        .start(&bench)
        .await?;
    let force = Force::hire(&cluster, 6).await?;
    let traffic = Traffic::of(&cluster).await?;
    let (doors, turn) = (traffic.clone(), AtomicUsize::new(0));
    let views = Views::open(2 * cluster.size(), bench.seed, move || {
        let doors = doors.clients();
        doors[turn.fetch_add(1, Ordering::Relaxed) % doors.len()].clone()
    });
    views.all_live(PATIENCE).await?;
    let house = House {
        cluster: &cluster,
        clients: traffic.clients(),
        force: &force,
        texts: Texts::default(),
        views: &views,
    };
    house.until_joined().await?;
    let usual = house.work(rounds, &mut findings).await?;
    for fault in [
        Fault::Killed,
        Fault::Hung,
        Fault::Partitioned,
        Fault::Flushed,
    ] {
        let name = format!("{fault:?}").to_lowercase();
        fault.strike(&bench, &cluster).await?;
        let without = house.work(rounds, &mut findings).await?;
        let longer = without.longer_than(&usual);
        let what = format!("{name}: slowest beyond the usual p99");
        findings.time(&what, longer, LONGER);
        let seen = house
            .all_see_what_happens(Instant::now(), &mut findings)
            .await?;
        let what = format!("{name}: every board sees it without");
        findings.time(&what, seen, CAUGHT_UP);
        let returned = Instant::now();
        fault.pass(&bench, &cluster).await?;
        let seen = house.all_see_what_happens(returned, &mut findings);
        let joined = async {
            house.until_joined().await?;
            anyhow::Ok(returned.elapsed())
        };
        let (seen, joined) = tokio::try_join!(seen, joined)?;
        let what = format!("{name}: every board has caught up");
        findings.time(&what, seen, CAUGHT_UP);
        let what = format!("{name}: joined after its return");
        findings.time(&what, joined, CAUGHT_UP);
    }
    cluster.settled(PATIENCE).await?;
    house.texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    let sight = views.judge(&mut findings);
    findings.must(
        sight.resyncs == 0 && sight.closes.is_empty(),
        format!("{} resyncs, {} closed", sight.resyncs, sight.closes.len()),
    );
    findings.did(format!("{} requests for each fault", usual.count()));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// How long each kind of request took.
#[derive(Default)]
struct Times(BTreeMap<&'static str, Samples>);

impl Times {
    fn add(&mut self, kind: &'static str, took: Duration) {
        self.0.entry(kind).or_default().add(took);
    }

    fn count(&self) -> usize {
        self.0.values().map(Samples::count).sum()
    }

    /// By how much the slowest of a kind took longer than what is usual for it.
    fn longer_than(&self, usual: &Self) -> Duration {
        let longer = self.0.iter().map(|(kind, times)| {
            let usual = usual.0.get(kind).map(|usual| usual.percentile(99));
            times.worst().saturating_sub(usual.unwrap_or_default())
        });
        longer.max().unwrap_or_default()
    }
}

struct House<'a> {
    cluster: &'a Cluster,
    clients: &'a [Http],
    force: &'a Force,
    texts: Texts,
    views: &'a Views,
}

impl House<'_> {
    /// Everything that asks Redis, at every instance: requests are counted, logins and sockets too, updates come,
    /// tasks are made.
    async fn work(&self, rounds: usize, findings: &mut Findings) -> Result<Times> {
        let mut times = Times::default();
        for round in 0..rounds {
            for (n, http) in self.clients.iter().enumerate() {
                let kind = KINDS[(round + n) % KINDS.len()];
                for kind in ["list", kind] {
                    let asked = Instant::now();
                    let answer = self.ask(kind, http).await?;
                    times.add(kind, asked.elapsed());
                    findings.must(
                        answer.status.is_success(),
                        format!("{kind}: {} {}", answer.status, answer.text),
                    );
                }
            }
        }
        for member in &self.force.members {
            self.texts.write(member)?;
        }
        Ok(times)
    }

    async fn ask(&self, kind: &str, http: &Http) -> Result<Answer> {
        match kind {
            "ticket" => http.post("/ws/ticket", &json!({})).await,
            "login" => {
                let who = json!({ "username": ADMIN, "password": PASSWORD });
                http.post("/api/v1/auth/login", &who).await
            }
            "create" => api::create(http, "Ronda").await,
            "figures" => http.get("/api/v1/stats/overview").await,
            "webhook" => {
                static NUMBER: AtomicUsize = AtomicUsize::new(700_000_000);
                // Kept, and of no interest to anybody.
                let update = json!({ "update_id": NUMBER.fetch_add(1, Ordering::Relaxed), "poll": {
                    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": false,
                    "is_anonymous": true, "type": "regular", "allows_multiple_answers": false,
                } });
                let request = http.request(Method::POST, "/telegram/webhook");
                let request = request.header("x-telegram-bot-api-secret-token", SECRET);
                http.send(request.json(&update)).await
            }
            _ => http.get("/api/v1/tasks?limit=1").await,
        }
    }

    /// A task is made at every instance: how long until every board, at whichever, has seen it and all before.
    async fn all_see_what_happens(
        &self,
        since: Instant,
        findings: &mut Findings,
    ) -> Result<Duration> {
        for http in self.clients {
            let made = api::create(http, "Vuelta").await?;
            findings.must(
                made.status == 201,
                format!("{}: {}", made.status, made.text),
            );
        }
        let last = "SELECT max(seq) FROM events";
        let last = self.cluster.count(last).await?;
        self.views.all_saw(last, PATIENCE).await?;
        Ok(since.elapsed())
    }

    async fn until_joined(&self) -> Result<()> {
        within(PATIENCE, "every instance to be joined", || async {
            for client in self.clients {
                let ready = client.get("/health/ready").await?.json();
                if ready["checks"]["redis"] != "ok" {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await
    }
}
