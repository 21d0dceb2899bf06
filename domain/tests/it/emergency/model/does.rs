//! The steps, on the real functions.

use domain::task::life;

use super::*;

impl Scene {
    pub(super) async fn does(&self, step: Step) {
        let Self { world, cast } = self;
        match step {
            Step::Deliver(i) => self.settle(i, Outcome::Sent { message_id: None }).await,
            Step::Fail(i) => self.settle(i, refused()).await,
            Step::Die(i) => self.die(i).await,
            Step::Lose(i) => self.lose(CHATS[i]).await,
            Step::Regain(i) => {
                let back = world
                    .store
                    .write(move |tx| Box::pin(async move { reach::regained(tx, CHATS[i]).await }));
                back.await.expect("recorded");
            }
            // Whether it comes too late is the function's own matter.
            Step::Go(i) => drop(world.goes(&cast.people[i], cast.id).await),
            Step::Decline(i) => drop(world.cannot(&cast.people[i], cast.id).await),
            Step::Hear => self.word(Outcome::Sent { message_id: None }).await,
            Step::Refuse => self.word(refused()).await,
            Step::Deafen => {
                let error = "blocked".to_owned();
                self.word(Outcome::Unreachable { error }).await;
                self.lose(BOSS).await;
            }
            Step::Ring => {
                world.wait(TimeDelta::seconds(31));
                world.run_timers().await;
            }
            Step::Resolve => drop(world.resolves(&cast.boss, cast.id, Some("Hecho")).await),
            Step::Reopen => {
                world.wait(TimeDelta::minutes(1));
                let because = life::Step::because("No era");
                drop(world.reopen(&cast.boss, cast.task_id, because).await);
            }
            Step::Cancel => self.cancel().await,
            Step::Crash => self.crash().await,
        }
    }

    async fn lose(&self, chat: i64) {
        let lost = self
            .world
            .store
            .write(move |tx| Box::pin(async move { reach::lost(tx, chat).await }));
        lost.await.expect("recorded");
    }

    async fn cancel(&self) {
        let (boss, id) = (self.cast.boss.clone(), self.cast.id);
        let off = self.world.store.write(move |tx| {
            let reason = Some("Falsa alarma".to_owned());
            Box::pin(async move { Box::pin(emergency::cancel(tx, &boss, id, reason)).await })
        });
        drop(off.await);
    }

    /// In the middle of an answer the process ends.
    async fn crash(&self) {
        let (bob, id) = (self.cast.people[0].clone(), self.cast.id);
        let work = self.world.store.write(move |tx| {
            Box::pin(async move {
                let _ = emergency::decline(tx, &bob, id, "No puede ir").await;
                Err::<(), _>(domain::Error::Away("the process ended".into()))
            })
        });
        work.await.expect_err("it ended");
    }

    /// A process that sends: whoever sent before it is dead.
    async fn sender(&self) -> Fence {
        let span = std::time::Duration::from_secs(1_000_000_000);
        let fence = lease::take(&self.world.store, "sender".into(), "us".into(), span).await;
        fence.expect("leases").expect("it is ours")
    }

    /// The next message of this chat alone.
    async fn claim(&self, fence: &Fence, chat: i64) -> Vec<Outgoing> {
        let all = [CHATS[0], CHATS[1], CALLER, BOSS];
        let busy: Vec<i64> = all.into_iter().filter(|other| *other != chat).collect();
        let taken = queue::claim(&self.world.store, fence.clone(), 10, busy).await;
        let taken = taken.expect("messages");
        assert!(taken.iter().all(|message| message.chat_id == chat));
        taken
    }

    async fn settled(&self, fence: Fence, message: Outgoing, outcome: Outcome) -> Result<()> {
        let settled = Settled {
            message,
            outcome,
            shown: None,
        };
        queue::settle_all(&self.world.store, fence, vec![settled]).await
    }

    /// Brings the next message of a chat to its end, as the sender does: nothing to say once it is over.
    async fn settle(&self, i: usize, outcome: Outcome) {
        let fence = self.sender().await;
        let over = self.is_over().await;
        for message in self.claim(&fence, CHATS[i]).await {
            let about_it = matches!(message.notice, Notice::Emergency { .. });
            let outcome = match about_it && !over {
                true => outcome.clone(),
                false => Outcome::Dropped,
            };
            let settled = self.settled(fence.clone(), message, outcome).await;
            settled.expect("settled");
        }
    }

    async fn is_over(&self) -> bool {
        let row = self.world.call_row(self.cast.id).await;
        row.ended_at.is_some()
    }

    /// What was under way goes out again, and whoever died has no more to say.
    async fn die(&self, i: usize) {
        let dead = self.sender().await;
        let taken = self.claim(&dead, CHATS[i]).await;
        let next = self.sender().await;
        let legacy = queue::take_over(&self.world.store, next).await;
        let chats: Vec<i64> = taken.iter().map(|message| message.chat_id).collect();
        assert_eq!(legacy.expect("taken over").under_way, chats);
        let sent = || Outcome::Sent { message_id: None };
        for message in taken {
            let late = self.settled(dead.clone(), message, sent()).await;
            late.expect_err("another sends by now");
        }
        self.settle(i, sent()).await;
    }

    /// Brings the next word for whoever commands to its end, and what leaves before it: nothing once it is over or somebody comes.
    async fn word(&self, outcome: Outcome) {
        let fence = self.sender().await;
        let offers = self.world.all::<emergency_offer::Entity>().await;
        let comes = offers.iter().any(|one| one.state == OfferState::Taken);
        let nothing = comes || self.is_over().await;
        loop {
            let Some(message) = self.claim(&fence, BOSS).await.pop() else {
                return;
            };
            let word = matches!(message.notice, Notice::EmergencyEscalated { .. });
            let became = match word {
                true if !nothing => outcome.clone(),
                true => Outcome::Dropped,
                false => Outcome::Sent { message_id: None },
            };
            let settled = self.settled(fence.clone(), message, became).await;
            settled.expect("settled");
            if word {
                return;
            }
        }
    }
}

fn refused() -> Outcome {
    Outcome::Failed {
        error: "400".to_owned(),
    }
}
