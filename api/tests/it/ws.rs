//! The socket: who hears what, what is made up for, and how it ends.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    Actor, Store,
    actor::{Channel, Level},
    event::{self, Event, Scope},
    notification::NotificationKind,
    user,
};
use futures::{SinkExt, StreamExt};
use patience::Stopwatch;
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::support::{Served, World, bare, config};

pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(served: &Served, world: &World, token: &str) -> Self {
        Self::with(served, &ticket(world, token).await).await
    }

    async fn with(served: &Served, ticket: &str) -> Self {
        let url = format!("ws://{}/ws/connect?ticket={ticket}", served.address);
        Self(connect_async(url).await.expect("it upgrades").0)
    }

    /// One whose side of the wire holds next to nothing.
    async fn narrow(served: &Served, world: &World, token: &str) -> Self {
        let stream = TcpSocket::new_v4().expect("a socket");
        stream.set_recv_buffer_size(4096).expect("a small buffer");
        let stream = stream.connect(served.address).await.expect("it listens");
        let ticket = ticket(world, token).await;
        let url = format!("ws://{}/ws/connect?ticket={ticket}", served.address);
        let opened = client_async(url, MaybeTlsStream::Plain(stream)).await;
        Self(opened.expect("it upgrades").0)
    }

    pub async fn say(&mut self, event_type: &str, data: Value) {
        let text = json!({ "event_type": event_type, "data": data }).to_string();
        self.0.send(Message::text(text)).await.expect("it is open");
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("it is open");
    }

    /// The next message, heartbeats apart.
    pub async fn hear(&mut self) -> Value {
        loop {
            let message = patience::within(PATIENCE, self.0.next())
                .await
                .expect("in time");
            if let Message::Text(text) = message.expect("it is open").expect("it is sound") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// The next message, which has this type.
    async fn expect(&mut self, event_type: &str) -> Value {
        let message = self.hear().await;
        assert_eq!(message["event_type"], event_type, "{message}");
        message
    }

    /// The numbers of the events until the server closes, and how it does.
    async fn read_to_the_end(&mut self) -> (CloseFrame, Vec<i64>) {
        let mut seen = Vec::new();
        loop {
            let message = patience::within(PATIENCE, self.0.next())
                .await
                .expect("in time");
            match message.expect("a close first").expect("it is sound") {
                Message::Close(frame) => return (frame.expect("a code"), seen),
                Message::Text(text) => {
                    let event: Value = serde_json::from_str(&text).expect("JSON");
                    seen.extend(event["seq"].as_i64());
                }
                _ => {}
            }
        }
    }

    async fn expect_close(&mut self) -> CloseFrame {
        loop {
            let message = patience::within(PATIENCE, self.0.next())
                .await
                .expect("in time");
            if let Message::Close(frame) = message.expect("a close first").expect("it is sound") {
                return frame.expect("a code");
            }
        }
    }
}

async fn ticket(world: &World, token: &str) -> String {
    let answer = world.ask(bare("POST", "/ws/ticket", Some(token))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["ticket"].as_str().expect("a ticket").to_owned()
}

/// So many events in one transaction, for the people of a unit.
async fn happen(store: &Store, count: i64, unit_id: i64) {
    happen_at_length(store, count, unit_id, 0).await;
}

/// The same, each with so many bytes more.
async fn happen_at_length(store: &Store, count: i64, unit_id: i64, more: usize) {
    store
        .write(move |tx| {
            Box::pin(async move {
                let more = "x".repeat(more);
                let scope = Scope {
                    unit_ids: vec![unit_id],
                    user_ids: Vec::new(),
                };
                for id in 0..count {
                    tx.log(
                        Event::TaskUpdated {
                            id,
                            code: format!("PAT-2026-{id:04}{more}"),
                        },
                        &scope,
                    );
                }
                Ok(())
            })
        })
        .await
        .expect("it is written");
}

async fn world() -> (World, Served, String) {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    world.user("eva", Level::Supervisor, "Norte").await;
    let served = world.serve().await;
    let token = world.token("ana").await;
    (world, served, token)
}

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
async fn notify(store: &Store, user_id: i64) {
    let write = store.write(move |tx| {
        Box::pin(async move {
            let event = Event::Notification {
                user_id,
                kind: NotificationKind::Late,
                task_id: None,
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
    notify(&world.store, ana).await;
    notify(&world.store, root).await;
    for (socket, user_id) in [(&mut his, ana), (&mut others, root)] {
        let told = socket.expect("notification").await;
        assert_eq!(
            (
                &told["topic"],
                &told["data"]["user_id"],
                &told["data"]["kind"]
            ),
            (&json!("notifications"), &json!(user_id), &json!("late"))
        );
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

#[tokio::test]
async fn a_ticket_is_good_for_half_a_minute() {
    let (world, served, token) = world().await;
    for (seconds, good) in [(29, true), (31, false)] {
        let ticket = ticket(&world, &token).await;
        world.store.clock().advance(TimeDelta::seconds(seconds));
        let mut socket = Socket::with(&served, &ticket).await;
        if good {
            socket.expect("connection_ack").await;
        } else {
            assert_eq!(u16::from(socket.expect_close().await.code), 1008);
        }
    }
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
async fn a_ticket_opens_one_socket() {
    let (world, served, token) = world().await;
    let ticket = ticket(&world, &token).await;
    let mut first = Socket::with(&served, &ticket).await;
    first.expect("connection_ack").await;
    for wrong in [ticket.as_str(), "", "not-a-ticket"] {
        let mut second = Socket::with(&served, wrong).await;
        assert_eq!(
            u16::from(second.expect_close().await.code),
            1008,
            "{wrong:?}"
        );
    }
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
