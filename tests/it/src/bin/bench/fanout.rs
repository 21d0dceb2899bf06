//! How soon thousands of boards hear what happened, and what an open board costs.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{SinkExt, StreamExt, TryStreamExt, stream};
use it::{Http, process::Process};
use serde_json::json;
use tokio::{
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    force::{ADMIN, PASSWORD},
    start::memory,
    table::{Row, Spread},
};

const CROWDS: [usize; 3] = [1_000, 5_000, LARGEST];
/// What is promised for the largest of them: all but one of a hundred have heard within so many milliseconds, and the whole
/// process has so many megabytes.
const LARGEST: usize = 10_000;
const HEARD: f64 = 500.0;
const WHOLE: f64 = 250.0;
/// Facts that each crowd is told, one after another.
const FACTS: usize = 10;
/// Boards that open at the same time.
const DOOR: usize = 64;
const PATIENCE: Duration = Duration::from_secs(30);
/// A program that has a thousand of them on one machine cannot afford the usual 128 KiB.
const BUFFER: usize = 2048;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens one crowd after the other on the same server, and tells each of them something.
pub async fn all(server: &Process) -> Result<Vec<Row>> {
    let http = Http::login(server.base(), ADMIN, PASSWORD).await?;
    let before = memory(server, "VmRSS:")?;
    let (heard, ear) = unbounded_channel();
    let mut hall = Hall {
        http,
        heard,
        ear,
        boards: JoinSet::new(),
    };
    let mut rows = Vec::new();
    for crowd in CROWDS {
        hall.fill(crowd).await?;
        let whole = memory(server, "VmRSS:")?;
        let each = (whole - before) * 1e3 / crowd as f64;
        rows.push(Row::new(&format!("{crowd} sockets, each"), each, "kB").below(16.4));
        if crowd == LARGEST {
            rows.push(Row::new(&format!("{crowd} sockets, all"), whole, "MB").below(WHOLE));
        }
        let promise = (crowd == LARGEST).then_some((99, HEARD));
        let told = hall.tell(crowd).await?;
        rows.extend(told.delays(&format!("{crowd} sockets"), promise));
    }
    Ok(rows)
}

struct Hall {
    http: Http,
    heard: UnboundedSender<Instant>,
    ear: UnboundedReceiver<Instant>,
    boards: JoinSet<()>,
}

impl Hall {
    async fn fill(&mut self, crowd: usize) -> Result<()> {
        let missing = crowd - self.boards.len();
        let opened: Vec<Socket> = stream::iter(0..missing)
            .map(|_| open(&self.http))
            .buffer_unordered(DOOR)
            .try_collect()
            .await?;
        for socket in opened {
            self.boards.spawn(listen(socket, self.heard.clone()));
        }
        Ok(())
    }

    /// From asking for a change until each board has heard of it.
    async fn tell(&mut self, crowd: usize) -> Result<Spread> {
        let mut took = Vec::new();
        for _ in 0..FACTS {
            let begun = Instant::now();
            let task = json!({ "title": "Patrulla", "kind": "patrullaje" });
            self.http.post("/api/v1/tasks", &task).await?.expect(201)?;
            for _ in 0..crowd {
                let heard = tokio::time::timeout(PATIENCE, self.ear.recv()).await;
                let heard = heard
                    .context("somebody heard nothing")?
                    .context("nobody listens")?;
                took.push(heard.duration_since(begun));
            }
        }
        ensure!(self.boards.len() == crowd, "a board was closed");
        Ok(Spread::of(took, Duration::from_secs(1)))
    }
}

async fn open(http: &Http) -> Result<Socket> {
    let ticket = http.post("/ws/ticket", &json!({})).await?.expect(200)?;
    let ticket = ticket["ticket"].as_str().context("a ticket")?;
    let base = http.base().replacen("http", "ws", 1);
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER);
    let url = format!("{base}/ws/connect?ticket={ticket}");
    let (mut socket, _) = connect_async_with_config(url, Some(config), true).await?;
    let wanted = json!({ "event_type": "subscribe", "data": { "topics": ["tasks"] } });
    socket.send(Message::text(wanted.to_string())).await?;
    while let Some(message) = socket.next().await {
        if message?
            .to_text()
            .is_ok_and(|text| text.contains("\"subscribed\""))
        {
            return Ok(socket);
        }
    }
    anyhow::bail!("a socket was closed while it was opened")
}

/// Notes when a new task was heard of, and answers the server's pings.
async fn listen(mut socket: Socket, heard: UnboundedSender<Instant>) {
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.to_text() else {
            continue;
        };
        if text.contains("\"task_created\"") {
            // Nobody counts any more: then it does not matter.
            let _ = heard.send(Instant::now());
        } else if text.contains("\"ping\"") {
            let pong = json!({ "event_type": "pong", "data": {} });
            let _ = socket.send(Message::text(pong.to_string())).await;
        }
    }
}
