//! All connections to the database are busy.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::{FutureExt, future::join_all};
use it::{Http, http::Answer, until::within};
use sea_orm::{ConnectionTrait, TransactionTrait};
use tokio::{task::JoinSet, time::interval};

use crate::{
    cluster::Plan,
    load::Samples,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "pool",
    fault: "pool exhausted",
    run: |bench| run(bench).boxed(),
};

const LIVE: Duration = Duration::from_millis(50);
const EXCESS: Duration = Duration::from_millis(200);

const PATIENCE: Duration = Duration::from_secs(15);

/// Connections of the instance, and more requests than that, which take them all.
const CONNECTIONS: i64 = 4;
const HOLDERS: usize = 8;

/// The instance's own work holds one at times.
const BUSY: i64 = 3;

const LOOKS: usize = 50;

/// Whoever comes in the first moments cannot know yet that nothing moves.
const NOTICED: Duration = Duration::from_millis(300);

/// So many come before that.
const FIRST: usize = 30;

/// Locks are waited for five seconds.
const PACE: Duration = Duration::from_millis(8);

const LIST: &str = "/api/v1/tasks?limit=1";

/// Requests that wait for the locked table hold the connections, as far as they go.
const WAITING: &str = "
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

async fn run(bench: Bench) -> Result<Findings> {
    let requests = bench.size(400, 60);
    let mut findings = Findings::default();
    let plan = Plan::default()
        .nodes(1)
        .set("GAD_DATABASE__CONNECTIONS", &CONNECTIONS.to_string());
    let cluster = plan.start(&bench).await?;
    let http = cluster.admin(0).await?;
    let lock = cluster.rows.begin().await?;
    lock.execute_unprepared("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        .await?;
    let holders = tokio::spawn(all_at_once(http.clone(), HOLDERS));
    within(PATIENCE, "the connections to be busy", || async {
        Ok((cluster.count(WAITING).await? >= BUSY).then_some(()))
    })
    .await?;
    let later = async {
        moment::pass(NOTICED).await;
        one_after_another(&http, requests).await
    };
    let first = one_after_another(&http, FIRST);
    let (live, first, later) = tokio::join!(alive(&http), first, later);
    let taken = cluster.count(WAITING).await?;
    findings.must(
        taken <= CONNECTIONS,
        format!("{taken} connections are taken of {CONNECTIONS}"),
    );
    lock.rollback().await?;
    holders.await?;
    findings.did(format!(
        "{requests} requests more than {CONNECTIONS} connections take"
    ));
    judge(&live?, (&first, &later), &mut findings);
    let after = http.get(LIST).await?;
    findings.must(after.status == 200, format!("afterwards: {}", after.status));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// An answer and how long it took.
type Taken = (Result<Answer>, Duration);

/// Each for something else: who asks for the same waits for the same connection.
async fn all_at_once(http: Http, requests: usize) -> Vec<Taken> {
    let ask = |number| {
        let http = http.clone();
        async move { taken(&http, &format!("{LIST}&q=a{number}")).await }
    };
    join_all((0..requests).map(ask)).await
}

async fn one_after_another(http: &Http, requests: usize) -> Vec<Taken> {
    let mut pace = interval(PACE);
    let mut under_way = JoinSet::new();
    for _ in 0..requests {
        pace.tick().await;
        let http = http.clone();
        under_way.spawn(async move { taken(&http, LIST).await });
    }
    under_way.join_all().await
}

async fn taken(http: &Http, path: &str) -> Taken {
    let asked = Instant::now();
    (http.get(path).await, asked.elapsed())
}

/// Asks the process whether it lives, as a balancer does.
async fn alive(http: &Http) -> Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..LOOKS {
        let (answer, took) = taken(http, "/health/live").await;
        answer?.expect(200)?;
        samples.add(took);
        moment::pass(Duration::from_millis(20)).await;
    }
    Ok(samples)
}

fn judge(live: &Samples, (first, later): (&[Taken], &[Taken]), findings: &mut Findings) {
    let refused = |taken: &&Taken| {
        let answer = taken.0.as_ref();
        answer
            .is_ok_and(|answer| answer.status == 503 && answer.headers.contains_key("retry-after"))
    };
    for excess in [first, later] {
        let others = excess.len() - excess.iter().filter(refused).count();
        findings.must(
            others == 0,
            format!("{others} requests were not answered 503 with Retry-After"),
        );
    }
    let delays = |excess: &[Taken]| excess.iter().map(|(_, took)| *took).collect::<Samples>();
    let (first, later) = (delays(first), delays(later));
    findings.time("/health/live, worst", live.worst(), LIVE);
    findings.time("503 of the excess, p99", later.percentile(99), EXCESS);
    findings.time("503 of the excess, worst", later.worst(), EXCESS);
    findings.time("503 in the first 300 ms, worst", first.worst(), EXCESS);
}
