//! What a server costs before anybody asks: time until it is ready, and memory.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use it::{Http, process::Process, until};

use crate::{
    house::House,
    table::{Row, milliseconds},
};

const STARTS: usize = 5;
/// Looks at the memory, a tenth of a second apart.
const LOOKS: usize = 20;
/// What a start looks up is forgotten by then, in a process that nobody asks anything.
const SETTLED: Duration = Duration::from_secs(20);

/// The median time from starting the program to the first 200 of `/health/ready`.
pub async fn ready(house: &House) -> Result<Vec<Row>> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let server = house.open().await?;
        is_ready(&server).await?;
        took.push(begun.elapsed());
        server.kill().await?;
    }
    took.sort_unstable();
    let median = took[STARTS / 2];
    Ok(vec![
        Row::new("start to ready", milliseconds(median), "ms").below(300.0),
    ])
}

async fn is_ready(server: &Process) -> Result<()> {
    let http = Http::stranger(server.base())?;
    until("readiness", || async {
        Ok((http.get("/health/ready").await?.status == 200).then_some(()))
    })
    .await
}

/// The most it takes up in the two seconds after its start, and once what a start has to do is done.
pub async fn idle(server: &Process) -> Result<Vec<Row>> {
    is_ready(server).await?;
    let idle = most(server).await?;
    let mut settled = tokio::time::interval(SETTLED);
    // The first one comes at once.
    settled.tick().await;
    settled.tick().await;
    let settled = most(server).await?;
    Ok(vec![
        Row::new("memory, idle", idle, "MB").below(40.0),
        Row::new("memory, 20 s later", settled, "MB"),
    ])
}

async fn most(server: &Process) -> Result<f64> {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let mut most = 0.0_f64;
    for _ in 0..LOOKS {
        ticks.tick().await;
        most = most.max(memory(server, "VmRSS:")?);
    }
    Ok(most)
}

/// The most it ever took up.
pub fn peak(server: &Process) -> Result<Row> {
    Ok(Row::new("memory, peak", memory(server, "VmHWM:")?, "MB"))
}

/// A figure of its memory, in MB.
pub fn memory(server: &Process, field: &str) -> Result<f64> {
    let id = server.id().context("it has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    let kilobytes: u32 = kilobytes.context("no such field")?.parse()?;
    Ok(f64::from(kilobytes) * 1024.0 / 1e6)
}
