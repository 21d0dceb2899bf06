//! How a socket ends, and whose does not.

use std::time::Duration;

use domain::{
    Actor,
    actor::{Channel, Level},
    user,
};
use futures::SinkExt;
use patience::Stopwatch;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio_tungstenite::tungstenite::Message;

use super::{PATIENCE, Socket, happen, happen_at_length, world};
use crate::support::{World, bare, config};

#[tokio::test]
async fn who_answers_no_ping_is_let_go() {
    let config = api::Config {
        heartbeat: Duration::from_millis(100),
        ..config()
    };
    let world = World::with(config).await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let served = world.serve().await;
    let token = world.token("ana").await;
    let (mut there, mut silent) = (
        Socket::open(&served, &world, &token).await,
        Socket::open(&served, &world, &token).await,
    );
    silent.expect("connection_ack").await;
    // Nobody reads what comes here, so nothing is answered.
    let mut rest = Vec::new();
    there.expect("connection_ack").await;
    let mut pings = 0;
    let ended = {
        let reading = silent.0.get_mut().read_to_end(&mut rest);
        let mut ended = std::pin::pin!(patience::within(PATIENCE, reading));
        loop {
            tokio::select! {
                ended = &mut ended => break ended,
                message = there.hear() => pings += u32::from(message["event_type"] == "ping"),
            }
        }
    };
    ended.expect("it is let go").ok();
    assert!(pings > 2, "{pings}");
    let goodbye = [&1001_u16.to_be_bytes()[..], b"no answer to ping"].concat();
    let said = rest.windows(goodbye.len()).any(|bytes| bytes == goodbye);
    assert!(said, "{}", String::from_utf8_lossy(&rest));
    // Whoever answers stays.
    there.say("ping", json!({})).await;
    while there.hear().await["event_type"] != "pong" {}
}

#[tokio::test]
async fn who_stops_reading_is_shown_out_and_holds_up_nobody() {
    let (world, served, token) = world().await;
    world.user("alma", Level::Admin, "Centro").await;
    let mut reader = Socket::open(&served, &world, &token).await;
    let admin = world.token("alma").await;
    let mut slow = Socket::narrow(&served, &world, &admin).await;
    let mut first = 0;
    for socket in [&mut reader, &mut slow] {
        socket.expect("connection_ack").await;
        socket
            .say("subscribe", json!({ "topics": ["tasks"] }))
            .await;
        let subscribed = socket.expect("subscribed").await;
        first = subscribed["data"]["seq"].as_i64().expect("a number");
    }
    // More than lies on the way to somebody who does not read, then more events than are replayed. The other one sees
    // only these.
    for _ in 0..7 {
        happen_at_length(&world.store, 100, 99, 8 << 10).await;
    }
    let mut last = first + 700;
    for _ in 0..6 {
        happen(&world.store, 1_000, 1).await;
    }
    for _ in 0..6_000 {
        last += 1;
        assert_eq!(reader.expect("task_updated").await["seq"], last);
    }
    let (frame, seen) = slow.read_to_the_end().await;
    assert_eq!(u16::from(frame.code), 4008);
    let came = i64::try_from(seen.len()).expect("few");
    assert!(came < last - first, "it has read everything");
    assert!(
        seen.into_iter().eq(first + 1..=first + came),
        "events were left out"
    );
}

#[tokio::test]
async fn a_session_that_ends_takes_its_socket_with_it() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    let started = Stopwatch::start();
    world
        .ask(bare("POST", "/api/v1/auth/logout", Some(&token)))
        .await;
    assert_eq!(u16::from(socket.expect_close().await.code), 4401);
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn who_is_switched_off_is_off_the_line_within_a_second() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    let me = world.get("/api/v1/auth/me", &token).await.json["id"]
        .as_i64()
        .expect("a number");
    let started = Stopwatch::start();
    user::disable(&world.store, &Actor::system(Channel::Cli), me)
        .await
        .expect("it works");
    assert_eq!(u16::from(socket.expect_close().await.code), 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn nonsense_is_answered_and_giants_are_shown_out() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    socket
        .0
        .send(Message::text("no json"))
        .await
        .expect("it is open");
    assert_eq!(socket.expect("error").await["data"]["code"], "malformed");
    socket
        .say("subscribe", json!({ "topics": ["gossip"] }))
        .await;
    assert_eq!(
        socket.expect("error").await["data"]["code"],
        "unknown_topic"
    );
    socket.expect("subscribed").await;
    socket
        .0
        .send(Message::text("x".repeat(65 * 1024)))
        .await
        .expect("it is open");
    assert_eq!(u16::from(socket.expect_close().await.code), 1009);
}

#[tokio::test]
async fn a_shutdown_says_come_back() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    served.shutdown.cancel();
    assert_eq!(u16::from(socket.expect_close().await.code), 1012);
    drop(socket);
    let ended = patience::within(PATIENCE, served.running).await;
    ended
        .expect("in time")
        .expect("no panic")
        .expect("no error");
}
