//! How a connection ends, and what is said then.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use rand::RngExt;

use crate::hub::End;

/// How long one message may take to leave.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Whoever took nothing for that long is not waited for as long again: he shall be cut off within ten seconds.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How far the goodbyes of a shutdown are spread, so that not everybody comes back at once.
const JITTER_MS: u64 = 2_000;

/// Why a connection ends: code and words of the closing frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
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

    /// How long the other side may take to answer the closing frame.
    fn patience(self) -> Duration {
        match self {
            Self::TooSlow => LAST_WORD,
            _ => PATIENCE,
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

/// Sends the closing frame and lets the other side answer it.
pub(super) async fn say_goodbye(mut socket: WebSocket, close: Close) {
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
    let _ = tokio::time::timeout(close.patience(), goodbye).await;
}

/// A part of the spread.
#[expect(clippy::disallowed_methods, reason = "only spreads goodbyes")]
pub(super) fn jitter() -> Duration {
    Duration::from_millis(rand::rng().random_range(0..JITTER_MS))
}
