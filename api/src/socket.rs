//! One socket: says who it is to, replays what was missed, then passes on what the hub hands out.

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use domain::{Actor, event::Topic};
use tokio::time::Instant;

use crate::hub::{
    End, Hub, Line,
    wire::{self, Complaint, ControlOut, Greeting, Nothing},
};

mod close;
mod replay;
pub(crate) mod said;

use close::{Close, PATIENCE, jitter, say_goodbye};
use said::Heard;

/// The largest message that is taken in, in bytes.
pub(crate) const LARGEST: usize = 64 * 1024;

/// The most messages of a client in a minute.
const CHATTY: u32 = 120;

/// Serves one socket until it ends.
pub(crate) async fn serve(
    socket: WebSocket,
    hub: Hub,
    (session_id, actor): (String, Arc<Actor>),
    heartbeat: Duration,
) {
    let line = hub.register(session_id, actor);
    let mut talk = Talk {
        socket,
        line,
        hub,
        heartbeat,
        topics: HashSet::new(),
        heard: Instant::now(),
        minute: (Instant::now(), 0),
    };
    let close = match talk.run().await {
        Ok(never) => match never {},
        Err(close) => close,
    };
    talk.part(close).await;
}

/// Turns somebody away who may not open a socket.
pub(crate) async fn refuse(socket: WebSocket) {
    say_goodbye(socket, Close::NotAllowed).await;
}

enum Never {}

struct Talk {
    socket: WebSocket,
    line: Line,
    hub: Hub,
    heartbeat: Duration,
    topics: HashSet<Topic>,
    /// When the other side was last heard.
    heard: Instant,
    /// A window and how many messages came in it.
    minute: (Instant, u32),
}

impl Talk {
    async fn run(&mut self) -> Result<Never, Close> {
        self.greet().await?;
        let mut beat = tokio::time::interval_at(Instant::now() + self.heartbeat, self.heartbeat);
        loop {
            tokio::select! {
                biased;
                end = ended(&mut self.line.end) => return Err(end.into()),
                Some(message) = self.line.queue.recv() => self.forward(message).await?,
                heard = self.socket.recv() => match heard {
                    None => return Err(Close::Gone),
                    // Either the line is dead, and the code is never seen, or the message was beyond all bounds.
                    Some(Err(_)) => return Err(Close::TooBig),
                    Some(Ok(message)) => self.hear(message).await?,
                },
                _ = beat.tick() => self.beat().await?,
            }
        }
    }

    /// Passes on a message of the hub; after the last one, what the hub had no room for.
    async fn forward(&mut self, message: Utf8Bytes) -> Result<(), Close> {
        self.send(message).await?;
        if !self.line.queue.is_empty() {
            return Ok(());
        }
        match self.hub.behind(self.line.id) {
            Some(from) => self.catch_up(from).await,
            None => Ok(()),
        }
    }

    async fn greet(&mut self) -> Result<(), Close> {
        let epoch = self.hub.epoch().await.map_err(broken)?;
        let seq = self.hub.seq().await.map_err(broken)?;
        let greeting = Greeting {
            connection_id: self.line.id.to_string(),
            epoch,
            seq,
            heartbeat_seconds: self.heartbeat.as_secs(),
        };
        self.control(ControlOut::ConnectionAck(greeting)).await
    }

    async fn beat(&mut self) -> Result<(), Close> {
        if self.heard.elapsed() > self.heartbeat * 2 {
            return Err(Close::Silent);
        }
        self.control(ControlOut::Ping(Nothing {})).await?;
        self.write(Message::Ping(Vec::new().into())).await
    }

    async fn control(&mut self, control: ControlOut) -> Result<(), Close> {
        let now = self.hub.store().now();
        self.send(wire::control(control, now)).await
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<(), Close> {
        self.write(Message::Text(text)).await
    }

    /// Stops waiting when the hub ends the connection meanwhile.
    async fn write(&mut self, message: Message) -> Result<(), Close> {
        tokio::select! {
            sent = tokio::time::timeout(PATIENCE, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(Close::Gone),
                Err(_) => Err(Close::TooSlow),
            },
            end = ended(&mut self.line.end) => Err(end.into()),
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Close> {
        self.heard = Instant::now();
        match message {
            Message::Close(_) => Err(Close::Gone),
            Message::Text(text) if text.len() > LARGEST => Err(Close::TooBig),
            Message::Binary(bytes) if bytes.len() > LARGEST => Err(Close::TooBig),
            Message::Text(text) => self.obey(text.as_str()).await,
            Message::Binary(_) => self.complain(said::malformed("send JSON as text")).await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), Close> {
        self.count()?;
        match said::read(text) {
            Ok(Heard::Pong) => Ok(()),
            Ok(Heard::Ping) => self.control(ControlOut::Pong(Nothing {})).await,
            Ok(Heard::Subscribe(wanted)) => self.subscribe(wanted).await,
            Ok(Heard::Unsubscribe(unwanted)) => self.unsubscribe(unwanted).await,
            Err(complaint) => self.complain(complaint).await,
        }
    }

    fn count(&mut self) -> Result<(), Close> {
        let (start, said) = &mut self.minute;
        if start.elapsed() > Duration::from_secs(60) {
            (*start, *said) = (Instant::now(), 0);
        }
        *said += 1;
        if *said > CHATTY {
            Err(Close::NotAllowed)
        } else {
            Ok(())
        }
    }

    async fn complain(&mut self, complaint: Complaint) -> Result<(), Close> {
        self.control(ControlOut::Error(complaint)).await
    }

    async fn part(self, close: Close) {
        let Self { socket, line, .. } = self;
        if close == Close::Restart {
            tokio::time::sleep(jitter()).await;
        }
        drop(line);
        say_goodbye(socket, close).await;
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn broken(error: domain::Error) -> Close {
    tracing::warn!(%error, "a socket could not be served");
    Close::Broken
}

async fn ended(end: &mut tokio::sync::watch::Receiver<Option<End>>) -> End {
    match end.wait_for(Option::is_some).await {
        Ok(end) => end.unwrap_or(End::Restart),
        Err(_) => End::Restart,
    }
}
