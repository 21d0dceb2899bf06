//! Boards that stay: whoever loses his connection comes back with what he saw last, as the dashboard does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use domain::Clock;
use it::{Board, Http, board::TOPICS, until::within};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::{sync::watch, task::JoinSet};

use super::Samples;
use crate::{moment, report::Findings};

/// The pauses between tries to come back, doubled each time.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// An open socket says something at least every 25 seconds.
const QUIET: Duration = Duration::from_secs(60);

/// Gives the instance to connect to, and who one is there.
type Door = Arc<dyn Fn() -> Http + Send + Sync>;

/// Open boards; they close with this value.
pub struct Views {
    seats: Arc<Mutex<Vec<Seat>>>,
    cut: watch::Sender<Duration>,
    _running: JoinSet<()>,
}

/// What one board has seen.
#[derive(Clone, Default)]
struct Seat {
    live: bool,
    /// Name of the log and newest event.
    since: Option<(String, i64)>,
    wrong: Vec<String>,
    resyncs: usize,
    connects: usize,
    delays: Samples,
    /// Not every event concerns him.
    partial: bool,
    /// How many there were of each type.
    heard: BTreeMap<String, usize>,
    closes: Vec<Closed>,
}

/// A connection that was not cut here.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    pub at: Instant,
    /// What the server said; nothing when the connection broke.
    pub code: Option<u16>,
}

/// How all boards together did.
#[derive(Default)]
pub struct Sight {
    pub connects: usize,
    pub resyncs: usize,
    /// Ends of connections that were not cut here, in no order.
    pub closes: Vec<Closed>,
    /// Events, counted at every board.
    pub heard: usize,
    /// From the event's own time to its arrival.
    pub delays: Samples,
}

impl Views {
    /// So many boards of somebody who sees every event; each connection goes through this door.
    pub fn open(count: usize, seed: u64, door: impl Fn() -> Http + Send + Sync + 'static) -> Self {
        let door: Door = Arc::new(door);
        Self::with(vec![Seat::default(); count], seed, &door)
    }

    /// The same of somebody who sees only some.
    pub fn partial(
        count: usize,
        seed: u64,
        door: impl Fn() -> Http + Send + Sync + 'static,
    ) -> Self {
        let seat = Seat {
            partial: true,
            ..Seat::default()
        };
        let door: Door = Arc::new(door);
        Self::with(vec![seat; count], seed, &door)
    }

    fn with(seats: Vec<Seat>, seed: u64, door: &Door) -> Self {
        let count = seats.len();
        let seats = Arc::new(Mutex::new(seats));
        let cut = watch::Sender::new(Duration::ZERO);
        let mut running = JoinSet::new();
        for place in 0..count {
            let view = View {
                place,
                seats: Arc::clone(&seats),
                door: Arc::clone(door),
                cut: cut.subscribe(),
                lot: StdRng::seed_from_u64(seed.wrapping_add(place as u64)),
                clock: Clock::running(),
            };
            running.spawn(view.stay());
        }
        Self {
            seats,
            cut,
            _running: running,
        }
    }

    /// Every board loses its connection, and comes back within this time if it can.
    pub fn cut(&self, spread: Duration) {
        for seat in lock(&self.seats).iter_mut() {
            seat.live = false;
        }
        self.cut.send_replace(spread);
    }

    /// Waits until all are connected and subscribed.
    pub async fn all_live(&self, patience: Duration) -> Result<()> {
        let live = within(patience, "all sockets to be live", || async {
            Ok(self.all(|seat| seat.live))
        });
        live.await
            .with_context(|| format!("{} are not", self.count(|seat| !seat.live)))
    }

    /// Waits until all have seen this event.
    pub async fn all_saw(&self, seq: i64, patience: Duration) -> Result<()> {
        let saw = |seat: &Seat| seat.since.as_ref().is_some_and(|(_, seen)| *seen >= seq);
        let seen = within(patience, "all sockets to see the last event", || async {
            Ok(self.all(saw))
        });
        seen.await
            .with_context(|| format!("{} have not", self.count(|seat| !saw(seat))))
    }

    /// Waits until all have heard of exactly so many events of this type.
    pub async fn all_heard(&self, kind: &str, count: usize, patience: Duration) -> Result<()> {
        let heard = |seat: &Seat| seat.heard.get(kind) == Some(&count);
        let all = within(patience, "all sockets to hear of everything", || async {
            Ok(self.all(heard))
        });
        all.await
            .with_context(|| format!("{} have not", self.count(|seat| !heard(seat))))
    }

    fn all(&self, holds: impl Fn(&Seat) -> bool) -> Option<()> {
        lock(&self.seats).iter().all(holds).then_some(())
    }

    fn count(&self, holds: impl Fn(&Seat) -> bool) -> usize {
        lock(&self.seats).iter().filter(|seat| holds(seat)).count()
    }

    /// Forgets how long events took so far.
    pub fn measure_anew(&self) {
        for seat in lock(&self.seats).iter_mut() {
            seat.delays = Samples::default();
        }
    }

    /// Says how they did; no event may be missed or doubled without a word.
    pub fn judge(&self, findings: &mut Findings) -> Sight {
        let mut sight = Sight::default();
        let mut wrong = Vec::new();
        for seat in lock(&self.seats).iter() {
            sight.connects += seat.connects;
            sight.resyncs += seat.resyncs;
            sight.closes.extend(&seat.closes);
            sight.heard += seat.heard.values().sum::<usize>();
            sight.delays.extend(seat.delays.clone());
            wrong.extend(seat.wrong.clone());
        }
        let holes = wrong.len();
        let first = wrong.first();
        findings.must(
            holes == 0,
            format!("{holes} times events were missed or doubled, such as {first:?}"),
        );
        sight
    }
}

fn lock(seats: &Mutex<Vec<Seat>>) -> MutexGuard<'_, Vec<Seat>> {
    seats.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One board.
struct View {
    place: usize,
    seats: Arc<Mutex<Vec<Seat>>>,
    door: Door,
    cut: watch::Receiver<Duration>,
    lot: StdRng,
    clock: Clock,
}

impl View {
    async fn stay(mut self) {
        let mut pause = PAUSE;
        loop {
            if let Ok(mut board) = self.enter().await {
                pause = PAUSE;
                let mut cut = self.cut.clone();
                tokio::select! {
                    _ = cut.changed() => {}
                    closed = self.look(&mut board) => self.seat(|seat| seat.closes.push(closed)),
                }
            }
            self.seat(|seat| seat.live = false);
            let wait = if self.cut.has_changed().unwrap_or_default() {
                *self.cut.borrow_and_update()
            } else {
                pause = (pause * 2).min(LONGEST_PAUSE);
                pause
            };
            moment::pass(wait.mul_f64(self.lot.random())).await;
        }
    }

    fn seat<T>(&self, change: impl FnOnce(&mut Seat) -> T) -> T {
        change(&mut lock(&self.seats)[self.place])
    }

    async fn enter(&self) -> Result<Board> {
        let mut board = Board::connect(&(self.door)()).await?;
        let epoch = board.ack["epoch"].as_str().context("an epoch")?.to_owned();
        let since = self.seat(|seat| seat.since.clone());
        let from = since.as_ref().map(|(epoch, seq)| (epoch.as_str(), *seq));
        let subscribed = board.subscribe(&TOPICS, from).await?;
        let seq = subscribed["data"]["seq"].as_i64().context("a number")?;
        self.seat(|seat| {
            seat.live = true;
            seat.connects += 1;
            let seen = since.map_or(seq, |(_, seen)| seen);
            seat.since = Some((epoch, seen));
        });
        Ok(board)
    }

    /// Until the connection ends.
    async fn look(&self, board: &mut Board) -> Closed {
        while let Ok(event) = board.next_within(QUIET).await {
            if let Some(event) = event {
                let took = self.age(&event);
                self.seat(|seat| seat.note(&event, took));
            }
            board.forget();
        }
        Closed {
            at: Instant::now(),
            code: board.closed,
        }
    }

    fn age(&self, event: &Value) -> Option<Duration> {
        let at: chrono::DateTime<chrono::Utc> = event["timestamp"].as_str()?.parse().ok()?;
        Some((self.clock.now() - at).to_std().unwrap_or_default())
    }
}

impl Seat {
    fn note(&mut self, event: &Value, took: Option<Duration>) {
        let Some((_, seen)) = &mut self.since else {
            return;
        };
        if event["event_type"] == "resync" {
            self.resyncs += 1;
            *seen = event["data"]["seq"].as_i64().unwrap_or(*seen);
            return;
        }
        let Some(seq) = event["seq"].as_i64() else {
            return;
        };
        let kind = event["event_type"].as_str().unwrap_or_default();
        *self.heard.entry(kind.to_owned()).or_default() += 1;
        if seq <= *seen || (seq > *seen + 1 && !self.partial) {
            self.wrong.push(format!("{seq} after {seen}"));
        }
        *seen = seq;
        if let Some(took) = took {
            self.delays.add(took);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn holes_and_doubles_are_noticed_unless_they_are_said_aloud() {
        let mut seat = Seat {
            since: Some(("a".into(), 4)),
            ..Seat::default()
        };
        seat.note(&json!({ "seq": 5 }), None);
        seat.note(
            &json!({ "event_type": "resync", "data": { "seq": 9 } }),
            None,
        );
        seat.note(&json!({ "seq": 10 }), None);
        assert!(seat.wrong.is_empty());
        seat.note(&json!({ "seq": 10 }), None);
        seat.note(&json!({ "seq": 12 }), None);
        assert_eq!(seat.wrong, ["10 after 10", "12 after 10"]);
    }
}
