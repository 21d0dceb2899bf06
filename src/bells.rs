//! Bells between instances: what rang here is told to the others, and what rang there is rung here.

pub mod listen;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use domain::{
    Store,
    bell::{Bell, Relay, Topic},
    event,
};
use metrics::gauge;
use secrecy::ExposeSecret;
use tokio::sync::Notify;

use crate::{config::Config, lifecycle::Tasks, redis::Redis};

/// The least time between two words to the others: what rings meanwhile goes into the second.
const PAUSE: Duration = Duration::from_millis(5);

/// What others want to hear of. Updates and timers are worked off by the instance that took them in; the others look
/// for what it leaves often enough.
const TOLD: [Topic; 3] = [Topic::Outbox, Topic::Events, Topic::Sessions];

/// What rang here and is yet to be told: a set of topics, so that nothing ever queues up.
#[derive(Default)]
struct Untold {
    topics: AtomicU8,
    more: Notify,
}

impl Relay for Untold {
    fn relay(&self, topic: Topic) {
        if TOLD.contains(&topic) {
            self.topics.fetch_or(bit(topic), Ordering::Relaxed);
            self.more.notify_one();
        }
    }
}

/// The bell of this instance and how it speaks to others; cheap to clone.
#[derive(Clone)]
pub struct Bells {
    bell: Bell,
    untold: Arc<Untold>,
    /// Names this instance, so that it does not heed its own words.
    me: Arc<str>,
}

impl Bells {
    pub fn new() -> Self {
        let untold = Arc::new(Untold::default());
        Self {
            bell: Bell::default().relayed(untold.clone()),
            untold,
            me: domain::secret::fresh().into(),
        }
    }

    /// For the data layer.
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Waits until something rang here; the word for the others.
    pub async fn next_word(&self) -> String {
        loop {
            match self.untold.topics.swap(0, Ordering::Relaxed) {
                0 => self.untold.more.notified().await,
                topics => return format!("{} {topics}", self.me),
            }
        }
    }

    /// Tells the others what rings here, for as long as it is polled; words that get lost are made good by
    /// [`Self::missed`] and by everybody's polls.
    pub async fn tell<Sending: Future<Output = ()>>(&self, send: impl Fn(String) -> Sending) {
        loop {
            send(self.next_word().await).await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Rings here what another instance said.
    pub fn heard(&self, word: &str) {
        let Some((who, topics)) = word.split_once(' ') else {
            return;
        };
        if who != &*self.me {
            self.ring_here(topics.parse().unwrap_or(u8::MAX));
        }
    }

    /// Words may have been lost in both directions: everybody looks at everything.
    pub fn missed(&self) {
        Topic::ALL
            .into_iter()
            .for_each(|topic| self.bell.ring(topic));
    }

    fn ring_here(&self, topics: u8) {
        Topic::ALL
            .into_iter()
            .filter(|topic| topics & bit(*topic) != 0)
            .for_each(|topic| self.bell.ring_here(topic));
    }
}

/// Joins the other instances: over Redis where there is one, else over PostgreSQL. A file has one instance only.
pub async fn join(
    config: &Config,
    store: &Store,
    bells: &Bells,
    tasks: &Tasks,
) -> Result<Option<Redis>> {
    gauge!("gad_redis_up").set(0.0);
    let (bells, stop) = (bells.clone(), tasks.stopping().clone());
    if let Some(place) = &config.redis {
        let redis = Redis::new(place, &event::epoch(store).await?).context("REDIS_URL")?;
        tasks.spawn("redis", redis.clone().run(bells, stop));
        return Ok(Some(redis));
    }
    if config.database.file().is_none() {
        let url = config.database.url.expose_secret().to_owned();
        tasks.spawn("bells", listen::run(bells, store.clone(), url, stop));
    }
    Ok(None)
}

fn bit(topic: Topic) -> u8 {
    1 << topic as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn what_rings_often_is_told_once_and_heard_by_the_others_only() {
        let (here, there) = (Bells::new(), Bells::new());
        for topic in [Topic::Outbox, Topic::Events, Topic::Inbox, Topic::Outbox] {
            here.bell().ring(topic);
        }
        let (mut own, mut theirs) = (
            here.bell().listen(Topic::Outbox),
            there.bell().listen(Topic::Outbox),
        );
        let (mut silent, mut events) = (
            there.bell().listen(Topic::Inbox),
            there.bell().listen(Topic::Events),
        );
        let word = here.next_word().await;
        here.heard(&word);
        there.heard(&word);
        assert!(theirs.wait(LONG).await && events.wait(LONG).await);
        assert!(!own.wait(Duration::ZERO).await && !silent.wait(Duration::ZERO).await);
        let more = tokio::time::timeout(Duration::ZERO, here.next_word());
        assert!(more.await.is_err());
    }

    #[tokio::test]
    async fn words_of_other_versions_ring_what_they_may_mean() {
        let bells = Bells::new();
        let mut ear = bells.bell().listen(Topic::Timers);
        bells.heard("nonsense");
        assert!(!ear.wait(Duration::ZERO).await);
        bells.heard("somebody 4711");
        assert!(ear.wait(LONG).await);
    }
}
