//! The log is read once for all sockets: every event is written once and handed to whom it concerns.

use std::time::{Duration, Instant};

use axum::extract::ws::Utf8Bytes;
use domain::{
    bell::Topic as Bell,
    event::{self, Logged, Stretch},
};

use super::{BATCH, Connection, Hub, POLL, State, wire};

/// Events that are handed out before readers get a chance to take them.
const CHUNK: usize = 32;

/// How long readers are waited for between chunks, in milliseconds.
const COURTESY_MS: u32 = 20;

impl Hub {
    /// Hands out what happens as long as it is polled.
    pub(super) async fn read_log(&self) {
        let mut bell = self.0.store.bell().listen(Bell::Events);
        let mut away = false;
        loop {
            match self.hand_out().await {
                Ok(()) => away = false,
                Err(error) if !away => {
                    tracing::warn!(%error, "the hub cannot read the log and tries again");
                    away = true;
                }
                Err(_) => {}
            }
            bell.wait(POLL).await;
            self.lock().recent.forget(Instant::now());
        }
    }

    async fn hand_out(&self) -> domain::Result<()> {
        let mut seq = self.seq().await?;
        loop {
            let Stretch {
                events,
                until,
                unread,
            } = event::since(&self.0.store, seq, BATCH).await?;
            let Some(last) = until else {
                return Ok(());
            };
            if unread > 0 {
                tracing::warn!(
                    event.seq = last,
                    unread,
                    "events of a newer release are left out"
                );
            }
            let messages = wire::messages(&self.0.store, &events).await?;
            for (events, messages) in events.chunks(CHUNK).zip(messages.chunks(CHUNK)) {
                self.make_room().await;
                self.distribute(events, messages);
            }
            // Also beyond what could not be read: who comes back after it has missed nothing that he can be told.
            self.lock().seq = Some(last);
            if ((events.len() + unread) as u64) < BATCH {
                // Whatever came meanwhile has rung.
                return Ok(());
            }
            seq = last;
        }
    }

    /// Gives readers a moment to take what they have; who is slower than that falls behind.
    async fn make_room(&self) {
        for _ in 0..COURTESY_MS {
            let tight = self
                .lock()
                .by_id
                .values()
                .any(|one| one.state == State::Live && one.queue.capacity() < CHUNK);
            if !tight {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn distribute(&self, events: &[Logged], messages: &[Utf8Bytes]) {
        let (now, here) = (self.0.store.now(), Instant::now());
        let mut connections = self.lock();
        let mut sent = 0;
        for (event, message) in events.iter().zip(messages) {
            for connection in connections.by_id.values_mut() {
                sent += u64::from(connection.offer(event, message));
            }
            connections.recent.keep(event, message, here);
            connections.seq = Some(event.seq);
            let seconds = (now - event.at).as_seconds_f64().max(0.0);
            metrics::histogram!("gad_ws_fanout_seconds").record(seconds);
        }
        drop(connections);
        metrics::counter!("gad_ws_messages_sent_total").increment(sent);
    }
}

impl Connection {
    /// True when the event was put into the queue. Without room for it the connection reads the log instead.
    fn offer(&mut self, event: &Logged, message: &Utf8Bytes) -> bool {
        if self.state != State::Live
            || !self.topics.contains(&event.topic)
            || !event.concerns(&self.actor)
        {
            return false;
        }
        let put = self.queue.try_send(message.clone()).is_ok();
        if !put {
            self.state = State::Off(event.seq - 1);
        }
        put
    }
}
