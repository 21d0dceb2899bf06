//! The steps, on the real functions.

use chrono::TimeDelta;
use entity::timer;
use sea_orm::{ColumnTrait, QueryFilter};

use super::*;

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
    async fn sender(&self) -> Fence {
        let span = Duration::from_secs(1_000_000_000);
        let fence = lease::take(&self.world.store, "sender".into(), "us".into(), span).await;
        fence.expect("leases").expect("it is ours")
    }

    /// The next message of this chat alone.
    async fn claim(&self, fence: &Fence, chat: i64) -> Vec<Outgoing> {
        let others = CHATS.into_iter().chain(COMMAND);
        let busy: Vec<i64> = others.filter(|other| *other != chat).collect();
        let taken = outbox::claim(&self.world.store, fence.clone(), 10, busy).await;
        let taken = taken.expect("messages");
        assert!(taken.iter().all(|message| message.chat_id == chat));
        taken
    }

    async fn settled(
        &self,
        fence: Fence,
        message: Outgoing,
        outcome: Outcome,
    ) -> domain::Result<()> {
        let settled = Settled {
            message,
            outcome,
            shown: None,
        };
        outbox::settle_all(&self.world.store, fence, vec![settled]).await
    }

    /// Brings the next message of somebody to its end, as the sender does: worded at this moment.
    async fn settle(&self, i: usize, outcome: Option<Outcome>) {
        let fence = self.sender().await;
        for message in self.claim(&fence, CHATS[i]).await {
            let outcome = match &outcome {
                Some(outcome) => outcome.clone(),
                None => self.worded(i, &message).await,
            };
            let settled = self.settled(fence.clone(), message, outcome).await;
            settled.expect("settled");
        }
    }

    /// What was under way goes out again, and whoever died has no more to say.
    async fn die(&self, i: usize) {
        let dead = self.sender().await;
        let taken = self.claim(&dead, CHATS[i]).await;
        let next = self.sender().await;
        let legacy = outbox::take_over(&self.world.store, next).await;
        let chats: Vec<i64> = taken.iter().map(|message| message.chat_id).collect();
        assert_eq!(legacy.expect("taken over").under_way, chats);
        for message in taken {
            let sent = Outcome::Sent { message_id: None };
            let late = self.settled(dead.clone(), message, sent).await;
            late.expect_err("another sends by now");
        }
        self.settle(i, None).await;
    }

    /// What the bot makes of it: nothing to say once it is over or answered.
    async fn worded(&self, i: usize, message: &Outgoing) -> Outcome {
        let Notice::Broadcast { broadcast_id, ring } = message.notice else {
            return Outcome::Dropped;
        };
        let user_id = self.people[i].user_id.expect("an account");
        let mine = broadcast::mine(&self.world.store, user_id, broadcast_id).await;
        let (one, state) = mine.expect("readable").expect("his");
        let open = broadcast::is_open(one.status);
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
        let fence = self.sender().await;
        loop {
            let Some(message) = self.claim(&fence, chat).await.pop() else {
                return;
            };
            let word = matches!(message.notice, Notice::BroadcastSilent { .. });
            let outcome = match (word, &outcome) {
                (false, _) => Outcome::Sent { message_id: None },
                (true, Some(outcome)) => outcome.clone(),
                (true, None) => self.named(id).await,
            };
            let settled = self.settled(fence.clone(), message, outcome).await;
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

fn refused() -> Outcome {
    Outcome::Failed {
        error: "400".to_owned(),
    }
}
