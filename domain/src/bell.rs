//! Wakes the workers when something was committed. A bell may be missed by a dead process,
//! never by a live one: wait on a [`Listener`] made before looking.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

/// What there is to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    Inbox,
    Outbox,
    Events,
    Timers,
    /// Somebody's session ended, or what he may see changed.
    Sessions,
}

impl Topic {
    pub const ALL: [Self; 5] = [
        Self::Inbox,
        Self::Outbox,
        Self::Events,
        Self::Timers,
        Self::Sessions,
    ];
}

/// Carries a ring to other instances; must not block.
pub trait Relay: Send + Sync + 'static {
    fn relay(&self, topic: Topic);
}

/// The bell of one process; cheap to clone.
#[derive(Clone)]
pub struct Bell {
    topics: Arc<[watch::Sender<()>; Topic::ALL.len()]>,
    relay: Option<Arc<dyn Relay>>,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            topics: Arc::new(std::array::from_fn(|_| watch::Sender::new(()))),
            relay: None,
        }
    }
}

impl Bell {
    /// The same bell, heard by other instances too.
    pub fn relayed(mut self, relay: Arc<dyn Relay>) -> Self {
        self.relay = Some(relay);
        self
    }

    /// Rings here and, where there is a relay, elsewhere.
    pub fn ring(&self, topic: Topic) {
        self.ring_here(topic);
        if let Some(relay) = &self.relay {
            relay.relay(topic);
        }
    }

    /// Rings in this process only: what a relay calls on arrival.
    pub fn ring_here(&self, topic: Topic) {
        self.topics[topic as usize].send_replace(());
    }

    /// Hears every ring from now on.
    pub fn listen(&self, topic: Topic) -> Listener {
        Listener(self.topics[topic as usize].subscribe())
    }
}

/// One worker's ear.
pub struct Listener(watch::Receiver<()>);

impl Listener {
    /// Returns at the next ring, or one that came since the last wait, or after `poll`. Whether it rang.
    pub async fn wait(&mut self, poll: Duration) -> bool {
        let rang = tokio::time::timeout(poll, self.0.changed()).await;
        matches!(rang, Ok(Ok(())))
    }

    /// Whether it rang since the last wait or the last such question.
    pub fn rang(&mut self) -> bool {
        let rang = self.0.has_changed().unwrap_or(false);
        if rang {
            self.0.mark_unchanged();
        }
        rang
    }
}
