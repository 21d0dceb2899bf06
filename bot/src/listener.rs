//! Feeds teloxide's dispatcher from the inbox: each person's oldest update, one in flight per person.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use domain::{
    Store,
    bell::{Listener as Ear, Topic},
    inbox::{self, Claim},
};
use futures::stream::{self, BoxStream, StreamExt};
use metrics::counter;
use teloxide::{
    stop::{StopToken, mk_stop_token},
    types::{Update, UpdateKind},
    update_listeners::{AsUpdateStream, UpdateListener},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{inflight::InFlight, moves::Moves, receive::label};

/// How often to look when no bell rings.
const POLL: Duration = Duration::from_secs(1);

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// How often claims are prolonged while their handlers work.
const PROLONG: Duration = Duration::from_millis(1500);

/// While handlers are at work, looks are so far apart: what comes meanwhile is claimed together. What waits already is claimed as
/// soon as half of the handlers have nothing to do.
const GATHER: Duration = Duration::from_millis(20);

/// The inbox as teloxide reads it.
pub(crate) struct Inbox {
    pub store: Store,
    pub bot_id: i64,
    pub inflight: InFlight,
    pub moves: Arc<Moves>,
    pub stop: CancellationToken,
}

impl UpdateListener for Inbox {
    type Err = Infallible;

    fn stop_token(&mut self) -> StopToken {
        // Nobody shuts the dispatcher down by its own token: the stream ends with ours.
        mk_stop_token().0
    }
}

impl<'a> AsUpdateStream<'a> for Inbox {
    type StreamErr = Infallible;
    type Stream = BoxStream<'a, Result<Update, Infallible>>;

    fn as_stream(&'a mut self) -> Self::Stream {
        let ear = self.store.bell().listen(Topic::Inbox);
        let feed = Feed {
            inbox: self,
            ear,
            ready: VecDeque::new(),
            looked: Instant::now(),
            more: false,
        };
        stream::unfold(feed, |mut feed| async move {
            Some((Ok(feed.next().await?), feed))
        })
        .boxed()
    }
}

struct Feed<'a> {
    inbox: &'a Inbox,
    ear: Ear,
    ready: VecDeque<Update>,
    /// When claims were looked for last.
    looked: Instant,
    /// There were as many as could be taken.
    more: bool,
}

impl Feed<'_> {
    /// The next update, or `None` once the stop was asked for and what was claimed is handed out.
    async fn next(&mut self) -> Option<Update> {
        loop {
            if let Some(update) = self.ready.pop_front() {
                return Some(update);
            }
            let stop = self.inbox.stop.clone();
            // One at a time: what is not handed out yet frees no place.
            if let Some(claim) = self.inbox.moves.next_left() {
                stop.run_until_cancelled(self.inbox.inflight.room()).await?;
                self.ready.extend(self.inbox.take(claim).await);
                continue;
            }
            let claims = stop.run_until_cancelled(self.claim()).await?;
            if claims.is_empty() {
                stop.run_until_cancelled(self.rest()).await?;
            }
            for claim in claims {
                if !self.inbox.moves.gather(&claim) {
                    self.ready.extend(self.inbox.take(claim).await);
                }
            }
        }
    }

    /// The first of many is not kept waiting, the others are claimed with those that come a moment later.
    async fn claim(&mut self) -> Vec<Claim> {
        let inflight = &self.inbox.inflight;
        if !inflight.is_empty() {
            tokio::select! {
                () = tokio::time::sleep_until(self.looked + GATHER) => {}
                () = inflight.half(), if self.more => {}
            }
        }
        let room = inflight.room().await;
        self.looked = Instant::now();
        let claims = self.inbox.claim(room).await;
        self.more = claims.len() as u64 == room;
        claims
    }

    /// Waits for the bell, or until a failed update wants another try.
    async fn rest(&mut self) {
        let retry = inbox::next_retry(&self.inbox.store, self.inbox.bot_id)
            .await
            .ok()
            .flatten();
        let clock = self.inbox.store.clock().clone();
        let due = async {
            match retry {
                Some(at) if at > clock.now() => clock.until(at).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.ear.wait(POLL) => {}
            () = due => {}
        }
    }
}

impl Inbox {
    async fn claim(&self, room: u64) -> Vec<Claim> {
        match inbox::claim(&self.store, self.bot_id, room).await {
            Ok(claims) => claims,
            Err(error) => {
                tracing::warn!(%error, "updates wait: the inbox cannot be read");
                tokio::time::sleep(PAUSE).await;
                Vec::new()
            }
        }
    }

    /// Makes an update of a claim; one that cannot be read is buried, so that its chat goes on.
    async fn take(&self, claim: Claim) -> Option<Update> {
        match parse(&claim.payload) {
            Ok(update) => self.inflight.board(update.id, claim).then_some(update),
            Err(error) => {
                counter!("gad_telegram_updates_total", "kind" => label(&claim.kind), "outcome" => "unreadable")
                    .increment(1);
                tracing::error!(
                    inbox.id = claim.id,
                    update.kind = claim.kind,
                    error,
                    "an update cannot be read"
                );
                if let Err(error) = inbox::bury(&self.store, claim.id, error).await {
                    tracing::warn!(inbox.id = claim.id, %error, "it comes again when its claim has run out");
                }
                None
            }
        }
    }

    /// Keeps the claims of slow handlers, until `done`.
    pub async fn prolong(&self, done: &CancellationToken) {
        while done
            .run_until_cancelled(tokio::time::sleep(PROLONG))
            .await
            .is_some()
        {
            let ids = [self.inflight.ids(), self.moves.ids()].concat();
            if let Err(error) = inbox::prolong(&self.store, ids).await {
                tracing::warn!(%error, "claims could not be prolonged");
            }
        }
    }
}

pub(crate) fn parse(payload: &str) -> Result<Update, String> {
    let update: Update = serde_json::from_str(payload).map_err(|error| error.to_string())?;
    match update.kind {
        UpdateKind::Error(_) => Err("teloxide does not know this kind or form of update".into()),
        _ => Ok(update),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::parse;

    /// A message as Telegram makes them, with some of it replaced.
    fn message() -> impl Strategy<Value = Value> {
        let from = json!({ "id": 7, "is_bot": false, "first_name": "Ana" });
        let chat = json!({ "id": 7, "type": "private", "first_name": "Ana" });
        (junk::object(), junk::text()).prop_map(move |(odd, text)| {
            let mut message =
                json!({ "message_id": 1, "date": 0, "from": from, "chat": chat, "text": text });
            for (name, value) in odd.as_object().into_iter().flatten() {
                message[name] = value.clone();
            }
            message
        })
    }

    proptest! {
        #[test]
        fn hostile_updates_are_read_or_refused_with_a_reason(
            payload in junk::text(),
            message in message(),
            anything in junk::document(),
        ) {
            let press = json!({ "id": "1", "from": message["from"], "chat_instance": "1", "data": payload, "message": message });
            let updates = [
                json!({ "update_id": 1, "message": message }),
                json!({ "update_id": 1, "callback_query": press }),
                json!({ "update_id": 1, "my_chat_member": anything }),
                anything,
            ];
            let texts = updates.iter().map(Value::to_string).chain([payload]);
            for reason in texts.filter_map(|text| parse(&text).err()) {
                prop_assert!(!reason.is_empty());
            }
        }
    }
}
