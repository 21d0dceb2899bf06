//! What is heard as it happens, and by whom.

use axum::http::StatusCode;
use domain::{
    Store,
    actor::Level,
    event::{Event, Scope},
    notification::NotificationKind,
};
use serde_json::{Value, json};

use super::{Socket, happen, world};

#[tokio::test]
async fn first_the_greeting_then_subscribed_then_what_happens() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    let greeting = socket.expect("connection_ack").await;
    assert_eq!(greeting["data"]["heartbeat_seconds"], 25);
    assert!(greeting["data"]["connection_id"].is_string() && greeting["data"]["epoch"].is_string());
    socket
        .say("subscribe", json!({ "topics": ["tasks", "kpis"] }))
        .await;
    assert_eq!(
        socket.expect("subscribed").await["data"]["topics"],
        json!(["kpis", "tasks"])
    );
    let body = json!({ "title": "Ronda nocturna", "kind": "patrullaje" });
    let task = world.send("POST", "/api/v1/tasks", &token, &body).await;
    assert_eq!(task.status, StatusCode::CREATED, "{}", task.text);
    let event = socket.expect("task_created").await;
    assert_eq!(
        (&event["topic"], &event["data"]["code"]),
        (&json!("tasks"), &task.json["code"])
    );
    assert!(event["seq"].is_i64() && event["timestamp"].is_string());
    socket.expect("kpis_changed").await;
}

#[tokio::test]
async fn others_hear_nothing_of_it() {
    let (world, served, token) = world().await;
    let stranger = world.token("eva").await;
    let mut other = Socket::open(&served, &world, &stranger).await;
    other.expect("connection_ack").await;
    other.say("subscribe", json!({ "topics": ["tasks"] })).await;
    other.expect("subscribed").await;
    let body = json!({ "title": "Ronda nocturna", "kind": "patrullaje" });
    world.send("POST", "/api/v1/tasks", &token, &body).await;
    let own = world.send("POST", "/api/v1/tasks", &stranger, &body).await;
    assert_eq!(
        other.expect("task_created").await["data"]["code"],
        own.json["code"]
    );
}

/// Something that nobody but this person is told.
async fn notify(store: &Store, user_id: i64, by_user: Option<i64>) {
    let write = store.write(move |tx| {
        Box::pin(async move {
            let event = Event::Notification {
                user_id,
                kind: NotificationKind::Late,
                task_id: None,
                broadcast_id: None,
                by_user,
            };
            let scope = Scope {
                user_ids: vec![user_id],
                ..Scope::default()
            };
            tx.log(event, &scope);
            Ok(())
        })
    });
    write.await.expect("it is written");
}

#[tokio::test]
async fn a_notification_is_for_nobody_but_its_reader() {
    let (world, served, token) = world().await;
    let root = world.user("root", Level::Admin, "Sede").await;
    let ana = world.get("/api/v1/auth/me", &token).await.json["id"].as_i64();
    let ana = ana.expect("an account");
    let admin = world.token("root").await;
    let (mut his, mut others) = (
        Socket::open(&served, &world, &token).await,
        Socket::open(&served, &world, &admin).await,
    );
    let topics = json!({ "topics": ["notifications"] });
    let mut greeting = Value::Null;
    for socket in [&mut his, &mut others] {
        greeting = socket.expect("connection_ack").await["data"].clone();
        socket.say("subscribe", topics.clone()).await;
        socket.expect("subscribed").await;
    }
    notify(&world.store, ana, Some(root)).await;
    notify(&world.store, root, None).await;
    let by = [json!("Persona root"), Value::Null];
    for ((socket, user_id), by) in [(&mut his, ana), (&mut others, root)].into_iter().zip(by) {
        let told = socket.expect("notification").await;
        assert_eq!(
            (
                &told["topic"],
                &told["data"]["user_id"],
                &told["data"]["kind"]
            ),
            (&json!("notifications"), &json!(user_id), &json!("late"))
        );
        assert_eq!(told["data"]["by_name"], by);
    }
    // Of what was missed, too, an admin is sent no other's.
    let mut again = Socket::open(&served, &world, &admin).await;
    again.expect("connection_ack").await;
    let since = json!({ "epoch": greeting["epoch"], "seq": greeting["seq"] });
    let topics = json!({ "topics": ["notifications"], "since": since });
    again.say("subscribe", topics).await;
    again.expect("subscribed").await;
    assert_eq!(again.expect("notification").await["data"]["user_id"], root);
}

#[tokio::test]
async fn a_burst_reaches_everybody_who_reads() {
    let (world, served, token) = world().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    socket.expect("connection_ack").await;
    socket
        .say("subscribe", json!({ "topics": ["tasks"] }))
        .await;
    let from = socket.expect("subscribed").await["data"]["seq"]
        .as_i64()
        .expect("a number");
    happen(&world.store, 1500, 1).await;
    for seq in from + 1..=from + 1500 {
        assert_eq!(socket.expect("task_updated").await["seq"], seq);
    }
}
