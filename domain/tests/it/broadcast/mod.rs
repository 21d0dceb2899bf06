//! Messages to many: whom they reach, each answer once, who is asked again, and how it ends.

mod again;
mod audiences;
mod back;
mod callers;
mod drill;
mod escalation;
mod expiry;
mod files;
mod heard;
mod lately;
mod notified;
mod on_duty;
mod order;
mod quorum;
mod race;
mod replaced;

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Channel, Level, Permission},
    broadcast::{self, AckMode, Audience, BroadcastStatus, NewBroadcast, RecipientState, Reply},
    geo::Point,
    lease,
    outbox::{self as queue, Notice, Outcome, Settled},
    page::Window,
    reach,
};
use entity::{broadcast_answer, broadcast_recipient, outbox};
use futures::future::join_all;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::support::{World, each, refusal, start};

fn words() -> NewBroadcast {
    NewBroadcast {
        text: Some("Prueba".into()),
        ..NewBroadcast::default()
    }
}

impl World {
    async fn dispatcher(&self) -> Actor {
        let mut actor = self.person("Dora", Level::Supervisor, 900).await;
        actor.permissions.push(Permission::Broadcast);
        actor
    }

    async fn sends(&self, actor: &Actor, new: NewBroadcast) -> Result<i64> {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { broadcast::send(tx, &actor, new).await }))
            .await
    }

    async fn replies(&self, actor: &Actor, id: i64, reply: Reply) -> Result<bool> {
        let actor = actor.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { broadcast::answer(tx, &actor, id, reply, None).await })
            })
            .await
    }

    /// The chats that have a message of it with a sound, as often as they have.
    async fn rung(&self, id: i64) -> Vec<i64> {
        let rows = self.all::<outbox::Entity>().await;
        let asks = |row: &&outbox::Model| {
            serde_json::from_value(row.notice.clone()).ok()
                == Some(Notice::Broadcast {
                    broadcast_id: id,
                    ring: true,
                })
        };
        rows.iter().filter(asks).map(|row| row.chat_id).collect()
    }

    /// The chats that are told this, in their order.
    async fn told(&self, wanted: &Notice) -> Vec<i64> {
        let rows = self.all::<outbox::Entity>().await;
        let told = rows
            .iter()
            .filter(|row| serde_json::from_value(row.notice.clone()).ok().as_ref() == Some(wanted));
        let mut chats: Vec<i64> = told.map(|row| row.chat_id).collect();
        chats.sort_unstable();
        chats
    }

    /// Telegram takes everything that waits.
    async fn telegram_takes(&self) {
        let lease = lease::take(
            &self.store,
            "sender".into(),
            "us".into(),
            std::time::Duration::from_secs(60),
        );
        let fence = lease.await.expect("a lease").expect("free");
        let taken = queue::claim(&self.store, fence.clone(), 100, Vec::new()).await;
        let settled = taken.expect("messages").into_iter().map(|message| Settled {
            message,
            outcome: Outcome::Sent { message_id: None },
            shown: None,
        });
        queue::settle_all(&self.store, fence, settled.collect())
            .await
            .expect("settled");
    }

    /// Telegram takes everything that waits, and what follows from it, but for these chats.
    async fn telegram_takes_but(&self, chats: &[i64]) {
        let span = std::time::Duration::from_secs(60);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("a lease").expect("free");
        loop {
            let taken = queue::claim(&self.store, fence.clone(), 100, chats.to_vec()).await;
            let taken = taken.expect("messages");
            if taken.is_empty() {
                return;
            }
            let settled = taken.into_iter().map(|message| Settled {
                message,
                outcome: Outcome::Sent { message_id: None },
                shown: None,
            });
            queue::settle_all(&self.store, fence.clone(), settled.collect())
                .await
                .expect("settled");
        }
    }

    async fn roll_call(&self, id: i64) -> broadcast::Broadcast {
        let system = Actor::system(Channel::Cli);
        broadcast::find(&self.store, &system, id)
            .await
            .expect("it is there")
    }
}

#[tokio::test]
async fn it_reaches_everybody_linked_but_the_sender_and_says_who_is_missed() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        world.member("Sin", Level::Agent, None, world.unit_id).await;
        assert_eq!(
            refusal(world.sends(&ana, words()).await),
            Refusal::NotAllowed
        );
        let seen = broadcast::preview(&world.store, &dora, &Audience::All, None)
            .await
            .expect("seen");
        assert_eq!(seen.recipients, 2);
        assert_eq!(
            (seen.unreachable[0].name.as_str(), seen.unreachable[0].why),
            ("Sin", "not_linked")
        );
        let grave = NewBroadcast {
            protocol: Some("codigo_rojo".into()),
            ..words()
        };
        refusal(world.sends(&dora, grave.clone()).await);
        let typed = NewBroadcast {
            confirm_word: Some("código rojo".into()),
            ..grave
        };
        let id = world.sends(&dora, typed).await.expect("sent");
        let now = world.roll_call(id).await;
        assert!(now.text.starts_with("CÓDIGO ROJO"));
        assert_eq!(now.created_by_name.as_deref(), Some("Dora"));
        assert_eq!(now.counts.of(RecipientState::Queued), 2);
        assert_eq!(world.rung(id).await, [1, 2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_presses_are_one_answer_and_a_later_one_replaces_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let said = join_all((0..3).map(|_| world.replies(&ana, id, Reply::Acknowledged))).await;
        let counted = said.iter().filter(|said| matches!(said, Ok(true))).count();
        assert_eq!(counted, 1, "{said:?}");
        assert!(
            world
                .replies(&ana, id, Reply::NeedsHelp)
                .await
                .expect("said")
        );
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::NeedsHelp), 1);
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 0);
        assert_eq!(world.all::<broadcast_answer::Entity>().await.len(), 2);
        let stranger = world.person("Otra", Level::Agent, 2).await;
        refusal(world.replies(&stranger, id, Reply::Acknowledged).await);
        let told = world.all::<outbox::Entity>().await;
        let help = told
            .iter()
            .filter_map(|row| serde_json::from_value(row.notice.clone()).ok())
            .filter(|notice| matches!(notice, Notice::BroadcastHelp { .. }))
            .count();
        assert_eq!(help, 1);
    })
    .await;
}

#[tokio::test]
async fn the_silent_are_asked_again_and_then_escalated_and_nobody_else() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        for _ in 0..3 {
            world.wait(TimeDelta::seconds(60));
            world.run_timers().await;
        }
        assert_eq!(world.roll_call(id).await.counts.escalated, 0, "not yet");
        world.telegram_takes_but(&[]).await;
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.escalated, 1);
        assert_eq!(now.counts.of(RecipientState::OnTheWay), 1);
        assert_eq!(
            (now.counts.of(RecipientState::Sent), now.counts.all()),
            (1, 2)
        );
        let rows = world.all::<broadcast_recipient::Entity>().await;
        let rings: Vec<i32> = rows.iter().map(|row| row.rings).collect();
        assert_eq!(rings, [0, 2]);
        world.wait(TimeDelta::hours(12));
        world.run_timers().await;
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Expired);
    })
    .await;
}

#[tokio::test]
async fn the_first_answer_or_a_quorum_is_enough_and_cancelling_stops_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        world.person("Eva", Level::Agent, 3).await;
        let first = NewBroadcast {
            ack: AckMode::First,
            ..words()
        };
        let id = world.sends(&dora, first).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        assert_eq!(
            world.roll_call(id).await.status,
            BroadcastStatus::Acknowledged
        );
        let two = NewBroadcast {
            ack: AckMode::Quorum(2),
            ..words()
        };
        let id = world.sends(&dora, two).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Active);
        world
            .replies(&bob, id, Reply::OnTheWay)
            .await
            .expect("said");
        assert_eq!(
            world.roll_call(id).await.status,
            BroadcastStatus::Acknowledged
        );
        let id = world.sends(&dora, words()).await.expect("sent");
        let by = dora.clone();
        world
            .store
            .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &by, id).await }))
            .await
            .expect("called off");
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Cancelled);
        let people = broadcast::recipients(&world.store, &dora, id, None, Window::first(2)).await;
        assert_eq!(people.expect("listed").items.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_are_queued_in_few_statements() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let people: Vec<_> = (0..10_000)
            .map(|number| entity::user::ActiveModel {
                username: Set(format!("u{number}")),
                name: Set(format!("U{number}")),
                level: Set(1),
                permissions: Set(String::new()),
                telegram_id: Set(Some(10_000 + number)),
                active: Set(true),
                version: Set(1),
                created_at: Set(start()),
                updated_at: Set(start()),
                ..Default::default()
            })
            .collect();
        for some in people.chunks(1000) {
            entity::user::Entity::insert_many(some.to_vec())
                .exec_without_returning(world.store.writer())
                .await
                .expect("rows");
        }
        let id = world.sends(&dora, words()).await.expect("sent");
        assert_eq!(
            world.roll_call(id).await.counts.of(RecipientState::Queued),
            10_000
        );
        assert_eq!(world.rung(id).await.len(), 10_000);
    })
    .await;
}
