//! Calls beside the outbox that change nothing when they fail: quick, bounded, made once.

use std::{sync::Arc, time::Duration};

use serde::{Serialize, de::IgnoredAny};
use teloxide::{
    payloads::EditMessageReplyMarkup,
    requests::Payload,
    types::{ChatId, MessageId},
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{
    client::Client,
    limiter::{Kind, Limiter},
};

/// How many run at once; more are left undone.
const SLOTS: usize = 64;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs errands; cheap to clone.
#[derive(Clone)]
pub(crate) struct Errands {
    client: Arc<Client>,
    slots: Arc<Semaphore>,
    /// They wait for the limits, and must not keep answers to presses waiting.
    strips: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Errands {
    pub fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            slots: Arc::new(Semaphore::new(SLOTS)),
            strips: Arc::new(Semaphore::new(SLOTS)),
            tasks: TaskTracker::new(),
        }
    }

    /// Makes a call in the background, unless too many are under way.
    pub fn run<P>(&self, payload: P)
    where
        P: Payload + Serialize + Send + Sync + 'static,
    {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            tracing::warn!(
                telegram.method = P::NAME,
                "too many calls under way; this one is left undone"
            );
            return;
        };
        let client = Arc::clone(&self.client);
        self.tasks.spawn(async move {
            if let Err(error) = client.ask::<IgnoredAny>(P::NAME, &payload, PATIENCE).await {
                tracing::debug!(telegram.method = P::NAME, %error, "a call on the side failed");
            }
            drop(slot);
        });
    }

    /// Takes the buttons from a message that another one has replaced, unless Telegram's limits leave no room for it soon.
    pub fn strip(&self, limiter: &Arc<Limiter>, chat: ChatId, message: MessageId) {
        let Ok(slot) = Arc::clone(&self.strips).try_acquire_owned() else {
            tracing::debug!("too many buttons to be taken away; these are left");
            return;
        };
        let (client, limiter) = (Arc::clone(&self.client), Arc::clone(limiter));
        let strip = EditMessageReplyMarkup::new(chat, message);
        self.tasks.spawn(async move {
            let passed = tokio::time::timeout(PATIENCE, limiter.pass(chat.0, Kind::Strip)).await;
            if let Ok(_call) = passed {
                let name = EditMessageReplyMarkup::NAME;
                if let Err(error) = client.ask::<IgnoredAny>(name, &strip, PATIENCE).await {
                    tracing::debug!(%error, "buttons could not be taken away");
                }
            }
            drop(slot);
        });
    }

    /// Waits for those under way, which takes no longer than one may take.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
