//! One socket: says who it is to, replays what was missed, then passes on what the hub hands out.

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use domain::{
    Actor,
    event::{self, Topic},
};
use rand::RngExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::hub::{self, End, Hub, Line, wire};

/// The largest message that is taken in, in bytes.
pub(crate) const LARGEST: usize = 64 * 1024;

/// How often the other side is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How long one message may take to leave.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most events that are replayed; beyond, reading everything anew is cheaper.
const REPLAYED: i64 = 5_000;

/// The most messages of a client in a minute.
const CHATTY: u32 = 120;

/// How far the goodbyes of a shutdown are spread, so that not everybody comes back at once.
const JITTER_MS: u64 = 2_000;

/// Why a connection ends: code and words of the closing frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The other side went away.
    Gone,
    Silent,
    NotAllowed,
    TooBig,
    TooSlow,
    Restart,
    SessionOver,
    Broken,
}

impl Close {
    fn frame(self) -> (u16, &'static str) {
        match self {
            Self::Gone => (1000, "bye"),
            Self::Silent => (1001, "no answer to ping"),
            Self::NotAllowed => (1008, "not allowed"),
            Self::TooBig => (1009, "too big"),
            Self::Broken => (1011, "try again"),
            Self::Restart => (1012, "restart"),
            Self::TooSlow => (4008, "too slow"),
            Self::SessionOver => (4401, "session ended"),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Silent => "silent",
            Self::NotAllowed => "not_allowed",
            Self::TooBig => "too_big",
            Self::Broken => "error",
            Self::Restart => "restart",
            Self::TooSlow => "too_slow",
            Self::SessionOver => "session_ended",
        }
    }
}

impl From<End> for Close {
    fn from(end: End) -> Self {
        match end {
            End::SessionOver => Self::SessionOver,
            End::Restart => Self::Restart,
        }
    }
}

/// Serves one socket until it ends.
pub(crate) async fn serve(socket: WebSocket, hub: Hub, session_id: String, actor: Arc<Actor>) {
    let line = hub.register(session_id, actor);
    let mut talk = Talk {
        socket,
        line,
        hub,
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

async fn say_goodbye(mut socket: WebSocket, close: Close) {
    metrics::counter!("gad_ws_closed_total", "reason" => close.label()).increment(1);
    let (code, reason) = close.frame();
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::from_static(reason),
    };
    let goodbye = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            // The other side answers with a close of its own; then the connection ends cleanly.
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // A reader who never comes back must not hold the connection.
    let _ = tokio::time::timeout(PATIENCE, goodbye).await;
}

enum Never {}

struct Talk {
    socket: WebSocket,
    line: Line,
    hub: Hub,
    topics: HashSet<Topic>,
    /// When the other side was last heard.
    heard: Instant,
    /// A window and how many messages came in it.
    minute: (Instant, u32),
}

#[derive(Deserialize)]
struct Said {
    event_type: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Subscribe {
    topics: Vec<String>,
    since: Option<Since>,
}

#[derive(Deserialize)]
struct Since {
    epoch: Value,
    seq: i64,
}

impl Talk {
    async fn run(&mut self) -> Result<Never, Close> {
        self.greet().await?;
        let mut beat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
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
        let data = json!({
            "connection_id": self.line.id.to_string(),
            "epoch": epoch,
            "seq": seq,
            "heartbeat_seconds": HEARTBEAT.as_secs(),
        });
        self.control("connection_ack", &data).await
    }

    async fn beat(&mut self) -> Result<(), Close> {
        if self.heard.elapsed() > HEARTBEAT * 2 {
            return Err(Close::Silent);
        }
        self.control("ping", &json!({})).await?;
        self.write(Message::Ping(Vec::new().into())).await
    }

    async fn control(&mut self, event_type: &str, data: &Value) -> Result<(), Close> {
        let now = self.hub.store().now();
        self.send(wire::control(event_type, now, data)).await
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
            Message::Binary(_) => self.complain("malformed", "send JSON as text").await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), Close> {
        self.count()?;
        let Ok(said) = serde_json::from_str::<Said>(text) else {
            return self
                .complain("malformed", "not a message: {\"event_type\":…,\"data\":…}")
                .await;
        };
        match said.event_type.as_str() {
            "pong" => Ok(()),
            "ping" => self.control("pong", &json!({})).await,
            "subscribe" => match serde_json::from_value(said.data) {
                Ok(wanted) => self.subscribe(wanted).await,
                Err(_) => self.complain("malformed", "subscribe needs topics").await,
            },
            "unsubscribe" => match serde_json::from_value(said.data) {
                Ok(unwanted) => self.unsubscribe(unwanted).await,
                Err(_) => self.complain("malformed", "unsubscribe needs topics").await,
            },
            _ => {
                self.complain("unknown", "subscribe, unsubscribe or pong")
                    .await
            }
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

    async fn complain(&mut self, code: &str, message: &str) -> Result<(), Close> {
        self.control("error", &json!({ "code": code, "message": message }))
            .await
    }

    /// First `subscribed`, then what was missed, then what happens.
    async fn subscribe(&mut self, wanted: Subscribe) -> Result<(), Close> {
        let known: HashSet<Topic> = wanted
            .topics
            .iter()
            .filter_map(|name| wire::topic(name))
            .collect();
        if known.len() < wanted.topics.iter().collect::<HashSet<_>>().len() {
            self.complain("unknown_topic", "some topics are not known")
                .await?;
        }
        let fresh: HashSet<Topic> = known.difference(&self.topics).copied().collect();
        let from = self.stop().await?;
        self.topics.extend(&fresh);
        let epoch = self.tell_topics("subscribed", from).await?;
        if let Some(since) = wanted.since {
            self.replay(&since, &epoch, from, &fresh).await?;
        }
        self.catch_up(from).await
    }

    async fn unsubscribe(&mut self, unwanted: Subscribe) -> Result<(), Close> {
        let from = self.stop().await?;
        for topic in unwanted.topics.iter().filter_map(|name| wire::topic(name)) {
            self.topics.remove(&topic);
        }
        self.tell_topics("subscribed", from).await?;
        self.catch_up(from).await
    }

    async fn tell_topics(&mut self, event_type: &str, seq: i64) -> Result<String, Close> {
        let epoch = self.hub.epoch().await.map_err(broken)?;
        let mut topics: Vec<&str> = self.topics.iter().map(|topic| topic.as_str()).collect();
        topics.sort_unstable();
        self.control(
            event_type,
            &json!({ "topics": topics, "epoch": epoch, "seq": seq }),
        )
        .await?;
        Ok(epoch)
    }

    /// Takes the connection off the hub and sends what lies in its queue; the last event that it has had.
    async fn stop(&mut self) -> Result<i64, Close> {
        let had = self.hub.pause(self.line.id);
        while let Ok(message) = self.line.queue.try_recv() {
            self.send(message).await?;
        }
        Ok(had)
    }

    /// Sends the events of the fresh topics between what the client has seen and where it is now.
    async fn replay(
        &mut self,
        since: &Since,
        epoch: &str,
        until: i64,
        fresh: &HashSet<Topic>,
    ) -> Result<(), Close> {
        let first = event::first_seq(self.hub.store()).await.map_err(broken)?;
        let reason = if since.epoch.as_str() != Some(epoch) || since.seq > until {
            "epoch"
        } else if since.seq + 1 < first {
            "too_old"
        } else if until - since.seq > REPLAYED {
            "too_many"
        } else {
            return self.pass(since.seq, until, fresh).await;
        };
        self.control(
            "resync",
            &json!({ "epoch": epoch, "seq": until, "reason": reason }),
        )
        .await
    }

    /// Reads the log until it is where the hub is, and goes on with the hub. Who is too far behind has to
    /// come back and start anew.
    async fn catch_up(&mut self, mut from: i64) -> Result<(), Close> {
        let topics = self.topics.clone();
        while !self.hub.go_live(self.line.id, from, &topics) {
            let until = self.hub.seq().await.map_err(broken)?;
            if until - from > REPLAYED {
                return Err(Close::TooSlow);
            }
            self.pass(from, until, &topics).await?;
            from = until;
        }
        Ok(())
    }

    /// Sends the events after `from` up to `until` that are of these topics and concern this person.
    async fn pass(
        &mut self,
        mut from: i64,
        until: i64,
        topics: &HashSet<Topic>,
    ) -> Result<(), Close> {
        while from < until {
            let mut events = event::since(self.hub.store(), from, hub::BATCH)
                .await
                .map_err(broken)?;
            let Some(last) = events.last().map(|event| event.seq) else {
                return Ok(());
            };
            let actor = self.hub.actor(self.line.id).ok_or(Close::Gone)?;
            events.retain(|event| {
                event.seq <= until && topics.contains(&event.topic) && event.concerns(&actor)
            });
            let messages = wire::messages(self.hub.store(), &events)
                .await
                .map_err(broken)?;
            for message in messages {
                self.send(message).await?;
            }
            from = last;
        }
        Ok(())
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

#[expect(clippy::disallowed_methods, reason = "only spreads goodbyes")]
fn jitter() -> Duration {
    Duration::from_millis(rand::rng().random_range(0..JITTER_MS))
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
