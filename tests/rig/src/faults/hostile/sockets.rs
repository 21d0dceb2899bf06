//! Sockets of clients who say anything, and of those who break the rules of a socket.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use it::{Board, Http};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::json;

use super::AT_ONCE;
use crate::{
    load::{
        Samples,
        frames::{self, Bare},
        junk,
    },
    report::Findings,
    run::Bench,
};

/// As long as a goodbye may take, and more.
const LONG: Duration = Duration::from_secs(15);

/// A client that says anything is answered, or shown out; never left alone.
pub async fn sockets(
    bench: &Bench,
    http: &Http,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let (mut lot, mut took) = (StdRng::seed_from_u64(bench.seed ^ 2), Samples::default());
    let mut board = Board::connect(http).await?;
    for n in 0..count {
        if n % 100 == 99 {
            // So much is said by nobody within a minute.
            board = Board::connect(http).await?;
        }
        let mut said =
            json!({ "event_type": junk::text(&mut lot), "data": junk::value(&mut lot, 3) });
        if let Some(word) = ["subscribe", "unsubscribe"]
            .choose(&mut lot)
            .filter(|_| lot.random())
        {
            said["event_type"] = json!(word);
        }
        let begun = Instant::now();
        board.send(&said).await?;
        let known = ["ping", "pong"].contains(&said["event_type"].as_str().unwrap_or_default());
        if !known {
            let answer = board.next_event().await;
            took.add(begun.elapsed());
            findings.must(
                answer.is_ok(),
                format!("{said} was not answered: {answer:?}"),
            );
        }
    }
    Ok(took)
}

/// Bytes that break the rules of a socket end it, and nothing else.
pub async fn frames(
    bench: &Bench,
    http: &Http,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 4);
    let broken: Vec<_> = (0..count)
        .map(|_| {
            let (what, bytes) = frames::breaking(&mut lot);
            async move {
                let bare = Bare::open(http).await?;
                let begun = Instant::now();
                let out = patience::within(LONG, bare.until_shown_out(&bytes)).await;
                anyhow::Ok((what, out, begun.elapsed()))
            }
        })
        .collect();
    let shown_out = stream::iter(broken).buffer_unordered(AT_ONCE);
    let shown_out: Vec<_> = shown_out.try_collect().await?;
    for (what, out, _) in &shown_out {
        findings.must(out.is_some(), format!("{what}: the socket stays open"));
    }
    Ok(shown_out.into_iter().map(|(_, _, took)| took).collect())
}
