//! Live locations that move: nobody is answered and many come at once, so they are gathered for a moment and kept together,
//! past the tree of handlers.

use std::{
    collections::{HashSet, VecDeque},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::DateTime;
use domain::{
    Store,
    bell::Topic,
    geo::Point,
    inbox::Claim,
    position::{self, Move, PositionSource, Shared},
};
use metrics::{counter, histogram};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long the first one waits for others.
const GATHER: Duration = Duration::from_millis(100);

/// The most that are kept together; beyond, they go the way of all updates.
const MOST: usize = 256;

/// The moves that this instance has claimed.
pub(crate) struct Moves {
    store: Store,
    gathered: Mutex<Vec<(Claim, Move)>>,
    /// The inbox rows of those that are being kept.
    in_hand: Mutex<Vec<i64>>,
    /// Those that go the way of all updates after all.
    left: Mutex<VecDeque<Claim>>,
    more: Notify,
}

impl Moves {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            gathered: Mutex::default(),
            in_hand: Mutex::default(),
            left: Mutex::default(),
            more: Notify::new(),
        }
    }

    /// Takes a claim in that is a move; false when it is another update, or was tried before.
    pub fn gather(&self, claim: &Claim) -> bool {
        let Some(one) = read(claim) else {
            return false;
        };
        let mut gathered = lock(&self.gathered);
        if gathered.len() >= MOST {
            return false;
        }
        gathered.push((claim.clone(), one));
        self.more.notify_one();
        true
    }

    /// The next claim that somebody else has to look at; the bell of the inbox rings when there are some.
    pub fn next_left(&self) -> Option<Claim> {
        lock(&self.left).pop_front()
    }

    /// The inbox rows of all.
    pub fn ids(&self) -> Vec<i64> {
        let mut ids = lock(&self.in_hand).clone();
        ids.extend(lock(&self.gathered).iter().map(|(claim, _)| claim.id));
        ids.extend(lock(&self.left).iter().map(|claim| claim.id));
        ids
    }

    /// Keeps what is gathered, until `done`.
    pub async fn keep(&self, done: &CancellationToken) {
        while done.run_until_cancelled(self.some()).await.is_some() {
            self.keep_gathered().await;
        }
        self.keep_gathered().await;
    }

    async fn some(&self) {
        self.more.notified().await;
        tokio::time::sleep(GATHER).await;
    }

    async fn keep_gathered(&self) {
        let gathered = mem::take(&mut *lock(&self.gathered));
        if gathered.is_empty() {
            return;
        }
        let (claims, moves): (Vec<Claim>, Vec<Move>) = gathered.into_iter().unzip();
        *lock(&self.in_hand) = claims.iter().map(|claim| claim.id).collect();
        let handled: HashSet<i64> = match position::share_all(&self.store, moves).await {
            Ok(handled) => HashSet::from_iter(handled),
            Err(error) => {
                tracing::warn!(%error, "moves cannot be kept together; each is tried by itself");
                HashSet::new()
            }
        };
        let is_handled = |claim: &Claim| handled.contains(&claim.id);
        let (handled, left): (Vec<Claim>, Vec<Claim>) = claims.into_iter().partition(is_handled);
        handled.iter().for_each(|claim| self.count(claim));
        if !left.is_empty() {
            lock(&self.left).extend(left);
            self.store.bell().ring_here(Topic::Inbox);
        }
        lock(&self.in_hand).clear();
    }

    fn count(&self, claim: &Claim) {
        let took = (self.store.now() - claim.received_at).as_seconds_f64();
        counter!("gad_telegram_updates_total", "kind" => claim.kind.clone(), "outcome" => "handled")
            .increment(1);
        histogram!("gad_telegram_update_seconds").record(took.max(0.0));
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A live location that moved, or its last word, in a private chat.
fn read(claim: &Claim) -> Option<Move> {
    if claim.kind != "edited_message" || claim.tries > 0 {
        return None;
    }
    let update: Value = serde_json::from_str(&claim.payload).ok()?;
    let message = &update["edited_message"];
    if message["chat"]["type"] != "private" {
        return None;
    }
    let place = &message["location"];
    let edited = message["edit_date"].as_i64();
    let at = edited.or_else(|| message["date"].as_i64())?;
    Some(Move {
        inbox_id: claim.id,
        telegram_id: message["from"]["id"].as_i64()?,
        shared: Shared {
            point: Point {
                lat: place["latitude"].as_f64()?,
                lon: place["longitude"].as_f64()?,
            },
            accuracy_m: place["horizontal_accuracy"].as_f64(),
            source: PositionSource::Live,
            at: DateTime::from_timestamp(at, 0)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn claim(kind: &str, update: &Value, tries: i32) -> Claim {
        Claim {
            id: 4,
            update_id: 9,
            actor: 7,
            kind: kind.into(),
            payload: update.to_string(),
            tries,
            received_at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    fn moved(chat: &str, message: &Value) -> Value {
        let mut edited = json!({
            "message_id": 1, "date": 10, "edit_date": 20,
            "from": { "id": 7 }, "chat": { "id": 7, "type": chat },
        });
        for (name, value) in message.as_object().into_iter().flatten() {
            edited[name] = value.clone();
        }
        json!({ "update_id": 9, "edited_message": edited })
    }

    #[test]
    fn a_move_is_told_from_other_updates() {
        let place =
            json!({ "location": { "latitude": -34.6, "longitude": -58.4, "live_period": 60 } });
        let reads = |kind, update: Value, tries| read(&claim(kind, &update, tries));
        let one = reads("edited_message", moved("private", &place), 0).expect("a move");
        assert_eq!((one.inbox_id, one.telegram_id), (4, 7));
        assert_eq!((one.shared.point.lat, one.shared.point.lon), (-34.6, -58.4));
        assert_eq!(one.shared.at.timestamp(), 20);
        let text = json!({ "text": "hola" });
        for (kind, update, tries) in [
            ("message", moved("private", &place), 0),
            ("edited_message", moved("private", &place), 1),
            ("edited_message", moved("supergroup", &place), 0),
            ("edited_message", moved("private", &text), 0),
        ] {
            assert!(
                reads(kind, update.clone(), tries).is_none(),
                "{kind} {update}"
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_moves_are_read_or_left(message in junk::object(), anything in junk::document()) {
            let hostile = [moved("private", &message), json!({ "edited_message": anything })];
            for update in hostile {
                if let Some(one) = read(&claim("edited_message", &update, 0)) {
                    prop_assert_eq!(one.inbox_id, 4);
                }
            }
        }
    }
}
