//! The socket: who hears what, what is made up for, and how it ends.

use std::time::Duration;

use axum::http::StatusCode;
use domain::{
    Store,
    actor::Level,
    event::{Event, Scope},
};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::support::{Served, World, bare};

mod ends;
mod hears;
mod missed;
mod tickets;

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
