//! The steps, on the real functions.

use chrono::TimeDelta;
use entity::timer;
use sea_orm::{ColumnTrait, QueryFilter};

use super::*;

/// Everybody to whom something may be on its way.
const ALL: [i64; 4] = [CHATS[0], CHATS[1], COMMAND[0], COMMAND[1]];

impl Model {
    pub(super) async fn does(&self, id: i64, step: Step) {
        match step {
            Step::Deliver(i) => self.settle(i, None).await,
            Step::Fail(i) => self.settle(i, Some(refused())).await,
            Step::Die(i) => self.die(i).await,
            Step::Lose(i) => self.reaches(CHATS[i], false).await,
            Step::Regain(i) => self.reaches(CHATS[i], true).await,
            Step::Answer(i) => self.answer(id, i, Reply::Acknowledged).await,
            Step::Come(i) => self.answer(id, i, Reply::OnTheWay).await,
            Step::Hear(i) => self.word(id, COMMAND[i], None).await,
            Step::Refuse(i) => self.word(id, COMMAND[i], Some(refused())).await,
            Step::Deafen(i) => {
                let error = "blocked".to_owned();
                let gone = Outcome::Unreachable { error };
                self.word(id, COMMAND[i], Some(gone)).await;
                self.reaches(COMMAND[i], false).await;
            }
            Step::Round => self.after(TimeDelta::seconds(61)).await,
            Step::Held => self.after(TimeDelta::seconds(301)).await,
            Step::Expire => {
                // Only the end: the rounds that would have come before are other ways.
                timer::Entity::delete_many()
                    .filter(timer::Column::Kind.eq("broadcast_round"))
                    .exec(self.world.store.writer())
                    .await
                    .expect("no round");
                self.after(TimeDelta::hours(12)).await;
            }
            Step::Close => self.end(id, true).await,
            Step::Cancel => self.end(id, false).await,
            Step::Crash => self.crash(id).await,
        }
    }

    async fn after(&self, time: TimeDelta) {
        self.world.wait(time);
        self.world.run_timers().await;
    }

    async fn reaches(&self, chat: i64, again: bool) {
        let work = self.world.store.write(move |tx| {
            Box::pin(async move {
                match again {
                    true => reach::regained(tx, chat).await,
                    false => reach::lost(tx, chat).await,
                }
            })
        });
        work.await.expect("recorded");
    }

    async fn answer(&self, id: i64, i: usize, reply: Reply) {
        let actor = self.people[i].clone();
        let work = self.world.store.write(move |tx| {
            Box::pin(async move { broadcast::answer(tx, &actor, id, reply, None).await })
        });
        work.await.expect("answered");
    }

    /// Refused once it is over.
    async fn end(&self, id: i64, close: bool) {
        let dora = self.dora.clone();
        let work = self.world.store.write(move |tx| {
            Box::pin(async move {
                match close {
                    true => broadcast::close(tx, &dora, id, None).await,
                    false => broadcast::cancel(tx, &dora, id).await,
                }
            })
        });
        drop(work.await);
    }

    /// In the middle of an answer the process ends.
    async fn crash(&self, id: i64) {
        let actor = self.people[0].clone();
        let work = self.world.store.write(move |tx| {
            Box::pin(async move {
                broadcast::answer(tx, &actor, id, Reply::Declined, None).await?;
                Err::<(), _>(domain::Error::Away("the process ended".into()))
            })
        });
        work.await.expect_err("it ended");
    }

    /// A process that sends: whoever sent before it is dead.
    async fn sender(&self) -> Sender<'_> {
        Sender::begin(&self.world.store, &ALL).await
    }

    /// Brings the next message of somebody to its end, as the sender does: worded at this moment.
    async fn settle(&self, i: usize, outcome: Option<Outcome>) {
        let sender = self.sender().await;
        for message in sender.next_of(CHATS[i]).await {
            let outcome = match &outcome {
                Some(outcome) => outcome.clone(),
                None => self.worded(i, &message).await,
            };
            let settled = sender.settle(message, outcome).await;
            settled.expect("settled");
        }
    }

    /// What was under way goes out again, and whoever died has no more to say.
    async fn die(&self, i: usize) {
        self.sender().await.die(CHATS[i]).await;
        self.settle(i, None).await;
    }

    /// What the bot makes of it: nothing to say once it is over or answered.
    async fn worded(&self, i: usize, message: &Outgoing) -> Outcome {
        let Notice::Broadcast { broadcast_id, ring } = message.notice else {
            return Outcome::Dropped;
        };
        let user_id = self.people[i].user_id.expect("an account");
        let mine = broadcast::mine(&self.world.store, user_id, broadcast_id).await;
        let broadcast::Mine {
            broadcast, state, ..
        } = mine.expect("readable").expect("his");
        let open = broadcast::is_open(broadcast.status);
        let silent = matches!(
            state,
            RecipientState::Queued | RecipientState::Sent | RecipientState::Unreachable
        );
        let nothing = !open && (ring || state == RecipientState::Queued) || ring && !silent;
        match nothing {
            true => Outcome::Dropped,
            false => Outcome::Sent { message_id: None },
        }
    }

    /// Brings the next word for one of those in command to its end, and what leaves before it.
    async fn word(&self, id: i64, chat: i64, outcome: Option<Outcome>) {
        let sender = self.sender().await;
        loop {
            let Some(message) = sender.next_of(chat).await.pop() else {
                return;
            };
            let word = matches!(message.notice, Notice::BroadcastSilent { .. });
            let outcome = match (word, &outcome) {
                (false, _) => Outcome::Sent { message_id: None },
                (true, Some(outcome)) => outcome.clone(),
                (true, None) => self.named(id).await,
            };
            let settled = sender.settle(message, outcome).await;
            settled.expect("settled");
            if word {
                return;
            }
        }
    }

    /// What the bot makes of a word: nothing once all have answered, or it was called off.
    async fn named(&self, id: i64) -> Outcome {
        let system = Actor::system(domain::actor::Channel::Cli);
        let one = broadcast::find(&self.world.store, &system, id).await;
        let one = one.expect("there");
        let silent = [
            RecipientState::Queued,
            RecipientState::Sent,
            RecipientState::Unreachable,
        ];
        let nobody = silent.iter().all(|state| one.counts.of(*state) == 0);
        match nobody || one.status == BroadcastStatus::Cancelled {
            true => Outcome::Dropped,
            false => Outcome::Sent { message_id: None },
        }
    }
}
