//! Long polling of our own: updates stay as Telegram wrote them, and are confirmed only after they were kept.

use std::{sync::Arc, time::Duration};

use domain::{
    Store, inbox,
    lease::{Duty, Term},
};
use serde_json::{Value, json};
use teloxide::ApiError;
use tokio_util::sync::CancellationToken;

use super::{ALLOWED_UPDATES, arrival, is_wanted};
use crate::{
    client::Client,
    errors::{CallError, Verdict},
    health::{Health, Part, State},
    inline::{Inline, Question},
};

/// How long Telegram holds a request while there is nothing, in seconds.
const WAIT: u64 = 50;

/// How long such a request may take in all.
const TIMEOUT: Duration = Duration::from_secs(WAIT + 10);

/// The pause after a failure, doubled each time up to the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The pause after somebody else took the updates, or the token was refused.
const TROUBLE: Duration = Duration::from_secs(5);
const REFUSED: Duration = Duration::from_secs(60);

/// Asks Telegram for updates and keeps them.
pub(crate) struct Poller {
    pub client: Arc<Client>,
    pub store: Store,
    pub health: Health,
    pub inline: Inline,
}

impl Duty for Poller {
    async fn work(&self, Term { stop, .. }: Term) {
        tracing::info!("asking Telegram for updates");
        let mut offset = None;
        let (mut pause, mut hold) = (PAUSE, WAIT);
        while !stop.is_cancelled() {
            let Some(answer) = stop.run_until_cancelled(self.ask(offset, hold)).await else {
                break;
            };
            let wait = match answer {
                Ok(updates) => {
                    (pause, hold) = (PAUSE, WAIT);
                    self.health.set(Part::Receiving, State::Ok);
                    self.answer(&updates);
                    offset = self.keep(&updates, &stop).await;
                    continue;
                }
                Err(error) => {
                    hold = hold_after(&error);
                    self.trouble(&error).unwrap_or(pause)
                }
            };
            pause = (pause * 2).min(LONGEST_PAUSE);
            let _ = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
        self.health.set(Part::Receiving, State::Ok);
    }
}

impl Poller {
    async fn ask(&self, offset: Option<i64>, hold: u64) -> Result<Vec<Value>, CallError> {
        let body = json!({
            "offset": offset.unwrap_or(0),
            "limit": 100,
            "timeout": hold,
            "allowed_updates": ALLOWED_UPDATES,
        });
        self.client.ask("getUpdates", &body, TIMEOUT).await
    }

    /// Answers what cannot wait until the others are kept.
    fn answer(&self, updates: &[Value]) {
        let questions = updates.iter().filter_map(Question::of);
        questions.for_each(|question| self.inline.answer(question));
    }

    /// Keeps a batch, however long the database is away, and says which offset confirms it.
    ///
    /// After an empty answer nothing is left to confirm, and no offset is sent: after a week without updates their
    /// ids go on from a random number, and a lower one would be taken for confirmed.
    async fn keep(&self, updates: &[Value], stop: &CancellationToken) -> Option<i64> {
        let wanted = updates.iter().filter(|update| is_wanted(update));
        let arrivals: Vec<_> = wanted.filter_map(arrival).collect();
        // Also of what is not kept: else Telegram brings it for ever.
        let ids = updates.iter().filter_map(|one| one["update_id"].as_i64());
        let last = ids.max()?;
        let mut pause = PAUSE;
        while let Err(error) =
            inbox::receive(&self.store, self.client.bot_id(), arrivals.clone()).await
        {
            tracing::error!(%error, updates = arrivals.len(), "updates could not be kept; Telegram keeps them meanwhile");
            stop.run_until_cancelled(tokio::time::sleep(pause)).await?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Some(last + 1)
    }

    /// Tells what is wrong, once, and how long to wait when the usual pause is not right.
    fn trouble(&self, error: &CallError) -> Option<Duration> {
        let (state, wait, cure) = match error.verdict() {
            Verdict::Token => (
                State::Error,
                Some(REFUSED),
                "check TELEGRAM_BOT_TOKEN, then restart",
            ),
            Verdict::Conflict => (State::Error, Some(TROUBLE), cure_of_conflict(error)),
            Verdict::Busy(wait) => (
                State::Degraded,
                Some(wait),
                "waiting as long as Telegram asks",
            ),
            _ => (State::Degraded, None, "trying again"),
        };
        if self.health.set(Part::Receiving, state) {
            tracing::warn!(%error, "no updates come from Telegram: {cure}");
        }
        wait
    }
}

/// After trouble Telegram is asked to answer at once, so that its end is known when it comes and not with the next update. But not
/// where another process polls: each of both would get its answer, and be shut out by the other's next request.
fn hold_after(error: &CallError) -> u64 {
    match error.api() {
        Some(ApiError::TerminatedByOtherGetUpdates) => WAIT,
        _ => 0,
    }
}

fn cure_of_conflict(error: &CallError) -> &'static str {
    match error.api() {
        Some(ApiError::TerminatedByOtherGetUpdates) => {
            "another process polls with this token; stop one of them"
        }
        _ => {
            "a webhook is registered; remove it by `gad webhook delete`, or set TELEGRAM_WEBHOOK_URL"
        }
    }
}
