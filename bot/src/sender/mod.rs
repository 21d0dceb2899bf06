//! Takes messages from the outbox by lane and brings them to Telegram, many chats at once, one message per chat.

mod calls;
mod deliver;
mod pulse;
mod room;
mod topics;
mod trouble;

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    Store,
    bell::{Listener as Ear, Topic},
    lease::{Duty, Term},
    outbox::{self, Chats, Legacy, Outcome, Outgoing, Settled},
};
use futures::FutureExt;
use metrics::counter;
use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};

use crate::health::{Health, Part, State};

pub(crate) use self::{deliver::Postman, pulse::Pulse};

/// How many messages are under way at once.
const IN_HAND: usize = 32;

/// How often to look when no bell rings: messages come from other instances too.
const POLL: Duration = Duration::from_millis(500);

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// Tries to record what became of messages once the sender has to stop.
const LAST_TRIES: u32 = 3;

/// The one sender of a bot.
pub(crate) struct Sender {
    pub store: Store,
    pub postman: Arc<Postman>,
    pub health: Health,
}

impl Duty for Sender {
    async fn work(&self, term: Term) {
        tracing::info!(
            lease.fence = term.fence.number,
            "sending what waits in the outbox"
        );
        let ear = self.store.bell().listen(Topic::Outbox);
        let round = Round {
            sender: self,
            term,
            ear,
            under_way: JoinSet::new(),
            busy: HashMap::new(),
            noted: None,
        };
        round.work().await;
        // What still waits on the side is left undone: whoever sends next does not know of it.
        self.postman.limiter.end_term();
        self.health.set(Part::Sending, State::Ok);
    }
}

/// One term of the sender.
struct Round<'a> {
    sender: &'a Sender,
    term: Term,
    ear: Ear,
    under_way: JoinSet<Settled>,
    /// Chats with a message under way.
    busy: HashMap<i64, i64>,
    /// Since when Telegram is away, as it stands in the database.
    noted: Option<DateTime<Utc>>,
}

impl Round<'_> {
    async fn work(mut self) {
        self.take_over().await;
        while !self.term.stop.is_cancelled() {
            match self.take().await {
                Ok(0) => self.rest().await,
                Ok(_) => {}
                Err(error) => self.pause(&error).await,
            }
            self.settle_finished().await;
            if let Err(error) = self.note_outage().await {
                self.pause(&error).await;
            }
        }
        // What is in hand is finished: each call has its timeout.
        let mut finished = Vec::new();
        while let Some(done) = self.under_way.join_next().await {
            finished.push(done.expect("a delivery catches its panics"));
        }
        if !finished.is_empty() {
            self.settle(finished).await;
        }
    }

    /// What a sender before us had in hand may or may not have been sent: it is sent again. What it has sent counts.
    async fn take_over(&mut self) {
        while !self.term.stop.is_cancelled() {
            match self.try_take_over().await {
                Ok(legacy) => return self.inherit(&legacy),
                Err(error) => self.pause(&error).await,
            }
        }
    }

    async fn try_take_over(&mut self) -> domain::Result<Legacy> {
        let store = &self.sender.store;
        self.noted = outbox::away_since(store).await?;
        self.sender.postman.pulse.begin(self.noted);
        outbox::take_over(store, self.term.fence.clone()).await
    }

    /// Writes down that Telegram went away or came back, for the boards of every instance. With nothing left to deliver
    /// nobody is kept waiting, and nothing would ever tell that it is back.
    async fn note_outage(&mut self) -> domain::Result<()> {
        let (store, pulse) = (&self.sender.store, &self.sender.postman.pulse);
        let mut since = pulse.silent_since();
        let ages = since.is_some() || self.noted.is_some();
        if ages && self.under_way.is_empty() && !outbox::anything_waits(store).await? {
            pulse.begin(None);
            self.sender.health.set(Part::Sending, State::Ok);
            since = None;
        }
        if since.is_some() == self.noted.is_some() {
            return Ok(());
        }
        outbox::note_away(store, self.term.fence.clone(), since).await?;
        self.noted = since;
        match since {
            Some(since) => tracing::warn!(%since, "Telegram leaves messages without an answer"),
            None => tracing::info!("Telegram answers again"),
        }
        Ok(())
    }

    fn inherit(&self, legacy: &Legacy) {
        let messages = legacy.under_way.len();
        if messages > 0 {
            tracing::warn!(
                messages,
                "messages were under way when the last sender ended"
            );
        }
        let now = self.sender.store.now();
        self.sender.postman.limiter.inherit(legacy, now);
    }

    /// Takes as many messages as may go out now, and says how many.
    async fn take(&mut self) -> domain::Result<usize> {
        let room = self.room();
        if room == 0 {
            return Ok(0);
        }
        let limiter = &self.sender.postman.limiter;
        let (behind, (mut busy, _)) = (limiter.behind(), limiter.closed());
        busy.extend(self.busy.keys());
        let messages = outbox::claim(
            &self.sender.store,
            self.term.fence.clone(),
            room as u64,
            Chats {
                busy,
                behind,
                pressing_only: self.pressing_only(),
            },
        )
        .await?;
        let taken = messages.len();
        for message in messages {
            self.busy.insert(message.chat_id, message.id);
            let postman = Arc::clone(&self.sender.postman);
            self.under_way
                .spawn(deliver(postman, message, self.term.clone()));
        }
        Ok(taken)
    }

    /// Waits until something may have changed: a message, a finished delivery, a limit, a due time.
    async fn rest(&mut self) {
        let opens = [self.opens(), self.sender.postman.limiter.closed().1];
        let opens = opens.into_iter().flatten().min();
        let opens = opens.unwrap_or_else(|| Instant::now() + POLL);
        let clock = self.sender.store.clock();
        // Nobody looks for it while nothing may go out anyway: among many that wait it is far to find.
        let due = match self.sender.postman.limiter.closed_until() {
            Some(_) => None,
            None => outbox::next_due(&self.sender.store).await.ok().flatten(),
        };
        let due = due.filter(|due| *due > clock.now());
        tokio::select! {
            _ = self.ear.wait(POLL) => {}
            () = tokio::time::sleep_until(opens) => {}
            () = async { match due { Some(due) => clock.until(due).await, None => std::future::pending().await } } => {}
            () = self.term.stop.cancelled() => {}
            Some(done) = self.under_way.join_next() => self.settle_with(done).await,
        }
    }

    async fn settle_finished(&mut self) {
        if let Some(done) = self.under_way.try_join_next() {
            self.settle_with(done).await;
        }
    }

    /// Records what became of this delivery, and of all others that are over by now, at once.
    async fn settle_with(&mut self, first: Result<Settled, JoinError>) {
        let mut finished = vec![first.expect("a delivery catches its panics")];
        while let Some(done) = self.under_way.try_join_next() {
            finished.push(done.expect("a delivery catches its panics"));
        }
        self.settle(finished).await;
    }

    /// Records what became of messages, however long the database is away; only then their chats are free.
    async fn settle(&mut self, finished: Vec<Settled>) {
        self.report(&finished);
        let mut last_tries = LAST_TRIES;
        while let Err(error) = outbox::settle_all(
            &self.sender.store,
            self.term.fence.clone(),
            finished.clone(),
        )
        .await
        {
            if self.term.stop.is_cancelled() {
                last_tries -= 1;
                if last_tries == 0 {
                    tracing::error!(%error, messages = finished.len(), "what was sent could not be recorded; it is sent again");
                    break;
                }
            }
            self.pause(&error).await;
        }
        for settled in &finished {
            self.busy.remove(&settled.message.chat_id);
        }
    }

    fn report(&self, finished: &[Settled]) {
        for settled in finished {
            let lane = format!("{:?}", settled.message.lane).to_lowercase();
            let outcome = match &settled.outcome {
                Outcome::Sent { .. } => "sent",
                Outcome::Dropped => "dropped",
                Outcome::Later { .. } => "later",
                Outcome::Failed { .. } => "failed",
                Outcome::Unreachable { .. } => "unreachable",
                Outcome::Moved { .. } => "moved",
            };
            counter!("gad_telegram_sends_total", "lane" => lane, "outcome" => outcome).increment(1);
        }
    }

    async fn pause(&self, error: &domain::Error) {
        tracing::warn!(%error, "the outbox has to wait for the database");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Delivers one message; a panic on the way costs only this one, and a defect that comes again gives it up.
/// Nothing is sent by a lease that may be somebody else's.
async fn deliver(postman: Arc<Postman>, message: Outgoing, term: Term) -> Settled {
    let delivery = AssertUnwindSafe(postman.deliver(&message)).catch_unwind();
    let delivery = tokio::select! {
        biased;
        () = term.ran_out() => return postman.left_to_another(&message),
        delivery = delivery => delivery,
    };
    delivery.unwrap_or_else(|_| {
        tracing::error!(
            outbox.id = message.id,
            "a panic while a message was being sent"
        );
        postman.defect(&message, "a panic while it was being sent".into())
    })
}
