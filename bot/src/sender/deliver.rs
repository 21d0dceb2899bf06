//! Brings one message to its chat: worded at this moment, as an edit where its card is there already.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use domain::{
    Store, broadcast,
    card::{self, Shown, Subject},
    outbox::{Notice, Outcome, Outgoing, Settled, backoff},
};
use metrics::counter;
use teloxide::types::{ChatId, MessageId};
use tokio::sync::Semaphore;

use super::{
    calls::{self, Posted},
    pulse::Pulse,
};
use crate::{
    client::Client,
    errands::Errands,
    errors::{CallError, Verdict},
    health::{Health, Part, State},
    limiter::{Kind, Limiter},
    menu::{self, Menu},
    screen::{Media, Render, Rendered, Screen},
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

/// Whether a message of this that a newer one replaces is worded anew.
fn is_worded(subject: Option<Subject>) -> bool {
    matches!(
        subject,
        Some(Subject::Broadcast(_) | Subject::Emergency(_) | Subject::Alert(_))
    )
}

/// What a delivery needs.
pub(crate) struct Postman {
    pub store: Store,
    pub client: Arc<Client>,
    pub render: Arc<dyn Render>,
    /// So many messages may be worded at once.
    pub wording: Semaphore,
    pub errands: Errands,
    pub limiter: Arc<Limiter>,
    pub health: Health,
    pub pulse: Pulse,
    /// Calls without an answer since the last one with.
    pub unanswered: AtomicU32,
    /// One more of it for each edit that waits for its turn.
    pub editing: Arc<()>,
}

/// What was done, and which message shows the subject now.
struct Done {
    outcome: Outcome,
    shown: Option<Shown>,
}

impl Postman {
    /// Whether so many calls in a row were left without an answer that Telegram is away.
    pub fn is_alone(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) >= OUTAGE
    }

    /// How many edits wait for their turn.
    pub fn edits_waiting(&self) -> usize {
        Arc::strong_count(&self.editing) - 1
    }

    /// Words a message and brings it to Telegram.
    pub async fn deliver(&self, message: &Outgoing) -> Settled {
        let done = match self.word(message).await {
            Ok(Rendered::Nothing) => Done {
                outcome: Outcome::Dropped,
                shown: None,
            },
            Ok(Rendered::Message(screen)) => self.show(message, &screen).await,
            Err(domain::Error::Away(error) | domain::Error::Contended(error)) => {
                self.later(message, backoff(0), error)
            }
            Err(error) => return self.defect(message, error.to_string()),
        };
        Settled {
            message: message.clone(),
            outcome: done.outcome,
            shown: done.shown,
        }
    }

    async fn word(&self, message: &Outgoing) -> Result<Rendered, domain::Error> {
        let _turn = self.wording.acquire().await;
        self.render.render(message).await
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

    async fn show(&self, message: &Outgoing, screen: &Screen) -> Done {
        match self.try_show(message, screen).await {
            Ok(done) => done,
            Err(Trouble::Call(error)) => self.trouble(message, &error),
            Err(Trouble::Domain(error)) => self.later(message, backoff(0), error.to_string()),
        }
    }

    async fn try_show(&self, message: &Outgoing, screen: &Screen) -> Result<Done, Trouble> {
        let chat = ChatId(message.chat_id);
        if let Some(menu) = &screen.menu {
            self.publish(chat, menu.clone()).await?;
        }
        if screen.text.is_empty() && screen.location.is_none() && screen.media.is_none() {
            return Ok(Done {
                outcome: Outcome::Sent { message_id: None },
                shown: None,
            });
        }
        let opened = self.open(chat, screen).await?;
        let screen = opened.as_ref().unwrap_or(screen);
        let done = self.put(message, chat, screen).await?;
        if let (Some(thread), Some(topic)) = (screen.thread, &screen.topic)
            && topic.over
        {
            self.close(chat, thread, topic).await?;
        }
        Ok(done)
    }

    /// Brings the screen into the chat: as an edit where its message is there already.
    async fn put(
        &self,
        message: &Outgoing,
        chat: ChatId,
        screen: &Screen,
    ) -> Result<Done, Trouble> {
        if let Some(message) = screen.edits {
            return self.amend(chat, message, screen).await;
        }
        let before = match screen.subject {
            Some(subject) => card::find(&self.store, message.chat_id, subject).await?,
            None => None,
        };
        if let Some(shown) = before.as_ref().filter(|_| !screen.ring) {
            if shown.hash == screen.digest() {
                return Ok(Done {
                    outcome: Outcome::Dropped,
                    shown: None,
                });
            }
            if screen.fits_an_edit() && self.edit(chat, shown.message_id, screen).await? {
                return Ok(sent(screen, shown.message_id));
            }
        }
        let posted = self.send(chat, screen).await?;
        let message_id = posted.message_id;
        self.brought(message, posted).await?;
        // What calls people is worded anew, see `replaced` of the outbox in the domain.
        let worded = screen.ring && is_worded(screen.subject);
        let before = before.filter(|_| !worded);
        if let Some(old) = before.and_then(|shown| id(shown.message_id)) {
            self.errands.strip(&self.limiter, chat, old);
        }
        Ok(sent(screen, message_id))
    }

    /// Words a message of before anew; one that cannot be edited any more stays as it is.
    async fn amend(&self, chat: ChatId, message: i64, screen: &Screen) -> Result<Done, Trouble> {
        let edited = self.edit(chat, message, screen).await?;
        Ok(outcome(match edited {
            true => Outcome::Sent {
                message_id: Some(message),
            },
            false => Outcome::Dropped,
        }))
    }

    /// Telegram has a file that we brought: everybody else gets it by its id. Should this not be noted, it is brought again.
    async fn brought(&self, message: &Outgoing, posted: Posted) -> domain::Result<()> {
        let Notice::BroadcastUpload { broadcast_id, .. } = message.notice else {
            return Ok(());
        };
        match posted.file() {
            Some(file) => {
                broadcast::uploaded(&self.store, broadcast_id, message.chat_id, file).await
            }
            None => Ok(()),
        }
    }

    /// A menu that cannot be published must not hold back the message.
    async fn publish(&self, chat: ChatId, menu: Menu) -> Result<(), CallError> {
        match menu::publish(&self.client, chat, menu).await {
            Err(error) if error.verdict() == Verdict::Refused => {
                tracing::warn!(%error, "a menu was refused");
                Ok(())
            }
            done => done,
        }
    }

    /// Edits a message; false when it cannot be edited any more, for whatever reason, so that it is sent anew.
    async fn edit(&self, chat: ChatId, message: i64, screen: &Screen) -> Result<bool, CallError> {
        let Some(message) = id(message) else {
            return Ok(false);
        };
        let waiting = Arc::clone(&self.editing);
        let call = self.limiter.pass(chat.0, Kind::Edit).await;
        drop(waiting);
        let edit = calls::edit(&self.client, chat, message, screen);
        let edited = self.pulse.of(edit).await;
        drop(call);
        match edited {
            Ok(()) => {
                self.answered();
                Ok(true)
            }
            Err(error) => match error.verdict() {
                Verdict::NotModified => Ok(true),
                Verdict::Refused => Ok(false),
                _ => Err(error),
            },
        }
    }

    async fn send(&self, chat: ChatId, screen: &Screen) -> Result<Posted, CallError> {
        let call = self.limiter.pass(chat.0, Kind::Send).await;
        let send = calls::send(&self.client, chat, screen);
        let sent = match &screen.media {
            // A file of our own takes its time, which says nothing about Telegram.
            Some(Media::Drawn(_) | Media::Written(_) | Media::Brought(..)) => send.await,
            _ => self.pulse.of(send).await,
        };
        drop(call);
        let posted = sent?;
        self.answered();
        if let Some(place) = screen.location.filter(|_| !screen.text.is_empty()) {
            let _call = self.limiter.pass(chat.0, Kind::Send).await;
            // The text has been sent: trying again for the pin would send it twice.
            if let Err(error) = calls::send_pin(&self.client, chat, place, screen.thread).await {
                tracing::warn!(%error, "a pin could not be sent");
            }
        }
        Ok(posted)
    }

    fn answered(&self) {
        self.limiter.taken();
        self.unanswered.store(0, Ordering::Relaxed);
        if self.health.set(Part::Sending, State::Ok) {
            tracing::info!("Telegram takes messages");
        }
    }

    fn trouble(&self, message: &Outgoing, error: &CallError) -> Done {
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

    fn later(&self, message: &Outgoing, wait: TimeDelta, error: String) -> Done {
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

fn outcome(outcome: Outcome) -> Done {
    Done {
        outcome,
        shown: None,
    }
}

fn sent(screen: &Screen, message_id: i64) -> Done {
    let shown = screen.subject.map(|subject| Shown {
        subject,
        message_id,
        hash: screen.digest(),
    });
    Done {
        outcome: Outcome::Sent {
            message_id: Some(message_id),
        },
        shown,
    }
}

/// Telegram counts messages in 32 bits.
fn id(message: i64) -> Option<MessageId> {
    i32::try_from(message).ok().map(MessageId)
}

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
