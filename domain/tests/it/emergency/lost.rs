//! A message that nobody comes counts for nothing until Telegram has it.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    lease,
    outbox::{self, Notice, Outcome, Settled},
    user,
};

use super::here;
use crate::support::{World, each};

const SILVA: i64 = 90;
const MARTA: i64 = 91;
const ROJAS: i64 = 92;

/// Nobody can come to Ana: her supervisor is told. Another commands elsewhere.
async fn called(world: &World) -> i64 {
    world.person("Silva", Level::Supervisor, SILVA).await;
    let south = world.unit("Sur").await;
    world
        .member("Marta", Level::Supervisor, Some(MARTA), south)
        .await;
    let ana = world.standing("Ana", 1, 0.0).await;
    world.sos(&ana, here()).await.id
}

fn is_word(notice: &Notice) -> bool {
    matches!(notice, Notice::EmergencyEscalated { .. })
}

/// Telegram takes everything but the words that nobody comes to this chat.
async fn words_are_lost(world: &World, chat_id: i64, lost: &Outcome) {
    let span = Duration::from_secs(3600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
    let fence = fence.expect("leases").expect("it is ours");
    loop {
        let batch = outbox::claim(&world.store, fence.clone(), 50, Vec::new()).await;
        let batch = batch.expect("messages");
        if batch.is_empty() {
            return;
        }
        let became = batch.into_iter().map(|message| Settled {
            outcome: match message.chat_id == chat_id && is_word(&message.notice) {
                true => lost.clone(),
                false => Outcome::Sent { message_id: None },
            },
            message,
            shown: None,
        });
        outbox::settle_all(&world.store, fence.clone(), became.collect())
            .await
            .expect("settled");
    }
}

fn blocked() -> Outcome {
    Outcome::Unreachable {
        error: "blocked".into(),
    }
}

/// Who gets a word that nobody comes now.
async fn told(world: &World) -> Vec<i64> {
    world.run_timers().await;
    let sent = world.delivers().await.into_iter();
    let words = sent.filter(|(_, notice)| is_word(notice));
    words.map(|(chat_id, _)| chat_id).collect()
}

#[tokio::test]
async fn a_word_that_nobody_comes_which_does_not_arrive_is_passed_on_at_once() {
    each(async |world: World| {
        let id = called(&world).await;
        words_are_lost(&world, SILVA, &blocked()).await;
        let row = world.call_row(id).await;
        assert_eq!(
            (row.escalated_at, row.phones_at),
            (None, None),
            "nobody knows"
        );
        assert_eq!(told(&world).await, [MARTA]);
        let row = world.call_row(id).await;
        assert!(row.phones_at.is_some() && row.told_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn while_another_has_the_word_nobody_else_is_told() {
    each(async |world: World| {
        world.person("Rojas", Level::Admin, ROJAS).await;
        let id = called(&world).await;
        let before = world.call_row(id).await;
        words_are_lost(&world, SILVA, &blocked()).await;
        let row = world.call_row(id).await;
        assert!(row.told_at.is_some(), "Rojas knows");
        assert_eq!(
            (row.escalated_at, row.phones_at),
            (before.escalated_at, before.phones_at)
        );
        assert!(told(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_nobody_comes_which_is_refused_is_said_again_with_the_next_ring() {
    each(async |world: World| {
        let id = called(&world).await;
        let error = "refused".into();
        words_are_lost(&world, SILVA, &Outcome::Failed { error }).await;
        assert_eq!(world.call_row(id).await.escalated_at, None);
        assert!(
            told(&world).await.is_empty(),
            "it would be refused without end"
        );
        world.wait(TimeDelta::seconds(30));
        assert_eq!(told(&world).await, [SILVA]);
        assert!(world.call_row(id).await.told_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_nobody_comes_to_a_chat_its_person_has_left_is_passed_on() {
    each(async |world: World| {
        let id = called(&world).await;
        let users = world.all::<entity::user::Entity>().await;
        let silva = users.iter().find(|one| one.telegram_id == Some(SILVA));
        let (silva, system) = (silva.expect("linked").id, Actor::system(Channel::Bot));
        let unlinked = world.store.write(move |tx| {
            Box::pin(async move { user::unlink_telegram(tx, &system, silva).await })
        });
        unlinked.await.expect("he was linked");
        words_are_lost(&world, SILVA, &Outcome::Dropped).await;
        assert_eq!(world.call_row(id).await.escalated_at, None);
        assert_eq!(told(&world).await, [MARTA]);
    })
    .await;
}
