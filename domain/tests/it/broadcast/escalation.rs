//! Escalated is who was named to somebody whom Telegram reaches, and nobody else.

use super::*;

impl World {
    async fn rounds(&self) {
        for _ in 0..5 {
            self.wait(TimeDelta::seconds(61));
            self.run_timers().await;
        }
    }

    /// Ana's unit is asked by somebody who commands nobody; but for Marta, her supervisor, it is silent for so many rounds.
    async fn silent_for(&self, rounds: u32) -> i64 {
        let clara = self.clerk().await;
        self.person("Ana", Level::Agent, 1).await;
        let marta = self.person("Marta", Level::Supervisor, 50).await;
        let unit_id = self.unit_id;
        let new = NewBroadcast {
            audience: Audience::Unit { unit_id },
            ..words()
        };
        let id = self.sends(&clara, new).await.expect("sent");
        let said = self.replies(&marta, id, Reply::Acknowledged).await;
        said.expect("said");
        for _ in 0..rounds {
            self.wait(TimeDelta::seconds(61));
            self.run_timers().await;
        }
        id
    }

    /// Telegram takes everything but what these chats are told about the silent, and about who needs help.
    pub(super) async fn words_are_lost(&self, chats: &[i64], lost: &Outcome) {
        let span = std::time::Duration::from_secs(3600);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("leases").expect("it is ours");
        loop {
            let batch = queue::claim(&self.store, fence.clone(), 50, Vec::new()).await;
            let batch = batch.expect("messages");
            if batch.is_empty() {
                return;
            }
            let became = batch.into_iter().map(|message| {
                let word = matches!(
                    message.notice,
                    Notice::BroadcastSilent { .. } | Notice::BroadcastHelp { .. }
                );
                let outcome = match word && chats.contains(&message.chat_id) {
                    true => lost.clone(),
                    false => Outcome::Sent { message_id: None },
                };
                Settled {
                    message,
                    outcome,
                    shown: None,
                }
            });
            queue::settle_all(&self.store, fence.clone(), became.collect())
                .await
                .expect("settled");
        }
    }

    async fn escalated(&self, id: i64) -> i64 {
        self.roll_call(id).await.counts.escalated
    }

    /// A dispatcher who commands nobody.
    async fn clerk(&self) -> Actor {
        let mut actor = self.person("Clara", Level::Agent, 901).await;
        actor.permissions.push(Permission::Broadcast);
        actor
    }
}

fn named(id: i64, phones: bool) -> Notice {
    Notice::BroadcastSilent {
        broadcast_id: id,
        phones,
    }
}

#[tokio::test]
async fn without_anybody_who_answers_for_them_nobody_is_said_to_be_escalated() {
    each(async |world: World| {
        let clara = world.clerk().await;
        world.person("Ana", Level::Agent, 1).await;
        // A supervisor of theirs, but without Telegram.
        world
            .member("Silva", Level::Supervisor, None, world.unit_id)
            .await;
        let id = world.sends(&clara, words()).await.expect("sent");
        world.rounds().await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 0);
        assert_eq!(
            world.told(&named(id, false)).await,
            [901],
            "the sender knows"
        );
    })
    .await;
}

#[tokio::test]
async fn where_nobody_answers_for_somebody_the_admins_are_told() {
    each(async |world: World| {
        let clara = world.clerk().await;
        world.person("Ana", Level::Agent, 1).await;
        let south = world.unit("Sur").await;
        world.member("Sol", Level::Agent, Some(2), south).await;
        let marta = world.person("Marta", Level::Supervisor, 50).await;
        world.person("Jefa", Level::Admin, 70).await;
        let only = NewBroadcast {
            audience: Audience::Unit { unit_id: south },
            ..words()
        };
        let far = world.sends(&clara, only).await.expect("sent");
        let near = NewBroadcast {
            audience: Audience::Unit {
                unit_id: world.unit_id,
            },
            ..words()
        };
        let near = world.sends(&clara, near).await.expect("sent");
        world
            .replies(&marta, near, Reply::Acknowledged)
            .await
            .expect("said");
        world.rounds().await;
        assert_eq!(world.told(&named(far, false)).await, [70, 901]);
        world.telegram_takes_but(&[1, 2]).await;
        assert_eq!(world.roll_call(far).await.counts.escalated, 1);
        let told = world.told(&named(near, false)).await;
        assert!(told.contains(&50), "{told:?}");
    })
    .await;
}

fn refused() -> Outcome {
    Outcome::Failed {
        error: "refused".into(),
    }
}

fn blocked() -> Outcome {
    Outcome::Unreachable {
        error: "blocked".into(),
    }
}

#[tokio::test]
async fn of_whom_no_word_arrives_nobody_is_said_to_be_escalated() {
    each(async |world: World| {
        let id = world.silent_for(3).await;
        assert_eq!(world.told(&named(id, false)).await, [50, 901]);
        assert_eq!(world.escalated(id).await, 0, "nobody has heard it yet");
        world.words_are_lost(&[50], &refused()).await;
        assert_eq!(world.escalated(id).await, 0, "Clara commands nobody");
        let told = world.told(&named(id, false)).await;
        assert_eq!(told, [50, 901], "it would be refused without end");
        world.rounds().await;
        world.telegram_takes_but(&[]).await;
        assert_eq!(world.escalated(id).await, 1, "she hears it in the end");
    })
    .await;
}

#[tokio::test]
async fn who_answers_for_nobody_hears_once_whom_to_call() {
    each(async |world: World| {
        let id = world.silent_for(3).await;
        for _ in 0..5 {
            world.words_are_lost(&[50], &refused()).await;
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        let told = world.told(&named(id, true)).await;
        assert_eq!(told, [50, 50, 50, 50, 50, 901], "Clara knows");
        world.words_are_lost(&[], &refused()).await;
        assert_eq!(world.escalated(id).await, 1);
        world.rounds().await;
        assert_eq!(world.told(&named(id, true)).await, told, "Marta does too");
    })
    .await;
}

#[tokio::test]
async fn an_end_that_names_somebody_waits_for_the_word_too() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        world.member("Jefa", Level::Admin, Some(70), south).await;
        let id = world.silent_for(0).await;
        world.wait(TimeDelta::hours(12));
        world.run_timers().await;
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Expired);
        world.words_are_lost(&[50, 70], &refused()).await;
        assert_eq!(world.told(&named(id, false)).await, [50, 70, 901]);
        assert_eq!(world.escalated(id).await, 0, "the board says it");
    })
    .await;
}

#[tokio::test]
async fn a_word_about_the_silent_that_does_not_arrive_is_passed_on() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        for (name, chat) in [("Jefa", 70), ("Jefe", 71)] {
            world.member(name, Level::Admin, Some(chat), south).await;
        }
        let id = world.silent_for(3).await;
        assert_eq!(world.told(&named(id, false)).await, [50, 901]);
        world.words_are_lost(&[50, 70], &blocked()).await;
        assert_eq!(world.told(&named(id, false)).await, [50, 70, 71, 901]);
        assert_eq!(world.escalated(id).await, 1, "another admin has it");
    })
    .await;
}

#[tokio::test]
async fn where_no_admin_gets_the_word_either_nobody_is_said_to_be_escalated() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        world.member("Jefa", Level::Admin, Some(70), south).await;
        let id = world.silent_for(3).await;
        world.words_are_lost(&[50, 70], &refused()).await;
        assert_eq!(world.told(&named(id, false)).await, [50, 70, 901], "once");
        assert_eq!(world.escalated(id).await, 0);
    })
    .await;
}

#[tokio::test]
async fn whom_to_call_is_passed_on_as_well() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        world.member("Jefa", Level::Admin, Some(70), south).await;
        let id = world.silent_for(3).await;
        world.words_are_lost(&[], &blocked()).await;
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        assert_eq!(world.told(&named(id, true)).await, [50, 901]);
        world.words_are_lost(&[50], &blocked()).await;
        assert_eq!(world.told(&named(id, true)).await, [50, 70, 901]);
        assert_eq!(world.told(&named(id, false)).await, [50, 901], "heard");
        assert_eq!(world.escalated(id).await, 1);
    })
    .await;
}

#[tokio::test]
async fn all_of_them_can_be_read_page_by_page() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for number in 0..23 {
            world
                .person(&format!("P{number:02}"), Level::Agent, 100 + number)
                .await;
        }
        let id = world.sends(&dora, words()).await.expect("sent");
        let one = broadcast::show(&world.store, id).await.expect("there");
        let page = async |page| {
            broadcast::silent(&world.store, &dora, &one, (page, 20))
                .await
                .expect("listed")
        };
        let (first, second) = (page(0).await, page(1).await);
        assert_eq!((first.people.len(), first.total, first.more()), (20, 23, 3));
        let names: Vec<&str> = second.people.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["P20", "P21", "P22"]);
        assert_eq!(second.more(), 0);
        let stranger = world.person("Otro", Level::Agent, 7).await;
        refusal(broadcast::silent(&world.store, &stranger, &one, (0, 20)).await);
    })
    .await;
}

#[tokio::test]
async fn who_is_blocked_is_counted_as_missed_and_not_as_reached() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        world
            .store
            .write(|tx| Box::pin(async move { reach::lost(tx, 2).await }))
            .await
            .expect("recorded");
        let seen = broadcast::preview(&world.store, &dora, &Audience::All, None).await;
        let seen = seen.expect("seen");
        assert_eq!((seen.recipients, seen.unreachable.len()), (1, 1));
    })
    .await;
}
