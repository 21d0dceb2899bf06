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

use crate::client::Client;

/// How many run at once; more are left undone.
const SLOTS: usize = 64;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs errands; cheap to clone.
#[derive(Clone)]
pub(crate) struct Errands {
    client: Arc<Client>,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Errands {
    pub fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            slots: Arc::new(Semaphore::new(SLOTS)),
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

    /// Takes the buttons from a message that another one has replaced.
    pub fn strip(&self, chat: ChatId, message: MessageId) {
        self.run(EditMessageReplyMarkup::new(chat, message));
    }

    /// Waits for those under way, which takes no longer than one may take.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
