//! What a handler knows about one update, and the one transaction in which it may act.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Error, Refusal, Result, Store, Tx, inbox,
    outbox::{self, Message},
    task::load,
};
use futures::future::BoxFuture;
use locales::{Lang, Sentence};
use teloxide::types::CallbackQueryId;

use crate::{
    inflight::Marked,
    meter::Meter,
    reply::{Place, Reply},
    state::State,
    toasts::Toasts,
    wording,
};

mod steps;

/// One update of a person we know.
#[derive(Clone)]
pub struct Ctx {
    pub store: Store,
    pub toasts: Toasts,
    pub inbox_id: i64,
    pub actor: Actor,
    pub chat_id: i64,
    pub lang: Lang,
    /// The press to be answered, when it was one.
    pub query: Option<CallbackQueryId>,
    /// When the person did it, as far as Telegram says.
    pub at: DateTime<Utc>,
    /// What he wrote cries for help.
    pub cries: bool,
    /// The step the person is in.
    pub state: State,
    /// What the update tells about dialogues, once it is committed.
    pub meter: Meter,
    /// Set once the update is marked done.
    pub(crate) marked: Marked,
}

impl Ctx {
    /// Marks the update done and does `work`, in one transaction, after a word about a step that is too old by now.
    /// `None` when it was done before.
    pub async fn write<T, F>(&self, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    {
        let (id, meter) = (self.inbox_id, self.meter.clone());
        let left = self.state.expired.map(|name| (name, self.clone()));
        let done = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    meter.begin();
                    if !inbox::done(tx, id).await? {
                        return Ok(None);
                    }
                    if let Some((name, ctx)) = left {
                        meter.expired(name);
                        ctx.end(tx, Reply::Expired).await?;
                    }
                    work(tx).await.map(Some)
                })
            })
            .await?;
        self.marked.set();
        self.meter.count();
        Ok(done)
    }

    /// The same, and a refusal becomes a sentence for the person instead of an error.
    pub async fn attempt<T, F>(&self, about: Option<i64>, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    {
        match self.write(work).await {
            Err(Error::Refused(refusal)) => self.refuse(*refusal, about).await.map(|()| None),
            done => done,
        }
    }

    /// The same for what stands on a card, which is brought up to date when it is refused.
    pub async fn attempt_on<T, F>(&self, card: Message, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    {
        match self.write(work).await {
            Err(Error::Refused(refusal)) => {
                let refused = self.refuse_with(*refusal, None, vec![card]).await;
                refused.map(|()| None)
            }
            done => done,
        }
    }

    /// The same for the last step of a dialogue: a refusal ends it, unless another answer would mend it.
    pub async fn attempt_ending<T, F>(&self, about: Option<i64>, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    {
        let refused = match self.write(work).await {
            Err(Error::Refused(refusal)) => match *refusal {
                refusal @ Refusal::Invalid { .. } => self.refuse(refusal, about).await,
                refusal => self.refuse_ending(refusal, about).await,
            },
            done => return done,
        };
        refused.map(|()| None)
    }

    /// Says why something was not done, and brings the card it was about up to date.
    pub async fn refuse(&self, refusal: Refusal, task_id: Option<i64>) -> Result<()> {
        self.refuse_with(refusal, task_id, Vec::new()).await
    }

    async fn refuse_with(
        &self,
        refusal: Refusal,
        task_id: Option<i64>,
        cards: Vec<Message>,
    ) -> Result<()> {
        self.toast_refusal(&refusal, task_id).await;
        let ctx = self.clone();
        let reply = Reply::Refused { refusal, task_id };
        self.write(move |tx| {
            Box::pin(async move {
                ctx.say(tx, reply).await?;
                ctx.renew(tx, task_id).await?;
                outbox::push(tx, cards).await
            })
        })
        .await?;
        Ok(())
    }

    /// The same as [`Ctx::refuse`], in the place of the dialogue, which ends.
    pub async fn refuse_ending(&self, refusal: Refusal, task_id: Option<i64>) -> Result<()> {
        self.toast_refusal(&refusal, task_id).await;
        let ctx = self.clone();
        let reply = Reply::Refused { refusal, task_id };
        self.write(move |tx| {
            Box::pin(async move {
                ctx.end(tx, reply).await?;
                ctx.renew(tx, task_id).await
            })
        })
        .await?;
        Ok(())
    }

    /// Brings the card of a task up to date. There may be none: what a press says comes from outside.
    async fn renew(&self, tx: &mut Tx, task_id: Option<i64>) -> Result<()> {
        let Some(id) = task_id else { return Ok(()) };
        match load::exists(tx, id).await? {
            true => {
                let card = Message::card(self.chat_id, self.actor.user_id, id);
                outbox::push(tx, vec![card]).await
            }
            false => Ok(()),
        }
    }

    async fn toast_refusal(&self, refusal: &Refusal, task_id: Option<i64>) {
        let Some(query) = &self.query else { return };
        let code = wording::code_of(&self.store, &self.actor, task_id).await;
        let zone = self.store.rules().zone;
        let text = wording::refusal(refusal, &code, self.lang, zone, self.store.now());
        self.toasts.show(query, Some(&text), true);
    }

    /// Answers, and does nothing else.
    pub async fn reply(&self, reply: Reply) -> Result<()> {
        self.reply_all(vec![reply]).await
    }

    /// Answers with several messages, in this order.
    pub async fn reply_all(&self, replies: Vec<Reply>) -> Result<()> {
        let ctx = self.clone();
        self.write(move |tx| {
            Box::pin(async move {
                for reply in replies {
                    ctx.say(tx, reply).await?;
                }
                Ok(())
            })
        })
        .await?;
        Ok(())
    }

    /// Adds an answer to a transaction.
    pub async fn say(&self, tx: &mut Tx, reply: Reply) -> Result<()> {
        let reply = reply.below_a_cry(self.cries);
        let message = reply.message(self.chat_id, self.actor.user_id, Place::Plain)?;
        outbox::push(tx, vec![message]).await
    }

    /// Repeats the prompt of the present step below an explanation, in one new message.
    pub async fn explain(&self, reply: Reply) -> Result<()> {
        let why = Box::new(reply);
        let place = Place::Dialogue { fresh: true };
        let explained = Reply::Explained { why };
        let message = explained.message(self.chat_id, self.actor.user_id, place)?;
        self.write(move |tx| Box::pin(async move { outbox::push(tx, vec![message]).await }))
            .await
            .map(drop)
    }

    /// Takes notice of a press that means nothing more.
    pub async fn ignore(&self) -> Result<()> {
        if let Some(query) = &self.query {
            self.toasts.show(query, None, false);
        }
        self.write(|_| Box::pin(async { Ok(()) })).await.map(drop)
    }

    /// A short word over the chat; it may get lost.
    pub fn toast(&self, sentence: &Sentence) {
        if let Some(query) = &self.query {
            self.toasts
                .show(query, Some(&sentence.to(self.lang)), false);
        }
    }

    /// When it happened, if Telegram's word for it is old enough to matter; else nothing.
    pub fn late(&self) -> Option<DateTime<Utc>> {
        (self.store.now() - self.at > chrono::TimeDelta::minutes(2)).then_some(self.at)
    }
}
