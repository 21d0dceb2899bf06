//! Clients who begin a request and send no more.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::PATIENCE;
use crate::cluster::{Cluster, SECRET};

/// Half a head; how long until they were shown out.
pub async fn slow_headers(cluster: &Cluster) -> Result<Duration> {
    const BEGUN: [&str; 4] = [
        "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
    ];
    shown_out(cluster, &BEGUN.map(str::to_owned)).await
}

/// The same with half a body, at doors of every kind.
pub async fn slow_bodies(cluster: &Cluster) -> Result<Duration> {
    let half = |door: &str, headers: &str| {
        let json = "Content-Type: application/json\r\nContent-Length: 1000\r\n";
        format!(
            "POST {door} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{json}{headers}\r\n{{\"a\":"
        )
    };
    let secret = format!("X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n");
    let bearer = format!("Authorization: Bearer {}\r\n", bearer(cluster).await?);
    let halves = [
        half("/api/v1/auth/login", ""),
        half("/telegram/webhook", &secret),
        half("/api/v1/tasks", &bearer),
    ];
    shown_out(cluster, &halves).await
}

async fn bearer(cluster: &Cluster) -> Result<String> {
    let http = cluster.admin(0).await?;
    let token = http.session["access_token"].as_str();
    Ok(token.context("a token")?.to_owned())
}

/// How long until so many who said no more than that had to go.
async fn shown_out(cluster: &Cluster, halves: &[String]) -> Result<Duration> {
    let begun = Instant::now();
    let clients = halves.iter().cycle().take(60).map(|half| async move {
        let mut connection = TcpStream::connect(cluster.base(0).replacen("http://", "", 1)).await?;
        connection.write_all(half.as_bytes()).await?;
        let mut rest = Vec::new();
        let ended = patience::within(PATIENCE, connection.read_to_end(&mut rest)).await;
        ended.context("a slow client is never shown out")?.ok();
        anyhow::Ok(())
    });
    try_join_all(clients).await?;
    Ok(begun.elapsed())
}
