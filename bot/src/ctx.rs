//! What a handler knows about one update, and the one transaction in which it may act.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Error, Refusal, Result, Store, Tx, dialogue, inbox,
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
    state::{Stage, State},
    toasts::Toasts,
    wording,
};

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
        let message = reply.message(self.chat_id, self.actor.user_id, Place::Plain)?;
        outbox::push(tx, vec![message]).await
    }

    /// Moves to a step that starts a dialogue: its prompt is a new message. A report that still waited for its task is not kept,
    /// and that is said.
    pub async fn enter(&self, tx: &mut Tx, stage: Stage) -> Result<()> {
        self.meter.left(tx, &self.state);
        // A press may lead from one step of a dialogue to the next by a message of its own.
        let goes_on = self.query.is_some() && stage.name() == self.state.stage.name();
        if !goes_on {
            self.meter.ended(&self.state, "abandoned");
        }
        if matches!(self.state.stage, Stage::ReportWhich { .. }) {
            self.say(tx, Reply::ReportLeft).await?;
        }
        self.put_fresh(tx, stage, None).await
    }

    /// Moves within a dialogue with a new message for the prompt, because something was said in between.
    pub async fn again(&self, tx: &mut Tx, stage: Stage) -> Result<()> {
        self.meter.left(tx, &self.state);
        self.put_fresh(tx, stage, self.left()).await
    }

    async fn put_fresh(&self, tx: &mut Tx, stage: Stage, before: Option<i64>) -> Result<()> {
        let state = State {
            serial: self.inbox_id,
            before,
            since: Some(tx.now()),
            stage,
            ..State::default()
        };
        self.put(tx, &state).await?;
        self.prompt(tx, true).await
    }

    /// Moves to the next step of a dialogue: after a press the prompt is edited, after words it is a new message.
    pub async fn go(&self, tx: &mut Tx, stage: Stage) -> Result<()> {
        self.meter.left(tx, &self.state);
        let state = State {
            serial: self.inbox_id,
            before: self.left(),
            since: Some(tx.now()),
            stage,
            ..State::default()
        };
        self.put(tx, &state).await?;
        self.prompt(tx, self.query.is_none()).await
    }

    /// The number of the step that this press leaves.
    fn left(&self) -> Option<i64> {
        self.query.as_ref().map(|_| self.state.serial)
    }

    /// Changes what a step has gathered without leaving it: its buttons stay good.
    pub async fn stay(&self, tx: &mut Tx, stage: Stage) -> Result<()> {
        let state = State {
            stage,
            ..self.state.clone()
        };
        self.put(tx, &state).await?;
        self.prompt(tx, self.query.is_none()).await
    }

    /// The same, and what was asked stands as it is: nothing is said.
    pub async fn hold(&self, tx: &Tx, stage: Stage) -> Result<()> {
        let state = State {
            stage,
            ..self.state.clone()
        };
        self.put(tx, &state).await
    }

    /// Shows another page of what the present step lets choose from.
    pub async fn turn(&self, tx: &mut Tx, page: u32) -> Result<()> {
        let state = State {
            page,
            ..self.state.clone()
        };
        self.put(tx, &state).await?;
        self.prompt(tx, self.query.is_none()).await
    }

    async fn put(&self, tx: &Tx, state: &State) -> Result<()> {
        dialogue::put(
            tx,
            self.chat_id,
            state.stage.name(),
            state.form(),
            serde_json::to_value(state)?,
        )
        .await
    }

    async fn prompt(&self, tx: &mut Tx, fresh: bool) -> Result<()> {
        let message =
            Reply::Prompt.message(self.chat_id, self.actor.user_id, Place::Dialogue { fresh })?;
        outbox::push(tx, vec![message]).await
    }

    /// Ends the dialogue with a last word in the place of its prompt.
    pub async fn end(&self, tx: &mut Tx, reply: Reply) -> Result<()> {
        self.meter.left(tx, &self.state);
        self.meter.ended(&self.state, reply.outcome());
        match self.left() {
            None => drop(dialogue::clear(tx, self.chat_id).await?),
            before => {
                let over = State {
                    serial: self.inbox_id,
                    before,
                    ..State::default()
                };
                self.put(tx, &over).await?;
            }
        }
        let place = Place::Dialogue {
            fresh: self.query.is_none(),
        };
        let message = reply.message(self.chat_id, self.actor.user_id, place)?;
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
