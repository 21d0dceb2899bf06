//! From one step of a dialogue to the next, in the transaction of what led there.

use chrono::{DateTime, Utc};
use domain::{Result, Tx, dialogue, outbox};

use super::Ctx;
use crate::{
    dialogues::create::Draft,
    reply::{Place, Reply},
    state::{Stage, State},
};

impl Ctx {
    /// Moves to a step that starts a dialogue: its prompt is a new message. A report that still waited for its task is not kept,
    /// and that is said; a new task that was not finished is.
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
        let left = self.half_made(&stage);
        if left.is_some() {
            self.say(tx, Reply::CreateLeft).await?;
        }
        let kept = match stage {
            Stage::Create(_) => None,
            _ => left.or_else(|| self.state.kept.clone()),
        };
        let next = State {
            began: self.began().filter(|_| goes_on),
            kept,
            stage,
            ..State::default()
        };
        self.put_fresh(tx, next).await
    }

    /// The new task that he leaves half-made for another dialogue.
    fn half_made(&self, next: &Stage) -> Option<Box<Draft>> {
        match (&self.state.stage, next) {
            (_, Stage::Create(_)) => None,
            (Stage::Create(draft), _) if draft.kind.is_some() => Some(draft.clone()),
            _ => None,
        }
    }

    /// Moves within a dialogue with a new message for the prompt, because something was said in between.
    pub async fn again(&self, tx: &mut Tx, stage: Stage) -> Result<()> {
        self.meter.left(tx, &self.state);
        let next = State {
            before: self.left(),
            began: self.began(),
            kept: self.state.kept.clone(),
            stage,
            ..State::default()
        };
        self.put_fresh(tx, next).await
    }

    async fn put_fresh(&self, tx: &mut Tx, next: State) -> Result<()> {
        let state = State {
            serial: self.inbox_id,
            since: Some(tx.now()),
            began: next.began.or(Some(tx.now())),
            ..next
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
            began: self.began().or(Some(tx.now())),
            stage,
            kept: self.state.kept.clone(),
            ..State::default()
        };
        self.put(tx, &state).await?;
        self.prompt(tx, self.query.is_none()).await
    }

    /// When the dialogue began that goes on.
    fn began(&self) -> Option<DateTime<Utc>> {
        self.state.began.or(self.state.since)
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
        match (self.left(), self.state.kept.clone()) {
            (None, None) => drop(dialogue::clear(tx, self.chat_id).await?),
            (before, kept) => {
                let over = State {
                    serial: self.inbox_id,
                    before,
                    since: kept.as_ref().map(|_| tx.now()),
                    kept,
                    ..State::default()
                };
                self.put(tx, &over).await?;
            }
        }
        let place = Place::Dialogue {
            fresh: self.query.is_none(),
        };
        let reply = reply.below_a_cry(self.cries);
        let message = reply.message(self.chat_id, self.actor.user_id, place)?;
        outbox::push(tx, vec![message]).await
    }
}
