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
}

impl Topic {
    pub const ALL: [Self; 4] = [Self::Inbox, Self::Outbox, Self::Events, Self::Timers];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Events => "events",
            Self::Timers => "timers",
        }
    }
}

/// Carries a ring to other instances; must not block.
pub trait Relay: Send + Sync + 'static {
    fn relay(&self, topic: Topic);
}

/// The bell of one process; cheap to clone.
#[derive(Clone)]
pub struct Bell {
    topics: Arc<[watch::Sender<()>; 4]>,
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
    /// Returns at the next ring, or one that came since the last wait, or after `poll`.
    pub async fn wait(&mut self, poll: Duration) {
        // Both a timeout and a closed bell mean: look again.
        let _ = tokio::time::timeout(poll, self.0.changed()).await;
    }
}
