//! How serving ends for those who only ask.

use std::{net::SocketAddr, time::Duration};

use patience::Deadline;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{support::World, ws::PATIENCE};

#[tokio::test]
async fn in_the_notice_everything_is_answered_and_clients_are_sent_elsewhere() {
    let world = World::new().await;
    let served = world.serve_with(Duration::from_secs(3)).await;
    let ask = || connection(served.address);
    assert_eq!(ask().await, Some("keep"));
    served.shutdown.cancel();
    // The server hears of it in a moment.
    while ask().await == Some("keep") {}
    assert_eq!(ask().await, Some("close"));
    let mut deadline = Deadline::after(PATIENCE);
    while ask().await.is_some() {
        assert!(!deadline.is_over(), "the door stays open");
        tokio::task::yield_now().await;
    }
    let ended = patience::within(PATIENCE, served.running).await;
    ended
        .expect("in time")
        .expect("no panic")
        .expect("no error");
}

/// Asks whether it lives, over a connection of its own; what is said of the connection, or nothing when none was opened.
async fn connection(address: SocketAddr) -> Option<&'static str> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = "GET /health/live HTTP/1.1\r\nhost: gad\r\n\r\n";
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"{\"status\":\"ok\"}") {
        if stream.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
    }
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    let close = answer.contains("connection: close");
    Some(if close { "close" } else { "keep" })
}
