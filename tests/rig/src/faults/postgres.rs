//! The database is restarted under requests.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::{FutureExt, future::try_join_all};
use it::{Http, until::within};

use crate::{
    cluster::{Cluster, Plan},
    load::{Asked, Samples, Traffic, api},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "postgres",
    fault: "PostgreSQL restarted under 200 requests/s",
    run: |bench| run(bench).boxed(),
};

/// Requests in a second, at least, and what is asked for that.
const FULL_RATE: (f64, u32) = (200.0, 210);
const SHORT_RATE: (f64, u32) = (9.0, 10);

/// Requests are served again after it accepts connections.
const BACK: Duration = Duration::from_secs(3);

/// How long it is away, and how long it is there between.
const AWAY: Duration = Duration::from_secs(1);
const THERE: Duration = Duration::from_secs(4);

/// Nobody waits longer for an answer: two seconds for a connection, and what goes before and after.
const ANSWERED: Duration = Duration::from_secs(3);

/// Of what is asked once that time is over, so many percent are done.
const DONE: f64 = 99.0;

/// What was begun so shortly before the next stop, and is still under way then, may be refused because of that.
const NEXT_STOP: Duration = Duration::from_secs(1);

/// Between two tries of who waits until he is served.
const TRY: Duration = Duration::from_millis(50);

/// A time at which it was there again.
struct Return {
    accepted: Instant,
    /// From then until every instance had read and written.
    served: Duration,
    /// It was stopped once more, or the row was over.
    left: Instant,
}

impl Return {
    /// Whether what became of a request is this return's doing, and not that of the next stop.
    fn concerns(&self, one: &Asked) -> bool {
        let shortly = one.at + NEXT_STOP > self.left;
        let cut = shortly && one.at + one.took > self.left;
        one.at >= self.accepted && one.at < self.left && !cut
    }
}

async fn run(bench: Bench) -> Result<Findings> {
    let restarts = bench.size(6, 2);
    let (least, pace) = bench.size(FULL_RATE, SHORT_RATE);
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let traffic = Traffic::of(&cluster).await?;
    let restarted = restart(&bench, &traffic, restarts);
    let (asked, returns) = traffic.steady_while("tarea", pace, restarted).await?;
    let created = asked
        .iter()
        .filter(|one| one.title.is_some() && one.done())
        .count();
    findings.did(format!(
        "{restarts} restarts, {} requests, {created} tasks created",
        asked.len()
    ));
    findings.at_least("requests in a second", rate(&asked), "", least);
    kept(&cluster, &asked, &mut findings).await?;
    only_refused_well(&asked, &mut findings);
    judge(&asked, &returns, &mut findings);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// How many were begun in a second, from the first to the last.
fn rate(asked: &[Asked]) -> f64 {
    let begun = || asked.iter().map(|one| one.at);
    let time = begun().max().zip(begun().min());
    let time = time.map_or(Duration::ZERO, |(last, first)| last - first);
    asked.len() as f64 / time.as_secs_f64().max(1.0)
}

/// Stops the server in order and outright by turns, and waits each time until everybody is served again.
async fn restart(bench: &Bench, traffic: &Traffic, restarts: u32) -> Result<Vec<Return>> {
    let mut returns = Vec::new();
    moment::pass(THERE).await;
    for n in 0..restarts {
        if n % 2 == 0 {
            bench.services.postgres.stop().await?;
        } else {
            bench.services.postgres.crash().await?;
        }
        moment::pass(AWAY).await;
        bench.services.postgres.start().await?;
        let accepted = Instant::now();
        let served = all_served(traffic, n, accepted).await?;
        moment::pass(THERE.saturating_sub(accepted.elapsed())).await;
        returns.push(Return {
            accepted,
            served,
            left: Instant::now(),
        });
    }
    Ok(returns)
}

/// How long until every instance has read and written.
async fn all_served(traffic: &Traffic, restart: u32, since: Instant) -> Result<Duration> {
    let each = traffic.clients().iter().enumerate();
    let each = each.map(|(n, http)| async move {
        let what = format!("instance {n} to read and write after restart {restart}");
        let tries = AtomicUsize::new(0);
        within(10 * BACK, &what, || async {
            let number = tries.fetch_add(1, Ordering::Relaxed);
            let title = format!("Vuelta {restart} de {n}, {number}");
            let served = is_served(http, &title).await;
            if !served {
                moment::pass(TRY).await;
            }
            Ok(served.then_some(()))
        })
        .await?;
        anyhow::Ok(since.elapsed())
    });
    let took: Samples = try_join_all(each).await?.into_iter().collect();
    Ok(took.worst())
}

async fn is_served(http: &Http, title: &str) -> bool {
    let (read, written) =
        tokio::join!(http.get("/api/v1/tasks?limit=20"), api::create(http, title));
    read.is_ok_and(|answer| answer.status == 200)
        && written.is_ok_and(|answer| answer.status == 201)
}

fn judge(asked: &[Asked], returns: &[Return], findings: &mut Findings) {
    let served: Samples = returns.iter().map(|one| one.served).collect();
    findings.time(
        "every instance reads and writes, worst",
        served.worst(),
        BACK,
    );
    findings.time(
        "last refusal after its return, worst",
        refused(asked, returns).worst(),
        BACK,
    );
    let took: Samples = asked.iter().map(|one| one.took).collect();
    findings.time("slowest answer of all", took.worst(), ANSWERED);
    let calm = |one: &&Asked| {
        let calm = |back: &Return| one.at >= back.accepted + BACK && back.concerns(one);
        returns.iter().any(calm)
    };
    let calm: Vec<&Asked> = asked.iter().filter(calm).collect();
    let done = calm.iter().filter(|one| one.done()).count();
    findings.must(!calm.is_empty(), "nobody asked between the restarts");
    let percent = 100.0 * done as f64 / calm.len().max(1) as f64;
    findings.at_least("done of what was asked 3 s after", percent, "%", DONE);
}

/// Every task whose creation was acknowledged is there once.
async fn kept(cluster: &Cluster, asked: &[Asked], findings: &mut Findings) -> Result<()> {
    let mut there: BTreeMap<String, i64> = BTreeMap::new();
    for row in cluster
        .rows("SELECT title, count(*) FROM tasks GROUP BY title")
        .await?
    {
        there.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    let acknowledged = asked
        .iter()
        .filter(|one| one.done())
        .filter_map(|one| one.title.as_ref());
    let lost: Vec<&String> = acknowledged
        .filter(|title| !there.contains_key(*title))
        .collect();
    findings.must(
        lost.is_empty(),
        format!(
            "{} acknowledged tasks lost, such as {:?}",
            lost.len(),
            lost.first()
        ),
    );
    let doubled = there.values().filter(|count| **count > 1).count();
    findings.must(doubled == 0, format!("{doubled} tasks are there twice"));
    Ok(())
}

fn only_refused_well(asked: &[Asked], findings: &mut Findings) {
    let bad: Vec<&Asked> = asked
        .iter()
        .filter(|one| !one.done() && !one.refused_well())
        .collect();
    let first = bad.first().map(|one| (one.status, &one.said));
    findings.must(
        bad.is_empty(),
        format!(
            "{} other answers than 2xx and 503, such as {first:?}",
            bad.len()
        ),
    );
    findings.did(format!(
        "{} answered 503",
        asked.iter().filter(|one| one.refused_well()).count()
    ));
}

/// How long after each return the last request was begun that was still refused.
fn refused(asked: &[Asked], returns: &[Return]) -> Samples {
    let last = |back: &Return| {
        let refused = asked.iter().filter(|one| !one.done() && back.concerns(one));
        refused
            .map(|one| one.at.duration_since(back.accepted))
            .max()
            .unwrap_or_default()
    };
    returns.iter().map(last).collect()
}
