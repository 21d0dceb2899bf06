//! Messages to many: whom they reach, each answer once, who is asked again, and how it ends.

mod again;
mod back;
mod drill;
mod escalation;
mod order;
mod race;

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
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.escalated, 1);
        assert_eq!(now.counts.of(RecipientState::OnTheWay), 1);
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

#[tokio::test]
async fn who_was_lost_is_asked_when_he_is_back_and_an_answer_is_never_taken_from_him() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        for chat in [1, 2] {
            world
                .store
                .write(move |tx| Box::pin(async move { reach::lost(tx, chat).await }))
                .await
                .expect("recorded");
        }
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 1);
        assert_eq!(now.counts.of(RecipientState::Unreachable), 1);
        outbox::Entity::delete_many()
            .exec(world.store.writer())
            .await
            .expect("nothing waits");
        world
            .store
            .write(|tx| Box::pin(async move { reach::regained(tx, 2).await }))
            .await
            .expect("recorded");
        assert_eq!(world.rung(id).await, [2]);
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Queued), 1);
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_only_the_silent_are_asked_again() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        for _ in 0..5 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        assert_eq!(world.roll_call(id).await.counts.escalated, 1);
        outbox::Entity::delete_many()
            .exec(world.store.writer())
            .await
            .expect("nothing waits");
        let since = world.store.now() - TimeDelta::minutes(5);
        let asked = broadcast::telegram_is_back(&world.store, since).await;
        assert_eq!(asked.expect("asked"), 1);
        world.run_timers().await;
        assert_eq!(world.rung(id).await, [2]);
        let rows = world.all::<broadcast_recipient::Entity>().await;
        let escalated: Vec<bool> = rows.iter().map(|row| row.escalated_at.is_some()).collect();
        assert_eq!(escalated, [false, true]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_expires_unless_somebody_gets_under_way() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let first = NewBroadcast {
            ack: AckMode::First,
            ..words()
        };
        let id = world.sends(&dora, first.clone()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active, "asked again");
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 0);
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Acknowledged, "she is coming");
        assert_eq!(world.all::<broadcast_answer::Entity>().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn supervisors_of_that_moment_are_told_of_their_silent_people() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let marta = world.person("Marta", Level::Supervisor, 50).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&marta, id, Reply::Acknowledged)
            .await
            .expect("said");
        // She came after it left: not hers.
        world.person("Nueva", Level::Supervisor, 51).await;
        for _ in 0..4 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        let told = async |phones| {
            let silent = Notice::BroadcastSilent {
                broadcast_id: id,
                phones,
            };
            world.told(&silent).await
        };
        assert_eq!(told(false).await, [50, 900]);
        assert_eq!(told(true).await, [50, 900], "then the phones");
        let one = broadcast::show(&world.store, id).await.expect("there");
        let silent = broadcast::silent(&world.store, &dora, &one, (0, 10)).await;
        assert_eq!(silent.expect("listed").total, 1);
    })
    .await;
}

#[tokio::test]
async fn an_area_holds_those_who_were_seen_in_it_lately() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for (name, chat, lat) in [("Ana", 1, -34.6), ("Bob", 2, -34.7)] {
            let one = world.person(name, Level::Agent, chat).await;
            let seen = entity::last_position::ActiveModel {
                agent_id: Set(one.agent_id.expect("an agent")),
                lat: Set(lat),
                lon: Set(-58.4),
                source: Set(entity::position::PositionSource::Pin),
                recorded_at: Set(start()),
                ..Default::default()
            };
            entity::last_position::Entity::insert(seen)
                .exec_without_returning(world.store.writer())
                .await
                .expect("a position");
        }
        let corner = |lat, lon| Point { lat, lon };
        let points = vec![
            corner(-34.65, -58.5),
            corner(-34.55, -58.5),
            corner(-34.55, -58.3),
            corner(-34.65, -58.3),
        ];
        let drawn = Audience::Area { points };
        let seen = broadcast::preview(&world.store, &dora, &drawn, None).await;
        assert_eq!(seen.expect("seen").recipients, 1);
        let too_few = Audience::Area {
            points: vec![corner(0.0, 0.0)],
        };
        refusal(broadcast::preview(&world.store, &dora, &too_few, None).await);
    })
    .await;
}

#[tokio::test]
async fn a_word_answers_only_what_was_sent() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let waits = async || {
            let user_id = ana.user_id.expect("an account");
            let found = broadcast::waiting_of(&world.store, user_id).await;
            found.expect("read").map(|(id, _)| id)
        };
        assert_eq!(waits().await, None, "it has not left yet");
        world.telegram_takes().await;
        assert_eq!(waits().await, Some(id));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_quicker_than_the_record_counts_as_sent_too() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::NeedsHelp)
            .await
            .expect("said");
        world.telegram_takes().await;
        let rows = world.all::<broadcast_recipient::Entity>().await;
        assert_eq!(rows[0].state, RecipientState::NeedsHelp);
        assert!(rows[0].sent_at.is_some());
        let user_id = ana.user_id.expect("an account");
        let standing = broadcast::standing(&world.store, id, user_id).await;
        let standing = standing.expect("read").expect("his");
        assert_eq!(
            (standing.reply, standing.open),
            (Some(Reply::NeedsHelp), true)
        );
    })
    .await;
}

#[tokio::test]
async fn closing_names_those_who_never_got_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        world.person("Bob", Level::Agent, 2).await;
        let second = world.sends(&dora, words()).await.expect("sent");
        for id in [id, second] {
            let dora = dora.clone();
            let closed = world.store.write(move |tx| {
                Box::pin(async move { broadcast::close(tx, &dora, id, None).await })
            });
            closed.await.expect("closed");
        }
        assert_eq!(world.roll_call(id).await.counts.escalated, 0);
        assert_eq!(world.roll_call(second).await.counts.escalated, 2);
    })
    .await;
}
