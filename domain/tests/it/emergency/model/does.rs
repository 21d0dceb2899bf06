//! The steps, on the real functions.

use domain::task::life;

use super::*;

/// Everybody to whom something may be on its way.
const ALL: [i64; 4] = [CHATS[0], CHATS[1], CALLER, BOSS];

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
    async fn sender(&self) -> Sender<'_> {
        Sender::begin(&self.world.store, &ALL).await
    }

    /// Brings the next message of a chat to its end, as the sender does: nothing to say once it is over.
    async fn settle(&self, i: usize, outcome: Outcome) {
        let sender = self.sender().await;
        let over = self.is_over().await;
        for message in sender.next_of(CHATS[i]).await {
            let about_it = matches!(message.notice, Notice::Emergency { .. });
            let outcome = match about_it && !over {
                true => outcome.clone(),
                false => Outcome::Dropped,
            };
            let settled = sender.settle(message, outcome).await;
            settled.expect("settled");
        }
    }

    async fn is_over(&self) -> bool {
        let row = self.world.call_row(self.cast.id).await;
        row.ended_at.is_some()
    }

    /// What was under way goes out again, and whoever died has no more to say.
    async fn die(&self, i: usize) {
        self.sender().await.die(CHATS[i]).await;
        self.settle(i, Outcome::Sent { message_id: None }).await;
    }

    /// Brings the next word for whoever commands to its end, and what leaves before it: nothing once it is over or somebody comes whom Telegram reaches.
    async fn word(&self, outcome: Outcome) {
        let sender = self.sender().await;
        let comes = self.look().await.reached() > 0;
        let nothing = comes || self.is_over().await;
        loop {
            let Some(message) = sender.next_of(BOSS).await.pop() else {
                return;
            };
            let word = matches!(message.notice, Notice::EmergencyEscalated { .. });
            let became = match word {
                true if !nothing => outcome.clone(),
                true => Outcome::Dropped,
                false => Outcome::Sent { message_id: None },
            };
            let settled = sender.settle(message, became).await;
            settled.expect("settled");
            if word {
                return;
            }
        }
    }
}
