//! A board that is open: what the socket told it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use futures::{SinkExt, StreamExt};
use patience::Deadline;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async, tungstenite::Message,
};

use crate::{http::Http, until::DEADLINE};

/// One open socket.
pub struct Board {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The data of `connection_ack`.
    pub ack: Value,
    /// The code with which the server has closed it.
    pub closed: Option<u16>,
    seen: Vec<Value>,
}

/// All topics there are.
pub const TOPICS: [&str; 7] = [
    "tasks",
    "agents",
    "positions",
    "emergencies",
    "broadcasts",
    "notifications",
    "kpis",
];

impl Board {
    /// Opens a socket with a ticket; nothing is subscribed.
    pub async fn connect(http: &Http) -> Result<Self> {
        let ticket = http.post("/ws/ticket", &json!({})).await?.expect(200)?;
        let ticket = ticket["ticket"].as_str().context("a ticket")?;
        Self::with_ticket(http.base(), ticket).await
    }

    /// The same, with next to no room for what it does not read.
    pub async fn connect_narrow(http: &Http) -> Result<Self> {
        let ticket = http.post("/ws/ticket", &json!({})).await?.expect(200)?;
        let ticket = ticket["ticket"].as_str().context("a ticket")?;
        let address = http.base().replacen("http://", "", 1);
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        let stream = MaybeTlsStream::Plain(socket.connect(address.parse()?).await?);
        let url = format!("ws://{address}/ws/connect?ticket={ticket}");
        Self::of(client_async(url, stream).await?.0).await
    }

    /// Opens a socket at this address; nothing is subscribed.
    pub async fn with_ticket(base: &str, ticket: &str) -> Result<Self> {
        let base = base.replacen("http", "ws", 1);
        let url = format!("{base}/ws/connect?ticket={ticket}");
        Self::of(connect_async(url).await?.0).await
    }

    async fn of(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Result<Self> {
        let mut board = Self {
            socket,
            ack: Value::Null,
            closed: None,
            seen: Vec::new(),
        };
        board.ack = board.until("connection_ack").await?["data"].clone();
        Ok(board)
    }

    /// Opens a socket and subscribes to everything.
    pub async fn open(http: &Http) -> Result<Self> {
        let mut board = Self::connect(http).await?;
        board.subscribe(&TOPICS, None).await?;
        Ok(board)
    }

    /// Subscribes, since an earlier (epoch, seq) if given, and waits for the answer.
    pub async fn subscribe(
        &mut self,
        topics: &[&str],
        since: Option<(&str, i64)>,
    ) -> Result<Value> {
        let mut data = json!({ "topics": topics });
        if let Some((epoch, seq)) = since {
            data["since"] = json!({ "epoch": epoch, "seq": seq });
        }
        self.send(&json!({ "event_type": "subscribe", "data": data }))
            .await?;
        self.until("subscribed").await
    }

    /// Sends anything.
    pub async fn send(&mut self, message: &Value) -> Result<()> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    /// The next event that is not a heartbeat.
    pub async fn next_event(&mut self) -> Result<Value> {
        self.next_within(DEADLINE)
            .await?
            .context("no event came in time")
            .map_err(patience::failed)
    }

    /// The next event within this time, if one comes.
    pub async fn next_within(&mut self, patience: Duration) -> Result<Option<Value>> {
        patience::within(patience, self.receive()).await.transpose()
    }

    async fn receive(&mut self) -> Result<Value> {
        loop {
            let message = self
                .socket
                .next()
                .await
                .context("the socket was closed")??;
            let Message::Text(text) = message else {
                if let Message::Close(frame) = message {
                    self.closed = frame.as_ref().map(|frame| u16::from(frame.code));
                    bail!("the socket was closed: {frame:?}");
                }
                continue;
            };
            let event: Value = serde_json::from_str(&text)?;
            if event["event_type"] == "ping" {
                self.send(&json!({ "event_type": "pong", "data": {} }))
                    .await?;
                continue;
            }
            self.seen.push(event.clone());
            return Ok(event);
        }
    }

    /// The next event of this type; those before it are passed over.
    pub async fn until(&mut self, event_type: &str) -> Result<Value> {
        self.until_that(event_type, |event| event["event_type"] == event_type)
            .await
    }

    /// The next event that fulfils the condition; those before it are passed over.
    pub async fn until_that(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut end = Deadline::after(DEADLINE);
        while let Some(event) = end.bound(self.receive()).await.transpose()? {
            if fits(&event) {
                return Ok(event);
            }
        }
        let types: Vec<_> = self
            .seen
            .iter()
            .map(|event| event["event_type"].to_string())
            .collect();
        Err(patience::failed(anyhow!(
            "no {what} came in time, only {}",
            types.join(", ")
        )))
    }

    /// Waits until the server closes the socket; the code it gave.
    pub async fn until_closed(&mut self) -> Result<Option<u16>> {
        let closed = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => {
                        return frame.map(|frame| u16::from(frame.code));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        patience::within(DEADLINE, closed)
            .await
            .context("the socket stays open")
            .map_err(patience::failed)
    }

    /// Lets go of what came so far, on a board that stays for long.
    pub fn forget(&mut self) {
        self.seen.clear();
    }

    /// Everything that came, the oldest first.
    pub fn seen(&self) -> &[Value] {
        &self.seen
    }
}
