//! Requests that are none, or too large.

use std::time::Instant;

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use it::{Board, Http};
use rand::{SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{AT_ONCE, PATIENCE};
use crate::{
    cluster::{Cluster, SECRET},
    load::{Samples, junk},
    report::Findings,
    run::Bench,
};

/// Requests with some bytes changed.
pub async fn bytes(
    bench: &Bench,
    cluster: &Cluster,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    const REQUESTS: [&[u8]; 4] = [
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        b"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"GET /ws/connect?ticket=x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\xff\xff\xff",
    ];
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 3);
    let mut requests = Vec::new();
    for _ in 0..count {
        let request = REQUESTS.choose(&mut lot).copied().unwrap_or_default();
        let (base, bent) = (cluster.base(0), junk::bent(&mut lot, request));
        requests.push(async {
            let begun = Instant::now();
            anyhow::Ok((head(base, bent).await?, begun.elapsed()))
        });
    }
    let heads = stream::iter(requests);
    let heads: Vec<_> = heads.buffer_unordered(AT_ONCE).try_collect().await?;
    let ours = heads
        .iter()
        .find(|(head, _)| head.starts_with("HTTP/1.1 5"));
    findings.must(ours.is_none(), format!("a bent request: {ours:?}"));
    Ok(heads.into_iter().map(|(_, took)| took).collect())
}

/// The first bytes of the answer, after the client has said that nothing more comes.
async fn head(base: String, request: Vec<u8>) -> Result<String> {
    let mut connection = TcpStream::connect(base.replacen("http://", "", 1)).await?;
    // It may have been shown out already.
    let _ = connection.write_all(&request).await;
    let _ = connection.shutdown().await;
    let mut head = vec![0; 32];
    let read = patience::within(PATIENCE, connection.read(&mut head)).await;
    let length = read
        .context("a bent request is left without an end")?
        .unwrap_or_default();
    Ok(String::from_utf8_lossy(&head[..length]).into_owned())
}

/// What is too large is said to be.
pub async fn limits(cluster: &Cluster, http: &Http, findings: &mut Findings) -> Result<()> {
    let giant = json!({ "title": "x".repeat(300 << 10), "kind": "patrullaje" });
    let answer = http.post("/api/v1/tasks", &giant).await?;
    findings.must(
        answer.status == 413,
        format!("a giant body: {}", answer.status),
    );
    // Who is still sending when he is refused may find the line cut before he has read why (RFC 9112, section 9.6).
    let mut said = None;
    for _ in 0..10 {
        let request = http.request(Method::POST, "/telegram/webhook");
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        if let Ok(answer) = http.send(request.body("x".repeat(1_200 << 10))).await {
            said = Some(answer.status);
            break;
        }
    }
    findings.must(
        said.is_some_and(|status| status == 413),
        format!("a giant update: {said:?}"),
    );
    let request = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "x".repeat(40 << 10)
    );
    let head = head(cluster.base(0), request.into_bytes()).await?;
    findings.must(
        head.is_empty() || head.starts_with("HTTP/1.1 4"),
        format!("giant headers: {head}"),
    );
    let mut board = Board::connect(http).await?;
    board
        .send(&json!({ "event_type": "x".repeat(65 << 10) }))
        .await?;
    let code = board.until_closed().await?;
    findings.must(code == Some(1009), format!("a giant message: {code:?}"));
    Ok(())
}
