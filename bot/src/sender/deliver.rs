//! Brings one message to its chat: worded at this moment, as an edit where its card is there already.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use domain::{
    Store, broadcast,
    card::{self, Shown, Subject},
    outbox::{Notice, Outcome, Outgoing, Settled, backoff},
};
use teloxide::types::{ChatId, MessageId};
use tokio::sync::Semaphore;

use super::{
    calls::{self, Posted},
    pulse::Pulse,
    trouble::Trouble,
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
pub(super) struct Done {
    pub outcome: Outcome,
    shown: Option<Shown>,
}

impl Postman {
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
}

/// Nothing new shows the subject.
pub(super) fn outcome(outcome: Outcome) -> Done {
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
