//! What could not be brought to its chat: whether it is tried again, when, and what waits meanwhile.

use std::{sync::atomic::Ordering, time::Duration};

use chrono::TimeDelta;
use domain::outbox::{Notice, Outcome, Outgoing, Settled, backoff};
use metrics::counter;

use super::deliver::{Done, Postman, outcome};
use crate::{
    errors::{CallError, Verdict},
    health::{Part, State},
};

/// A message that could not be delivered for so long is given up.
const GIVE_UP: TimeDelta = TimeDelta::hours(24);

/// So many tries in vain hold back what follows in the chat; after that it may overtake.
const KEEP_ORDER: i32 = 3;

/// So many defects until a message is given up.
const DEFECTS: i32 = 5;

/// The pause of everything while the token is refused.
const REFUSED: Duration = Duration::from_secs(30);

/// How often a file of our own is sent.
const UPLOADS: i32 = 3;

/// So many calls in a row without an answer mean that Telegram is away.
const OUTAGE: u32 = 3;
const LONGEST_OUTAGE_PAUSE: u32 = 10;

/// How long a message waits at most for its next try while Telegram is away.
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(10);

/// What may stop a delivery.
pub(super) enum Trouble {
    Call(CallError),
    Domain(domain::Error),
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<domain::Error> for Trouble {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl Postman {
    /// Whether so many calls in a row were left without an answer that Telegram is away.
    pub fn is_alone(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) >= OUTAGE
    }

    /// Our own fault: tried again, because the next release or row may do, but not forever.
    pub fn defect(&self, message: &Outgoing, error: String) -> Settled {
        tracing::error!(outbox.id = message.id, error, "a message could not be made");
        let outcome = if message.tries + 1 >= DEFECTS {
            Outcome::Failed { error }
        } else {
            self.later(message, backoff(message.tries), error).outcome
        };
        Settled {
            message: message.clone(),
            outcome,
            shown: None,
        }
    }

    /// Whoever has the lease now sends it.
    pub fn left_to_another(&self, message: &Outgoing) -> Settled {
        let error = "the lease ran out on the way".into();
        Settled {
            message: message.clone(),
            outcome: self.later(message, TimeDelta::zero(), error).outcome,
            shown: None,
        }
    }

    /// What a call that failed says of this message, of its chat, and of Telegram.
    pub(super) fn trouble(&self, message: &Outgoing, error: &CallError) -> Done {
        let text = error.to_string();
        match error.verdict() {
            Verdict::Gone => outcome(Outcome::Unreachable { error: text }),
            Verdict::Moved(to) => outcome(Outcome::Moved { to }),
            Verdict::Busy(wait) => self.busy(message, wait, text),
            Verdict::Token | Verdict::Conflict => self.refused(message, text),
            Verdict::Away if self.may_be_the_file(message, error) => self.stuck(message, text),
            Verdict::Away => self.away(message, text),
            Verdict::Refused | Verdict::NotModified => {
                tracing::error!(
                    outbox.id = message.id,
                    error = text,
                    "Telegram will never take this message"
                );
                outcome(Outcome::Failed { error: text })
            }
        }
    }

    /// While Telegram is away for all, or was not even asked, it is not.
    fn may_be_the_file(&self, message: &Outgoing, error: &CallError) -> bool {
        is_upload(&message.notice) && !error.is_undone() && !self.is_alone()
    }

    /// A file of our own did not get through: that may be its size, and says nothing about Telegram.
    fn stuck(&self, message: &Outgoing, error: String) -> Done {
        if message.tries + 1 >= UPLOADS {
            return outcome(Outcome::Failed { error });
        }
        self.later(message, backoff(message.tries), error)
    }

    fn busy(&self, message: &Outgoing, wait: Duration, error: String) -> Done {
        counter!("gad_telegram_rate_limited_total").increment(1);
        self.limiter.gate(message.chat_id, wait);
        self.later(message, TimeDelta::from_std(wait).unwrap_or(GIVE_UP), error)
    }

    fn refused(&self, message: &Outgoing, error: String) -> Done {
        if self.health.set(Part::Sending, State::Error) {
            tracing::error!(
                error,
                "Telegram refuses the bot: check TELEGRAM_BOT_TOKEN, then restart"
            );
        }
        self.limiter.gate_all(REFUSED);
        self.later(
            message,
            TimeDelta::from_std(REFUSED).unwrap_or(GIVE_UP),
            error,
        )
    }

    /// Telegram is away for this message; when it is for several, everything waits and one tries.
    fn away(&self, message: &Outgoing, error: String) -> Done {
        let failures = self.unanswered.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= OUTAGE {
            if self.health.set(Part::Sending, State::Degraded) {
                tracing::warn!(error, "Telegram does not answer; messages wait");
            }
            let pause = (1 << (failures - OUTAGE).min(4)).min(LONGEST_OUTAGE_PAUSE);
            self.limiter.gate_all(Duration::from_secs(pause.into()));
        }
        let mut wait = backoff(message.tries);
        if failures >= OUTAGE {
            // The end of an outage shall not be found out a minute late.
            wait = wait.min(LONGEST_WAIT);
        }
        if message.tries < KEEP_ORDER {
            self.limiter
                .gate(message.chat_id, wait.to_std().unwrap_or_default());
        }
        self.later(message, wait, error)
    }

    /// Tried again after so long, but not forever.
    pub(super) fn later(&self, message: &Outgoing, wait: TimeDelta, error: String) -> Done {
        let now = self.store.now();
        if now - message.created_at > GIVE_UP {
            return outcome(Outcome::Failed {
                error: format!("given up after a day: {error}"),
            });
        }
        outcome(Outcome::Later {
            not_before: now + wait,
            error,
        })
    }
}

/// Whether the bytes of a file go with it.
fn is_upload(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::ExportFile { .. } | Notice::BroadcastUpload { .. }
    )
}
