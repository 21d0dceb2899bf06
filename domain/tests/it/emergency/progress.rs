//! How far those are who come, by what they said: every card and every board learns it at once.

use chrono::TimeDelta;
use domain::{
    actor::Level,
    assignment::Answer,
    emergency::Emergency,
    event::{self, Event},
    outbox::{Notice, OutboxStatus},
};

use super::here;
use crate::support::{World, crew, each};

/// The chats in which the card of this emergency waits to be worded anew.
async fn waiting(world: &World, id: i64) -> Vec<i64> {
    let card = Notice::Emergency {
        emergency_id: id,
        ring: false,
    };
    let rows = world.all::<entity::outbox::Entity>().await.into_iter();
    let waits = rows.filter(|row| {
        let notice: Notice = serde_json::from_value(row.notice.clone()).expect("ours");
        row.status == OutboxStatus::Queued && notice == card
    });
    let mut chats: Vec<i64> = waits.map(|row| row.chat_id).collect();
    chats.sort_unstable();
    chats
}

/// How often boards were told that something about an emergency is different.
async fn updates(world: &World) -> usize {
    let facts = event::since(&world.store, 0, 1000).await.expect("the log");
    let told = |fact: &&event::Logged| matches!(fact.event, Event::EmergencyUpdated { .. });
    facts.events.iter().filter(told).count()
}

/// Who comes, whether each said so himself, and whether he is there.
fn steps(emergency: &Emergency) -> Vec<(&str, bool, bool)> {
    let step = emergency.takers().map(|one| {
        let (goes, there) = (one.said_he_goes(), one.on_site_at.is_some());
        (one.agent.name.as_str(), goes, there)
    });
    step.collect()
}

#[tokio::test]
async fn whoever_is_there_stands_so_on_every_card() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        world.goes(&bob, id).await.expect("he comes");
        assert_eq!(steps(&world.emergency(id).await), [("Bob", true, false)]);
        world.telegram_takes_calls().await;
        assert!(waiting(&world, id).await.is_empty());
        let before = updates(&world).await;
        world.wait(TimeDelta::minutes(7));
        let there = || world.answer(&bob, task_id, Answer::OnSite);
        there().await.expect("he is there");
        assert_eq!(waiting(&world, id).await, [1, 2, 9]);
        assert_eq!(updates(&world).await, before + 1);
        let now = world.emergency(id).await;
        assert_eq!(steps(&now), [("Bob", true, true)]);
        let since = now.takers().find_map(|one| one.on_site_at);
        assert_eq!(since, Some(world.store.now()));
        // The same once more is nothing new.
        there().await.expect("known");
        assert_eq!(updates(&world).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_got_it_has_not_said_that_he_goes() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        world.goes(&bob, id).await.expect("he comes");
        let both = crew(&[&bob, &zoe]);
        world.assign(&boss, task_id, both).await.expect("his");
        let says = async |answer: Answer| {
            world.answer(&zoe, task_id, answer).await.expect("said");
            let now = world.emergency(id).await;
            let hers = steps(&now).into_iter().find(|one| one.0 == "Zoe");
            (hers.map(|one| one.1), now.going())
        };
        assert_eq!(says(Answer::Acknowledge).await, (Some(false), 1));
        assert_eq!(says(Answer::EnRoute).await, (Some(true), 2));
    })
    .await;
}
