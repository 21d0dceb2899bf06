//! Anything at all, sent to every door: nothing panics, nothing is a fault of ours, and nobody else waits for it.

mod doors;
mod requests;
mod slow;
mod sockets;
mod updates;

use std::time::Duration;

use anyhow::Result;
use futures::FutureExt;
use it::Board;

use crate::{
    cluster::Plan,
    load::{Force, api},
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "hostile",
    fault: "hostile JSON, bodies, frames, headers, slow headers",
    run: |bench| run(bench).boxed(),
};

const HANGS: Duration = Duration::from_secs(1);

/// Who does not finish his headers is shown out after fifteen seconds.
const HEADERS: Duration = Duration::from_secs(16);

/// Who does not finish his body is shown out after twenty seconds.
const BODIES: Duration = Duration::from_secs(21);

const PATIENCE: Duration = Duration::from_secs(60);

const AT_ONCE: usize = 8;

async fn run(bench: Bench) -> Result<Findings> {
    let (asked, updates, spoken, bent, broken) =
        bench.size((20_000, 5_000, 5_000, 5_000, 1_000), (400, 150, 80, 80, 40));
    let mut findings = Findings::default();
    let cluster = Plan::default().nodes(1).start(&bench).await?;
    let force = Force::hire(&cluster, 5).await?;
    cluster.settled(PATIENCE).await?;
    let http = cluster.admin(0).await?;
    let doors = doors::doors(&http).await?;
    let nonsense = async {
        let mut took = doors::bodies(&bench, &http, &doors, asked, &mut findings).await?;
        took.extend(updates::strange_updates(&bench, &cluster, updates, &mut findings).await?);
        took.extend(sockets::sockets(&bench, &http, spoken, &mut findings).await?);
        took.extend(requests::bytes(&bench, &cluster, bent, &mut findings).await?);
        took.extend(sockets::frames(&bench, &http, broken, &mut findings).await?);
        requests::limits(&cluster, &http, &mut findings).await?;
        anyhow::Ok(took)
    };
    let (slow, slow_bodies, took) = tokio::join!(
        slow::slow_headers(&cluster),
        slow::slow_bodies(&cluster),
        nonsense
    );
    let took = took?;
    // Whoever behaves is served as before.
    force.members[0].phone.says("Sin novedad")?;
    let settled = cluster.settled(PATIENCE).await;
    findings.must(settled.is_ok(), format!("afterwards: {settled:?}"));
    let mut board = Board::open(&http).await?;
    api::create(&http, "Ronda").await?.expect(201)?;
    board.until("task_created").await?;
    findings.did(format!(
        "{asked} bodies on {} routes, {updates} updates, {spoken} socket messages, {bent} bent requests, {broken} broken frames",
        doors.all.len()
    ));
    findings.time("slowest answer", took.worst(), HANGS);
    findings.time("slow headers shown out", slow?, HEADERS);
    findings.time("slow bodies shown out", slow_bodies?, BODIES);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}
