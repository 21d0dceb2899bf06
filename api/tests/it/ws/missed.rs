//! What was missed is made up for, or said to be lost.

use chrono::TimeDelta;
use domain::event;
use serde_json::json;

use super::{Socket, happen, world};

#[tokio::test]
async fn what_was_missed_comes_once_and_in_order() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    let greeting = socket.expect("connection_ack").await["data"].clone();
    drop(socket);
    happen(&world.store, 700, 1).await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    let since = json!({ "epoch": greeting["epoch"], "seq": greeting["seq"] });
    socket
        .say("subscribe", json!({ "topics": ["tasks"], "since": since }))
        .await;
    // While the past is replayed the present goes on.
    happen(&world.store, 700, 1).await;
    socket.expect("subscribed").await;
    let first = greeting["seq"].as_i64().expect("a number");
    for seq in first + 1..=first + 1400 {
        assert_eq!(socket.expect("task_updated").await["seq"], seq);
    }
}

#[tokio::test]
async fn what_happens_once_one_knows_who_one_is_is_told_to_a_later_socket() {
    let (world, served, token) = world().await;
    let me = world.get("/api/v1/auth/me", &token).await.json;
    happen(&world.store, 3, 1).await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    let wanted = json!({ "topics": ["tasks"], "since": me["live"] });
    socket.say("subscribe", wanted).await;
    socket.expect("subscribed").await;
    for id in 0..3 {
        assert_eq!(socket.expect("task_updated").await["data"]["id"], id);
    }
}

#[tokio::test]
async fn a_hole_is_said_aloud() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    let epoch = socket.expect("connection_ack").await["data"]["epoch"].clone();
    let cases = [
        ("tasks", json!({ "epoch": "another", "seq": 0 }), "epoch"),
        ("agents", json!({ "epoch": epoch, "seq": 99_999 }), "epoch"),
    ];
    for (topic, since, reason) in cases {
        socket
            .say("subscribe", json!({ "topics": [topic], "since": since }))
            .await;
        socket.expect("subscribed").await;
        assert_eq!(socket.expect("resync").await["data"]["reason"], reason);
    }
    for _ in 0..6 {
        happen(&world.store, 1000, 1).await;
        for _ in 0..1000 {
            socket.expect("task_updated").await;
        }
    }
    let mut late = Socket::open(&served, &world, &token).await;
    late.expect("connection_ack").await;
    late.say(
        "subscribe",
        json!({ "topics": ["tasks"], "since": { "epoch": epoch, "seq": 0 } }),
    )
    .await;
    late.expect("subscribed").await;
    assert_eq!(late.expect("resync").await["data"]["reason"], "too_many");
}

#[tokio::test]
async fn what_is_forgotten_is_a_hole() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    let greeting = socket.expect("connection_ack").await["data"].clone();
    happen(&world.store, 10, 1).await;
    world
        .store
        .write(|tx| {
            Box::pin(async move {
                let tomorrow = tx.now() + TimeDelta::days(1);
                event::prune(tx, tomorrow).await
            })
        })
        .await
        .expect("pruned");
    let since = json!({ "epoch": greeting["epoch"], "seq": greeting["seq"] });
    let mut late = Socket::open(&served, &world, &token).await;
    late.expect("connection_ack").await;
    late.say("subscribe", json!({ "topics": ["tasks"], "since": since }))
        .await;
    late.expect("subscribed").await;
    let resync = late.expect("resync").await;
    assert_eq!(resync["data"]["reason"], "too_old");
    happen(&world.store, 1, 1).await;
    late.expect("task_updated").await;
}
