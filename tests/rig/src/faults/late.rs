//! How late timers were done while instances were killed, as PostgreSQL keeps the moment of each commit.

use std::time::Duration;

use anyhow::Result;
use domain::Clock;
use it::until::within;
use rand::{RngExt, rngs::StdRng};

use crate::{cluster::Cluster, load::Samples, report::Findings};

/// How late a step may be, and one that a killed instance may have had in hand.
const LATE: Duration = Duration::from_secs(2);
const LATE_AFTER_A_KILL: Duration = Duration::from_secs(5);

/// Seconds before and after a kill in which a step may have been in the hands of whoever was killed.
const AROUND: (f64, f64) = (3.0, 6.0);

const PATIENCE: Duration = Duration::from_secs(90);

/// Of which kind a step was, when it was due, and when it was committed.
const DONE: &str = "
    SELECT kind, extract(epoch FROM due_at)::float8, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
    FROM timers WHERE status = 'fired' AND kind IN ";

/// Kills an instance and starts it again, every second time the one that sends; when, in Unix time.
pub(super) async fn kill_one(cluster: &Cluster, number: u32, lot: &mut StdRng) -> Result<f64> {
    let victim = match number % 2 {
        0 => within(PATIENCE, "somebody to send", || cluster.sender()).await?,
        _ => lot.random_range(0..cluster.size()),
    };
    cluster.kill(victim).await?;
    let killed = Clock::running().now().timestamp_micros() as f64 / 1e6;
    cluster.start(victim).await?;
    Ok(killed)
}

/// How late the steps of these kinds were, with those apart that somebody who was killed may have had in hand. How many there were.
pub(super) async fn how_late(
    cluster: &Cluster,
    kinds: &[&str],
    kills: &[f64],
    findings: &mut Findings,
) -> Result<usize> {
    let named: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    let done = cluster
        .rows(&format!("{DONE} ({})", named.join(", ")))
        .await?;
    let (mut calm, mut killed) = (Samples::default(), Samples::default());
    for row in &done {
        let (due, committed): (f64, f64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let near = |kill: &f64| due > kill - AROUND.0 && due < kill + AROUND.1;
        let of = match kills.iter().any(near) {
            true => &mut killed,
            false => &mut calm,
        };
        of.add(Duration::from_secs_f64((committed - due).max(0.0)));
    }
    findings.did(format!(
        "{} steps around a kill and {} far from any",
        killed.count(),
        calm.count()
    ));
    // What has no samples has no figure.
    for (what, of, goal) in [
        ("a step late, worst", calm, LATE),
        (
            "a step late around a kill, worst",
            killed,
            LATE_AFTER_A_KILL,
        ),
    ] {
        if of.count() > 0 {
            findings.time(what, of.worst(), goal);
        }
    }
    Ok(done.len())
}
