//! Instances whose clocks are wrong: what falls due does so by the database's time.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use futures::FutureExt;
use it::until::within;
use serde_json::json;

use crate::{
    cluster::{Cluster, Plan},
    load::{Crowd, Force, Samples, radio::dispatcher},
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "clock",
    fault: "clocks of the nodes +1 h, -1 h and 30 s off",
    run: |bench| run(bench).boxed(),
};

/// How far the clock of each instance is off, in seconds.
const SKEWS: [i64; 3] = [3_600, -3_600, 30];

/// Time to answer before it rings again.
const SILENCE: Duration = Duration::from_secs(5);

/// No timer earlier than that.
const EARLY: Duration = Duration::from_secs(1);

/// How late one may be that is not called missed.
const LATE: Duration = Duration::from_secs(60);

const PATIENCE: Duration = Duration::from_secs(90);

const FIRED: &str =
    "SELECT count(DISTINCT subject) FROM timers WHERE kind = 'ack' AND status = 'fired'";
const EARLY_BY_DATABASE: &str = "
    SELECT count(*) FROM timers WHERE status = 'fired' AND fired_at < due_at - interval '1 second'";

/// A call for help to which nobody comes rings again after this time.
const RING: Duration = Duration::from_secs(4);

/// So many people are near the calls.
const NEAR: usize = 12;

const RUNG: &str =
    "SELECT count(DISTINCT subject) FROM timers WHERE kind = 'emergency_ring' AND status = 'fired'";

/// What an instance wrote down by its own clock.
const FAR: &str = "
    SELECT count(*) FROM timers
    WHERE kind IN ('ack', 'emergency_ring') AND abs(extract(epoch FROM created_at - now())) > 1800";

async fn run(bench: Bench) -> Result<Findings> {
    let agents = bench.size(300, 24);
    let mut findings = Findings::default();
    let silence = SILENCE.as_secs().to_string();
    let cluster = Plan::default()
        .skewed(&SKEWS)
        .set("GAD_ACK__DEFAULT_SECONDS", &silence)
        .set("GAD_EMERGENCY__RING_SECONDS", &RING.as_secs().to_string())
        .start(&bench)
        .await?;
    for (n, skew) in SKEWS.into_iter().enumerate() {
        let off = off(&cluster, n)?;
        let right = (off - TimeDelta::seconds(skew)).abs() < TimeDelta::seconds(600);
        findings.must(
            right,
            format!("the clock of instance {n} is {off} off, so nothing was tried"),
        );
    }
    let force = Force::hire(&cluster, agents).await?;
    cluster.settled(PATIENCE).await?;
    let mut offered = Vec::new();
    let tomorrow = (cluster.store.now() + TimeDelta::days(1)).to_rfc3339();
    for (n, member) in force.members.iter().enumerate() {
        let http = cluster.admin(n % cluster.size()).await?;
        let task = json!({
            "title": format!("Mañana {n}"), "kind": "patrullaje",
            "planned_start": tomorrow, "agent_ids": [member.agent_id],
        });
        offered.push((member.phone.id(), Instant::now()));
        http.post("/api/v1/tasks", &task).await?.expect(201)?;
    }
    let due = i64::try_from(agents)?;
    within(PATIENCE, "everybody to be rung again", || async {
        Ok((cluster.count(FIRED).await? >= due).then_some(()))
    })
    .await?;
    rung(&cluster, &offered, &mut findings).await?;
    calls_for_help(&cluster, &mut findings).await?;
    let early = cluster.count(EARLY_BY_DATABASE).await?;
    findings.must(
        early == 0,
        format!("{early} timers were early by their own rows"),
    );
    let far = cluster.count(FAR).await?;
    findings.must(far == 0, format!("{far} timers were set by a wrong clock"));
    findings.did(format!(
        "{agents} people silent for {silence} s, clocks {SKEWS:?} s off"
    ));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// How far the instance's clock is off, as its log has it.
fn off(cluster: &Cluster, n: usize) -> Result<TimeDelta> {
    let log = cluster.log(n)?;
    let stamp = log.split_whitespace().next().context("a line")?;
    // It may come in colours.
    let from = stamp.find("20").context("a time")?;
    let until = stamp.find('Z').context("a time in UTC")?;
    let at: DateTime<Utc> = stamp[from..=until].parse()?;
    Ok(at - Clock::running().now())
}

/// Everybody was rung again, and nobody before his time was over.
async fn rung(
    cluster: &Cluster,
    offered: &[(i64, Instant)],
    findings: &mut Findings,
) -> Result<()> {
    let ringing = |chat: i64, since: Instant| {
        let calls = cluster.paper.calls();
        let mut news = calls.into_iter().filter(move |call| {
            call.method == "sendMessage"
                && call.is_ok()
                && call.chat() == Some(chat)
                && call.instant >= since
        });
        // The first is the offer itself.
        news.nth(1).map(|call| call.instant - since)
    };
    let mut late = Samples::default();
    for (chat, since) in offered {
        let rung = within(PATIENCE, "a second message", || async {
            Ok(ringing(*chat, *since))
        });
        let after = rung.await?;
        findings.must(
            after + EARLY >= SILENCE,
            format!("{chat} was rung after {after:?} already"),
        );
        late.add(after.saturating_sub(SILENCE));
    }
    findings.time("late, p99", late.percentile(99), Duration::from_secs(3));
    findings.must(
        late.worst() < LATE,
        format!("one was {:?} late", late.worst()),
    );
    Ok(())
}

/// One at each instance: what an emergency does next goes by the same time.
async fn calls_for_help(cluster: &Cluster, findings: &mut Findings) -> Result<()> {
    let near = Crowd::gather(cluster, NEAR).await?;
    near.is_seen(cluster).await?;
    let radio = dispatcher(cluster).await?;
    for n in 0..cluster.size() {
        let help = json!({ "lat": -34.6, "lon": -58.4, "text": format!("Choque {n}") });
        let there = radio.at(&cluster.base(n));
        there
            .post("/api/v1/emergencies", &help)
            .await?
            .expect(201)?;
    }
    let calls = i64::try_from(cluster.size())?;
    within(PATIENCE, "every call for help to ring again", || async {
        Ok((cluster.count(RUNG).await? >= calls).then_some(()))
    })
    .await?;
    findings.did(format!("{calls} calls for help, one at each instance"));
    Ok(())
}
