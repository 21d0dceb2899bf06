//! Clients hang up at random moments, in the middle of whatever their request does.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::{FutureExt, StreamExt, stream};
use it::until::within;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    cluster::{Cluster, Plan},
    load::{Samples, api},
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "hangups",
    fault: "clients hang up at random microseconds, 10,000 requests",
    run: |bench| run(bench).boxed(),
};

/// How many clients there are at once.
const CLIENTS: usize = 32;

const SETTLED: Duration = Duration::from_secs(15);

async fn run(bench: Bench) -> Result<Findings> {
    let requests = bench.size(10_000, 600);
    let mut findings = Findings::default();
    // Few connections: one that is poisoned is met soon.
    let cluster = Plan::default()
        .set("GAD_DATABASE__CONNECTIONS", "8")
        .start(&bench)
        .await?;
    let mut clients = Vec::new();
    for n in 0..cluster.size() {
        clients.push(Client::of(&cluster, n).await?);
    }
    let patience = usual(&clients, CLIENTS * 2).await * 2;
    let answered: Vec<String> = stream::iter(0..requests)
        .map(|number| clients[number % clients.len()].hang_up(number, bench.seed, patience))
        .buffer_unordered(CLIENTS)
        .filter_map(|answered| async { answered })
        .collect()
        .await;
    findings.did(format!(
        "{requests} requests, each given up to {patience:?}, {} answered in time",
        answered.len()
    ));
    let some = !answered.is_empty() && answered.len() < requests;
    findings.must(some, "nobody hung up, or everybody: nothing was tried");
    visible(&cluster, &answered, &mut findings).await?;
    healthy(&cluster, &mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// How long a request takes when as many come at once: half of them take longer.
async fn usual(clients: &[Client], requests: usize) -> Duration {
    let asked = stream::iter(0..requests).map(|number| async move {
        let begun = Instant::now();
        let answer = clients[number % clients.len()]
            .ask(&format!("Paciente {number}"))
            .await;
        answer.is_ok().then(|| begun.elapsed())
    });
    let taken: Vec<_> = asked.buffer_unordered(CLIENTS).collect().await;
    taken
        .into_iter()
        .flatten()
        .collect::<Samples>()
        .percentile(50)
}

/// An impatient program.
struct Client {
    address: String,
    bearer: String,
}

impl Client {
    async fn of(cluster: &Cluster, n: usize) -> Result<Self> {
        let http = cluster.admin(n).await?;
        let bearer = http.session["access_token"]
            .as_str()
            .context("a token")?
            .to_owned();
        let address = cluster.base(n).replacen("http://", "", 1);
        Ok(Self { address, bearer })
    }

    /// Asks for a task and hangs up; its title when it was told in time that the task is made.
    async fn hang_up(&self, number: usize, seed: u64, patience: Duration) -> Option<String> {
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(u64::try_from(number).ok()?));
        let micros = random.random_range(0..u64::try_from(patience.as_micros()).ok()?);
        let title = format!("Colgada {number}");
        let answer = tokio::time::timeout(Duration::from_micros(micros), self.ask(&title)).await;
        let created = answer
            .ok()?
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 201"));
        created.then_some(title)
    }

    async fn ask(&self, title: &str) -> Result<String> {
        let mut connection = TcpStream::connect(&self.address).await?;
        let body = format!(r#"{{"title":"{title}","kind":"patrullaje"}}"#);
        let request = format!(
            "POST /api/v1/tasks HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.bearer,
            body.len()
        );
        connection.write_all(request.as_bytes()).await?;
        let mut head = vec![0; 64];
        let length = connection.read(&mut head).await?;
        Ok(String::from_utf8_lossy(&head[..length]).into_owned())
    }
}

/// What was acknowledged is there, seen from another connection.
async fn visible(cluster: &Cluster, titles: &[String], findings: &mut Findings) -> Result<()> {
    let mut there = std::collections::BTreeMap::new();
    for row in cluster
        .rows("SELECT title, count(*) FROM tasks GROUP BY title")
        .await?
    {
        there.insert(
            row.try_get_by_index::<String>(0)?,
            row.try_get_by_index::<i64>(1)?,
        );
    }
    let lost: Vec<&String> = titles
        .iter()
        .filter(|title| !there.contains_key(*title))
        .collect();
    findings.must(
        lost.is_empty(),
        format!(
            "{} acknowledged tasks cannot be seen, such as {:?}",
            lost.len(),
            lost.first()
        ),
    );
    let doubled = there.values().filter(|count| **count > 1).count();
    findings.must(doubled == 0, format!("{doubled} tasks are there twice"));
    Ok(())
}

/// No connection keeps an open transaction, and whatever is asked now is done and can be seen.
async fn healthy(cluster: &Cluster, findings: &mut Findings) -> Result<()> {
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND (state LIKE 'idle in transaction%' OR wait_event_type = 'Lock')";
    let ended = within(SETTLED, "transactions to end", || async {
        Ok((cluster.count(open).await? == 0).then_some(()))
    });
    findings.must(ended.await.is_ok(), "a connection stays in a transaction");
    let mut made = Vec::new();
    for n in 0..cluster.size() {
        // What was asked for goes on after whoever asked has hung up, and until then there may be no room.
        let room = within(SETTLED, "room for a login", || async {
            Ok(cluster.admin(n).await.ok())
        });
        let http = room.await?;
        for number in 0..40 {
            let title = format!("Sana {n} {number}");
            let answer = api::create(&http, &title).await?;
            findings.must(
                answer.status == 201,
                format!("instance {n} answered {}: {}", answer.status, answer.text),
            );
            made.push(title);
        }
    }
    visible(cluster, &made, findings).await
}
