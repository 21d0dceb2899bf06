//! Words about silence that nobody hears: who is told instead, and that nobody counts as told while nobody can be.

use domain::{
    actor::Channel,
    erase,
    outbox::{Outcome, Settled},
};

use super::*;

/// Somebody who commands another unit.
const CHIEF: i64 = 900;

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

/// Silva commands where Ana works alone, Rojas elsewhere; Ana does not answer, and her time is over.
async fn silent_and_alone(world: &World) -> (Actor, Actor) {
    let boss = world.person("Silva", Level::Supervisor, BOSS).await;
    let south = world.unit("Sur").await;
    world
        .member("Rojas", Level::Admin, Some(CHIEF), south)
        .await;
    let ana = world.person("Ana", Level::Agent, ANA).await;
    goes_silent(world, &ana).await;
    (boss, ana)
}

async fn goes_silent(world: &World, ana: &Actor) {
    world.is_alone(ana, 30).await;
    world.hears().await;
    for minutes in [30, 2] {
        world.wait(TimeDelta::minutes(minutes));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
    }
    world.wait(TimeDelta::minutes(2));
    world.run_timers().await;
}

/// Telegram takes everything but the words about silence to these: who was told what, in vain or not.
async fn loses(world: &World, chats: &[i64], lost: &Outcome) -> Vec<(i64, &'static str)> {
    world.run_timers().await;
    let span = Duration::from_secs(3600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
    let fence = fence.expect("leases").expect("it is ours");
    let mut told = Vec::new();
    loop {
        let batch = outbox::claim(&world.store, fence.clone(), 50, Vec::new()).await;
        let batch = batch.expect("messages");
        if batch.is_empty() {
            told.sort_unstable();
            return told;
        }
        told.extend(
            batch
                .iter()
                .filter_map(|one| Some((one.chat_id, word(&one.notice)?))),
        );
        let became = batch.into_iter().map(|message| {
            let silent = matches!(message.notice, Notice::CheckInSilent { .. });
            let outcome = match silent && chats.contains(&message.chat_id) {
                true => lost.clone(),
                false => Outcome::Sent { message_id: None },
            };
            Settled {
                message,
                outcome,
                shown: None,
            }
        });
        outbox::settle_all(&world.store, fence.clone(), became.collect())
            .await
            .expect("settled");
    }
}

/// Whether somebody counts as told of Ana.
async fn is_known(world: &World) -> bool {
    let rows = world.all::<entity::check_in_person::Entity>().await;
    let mut silent = rows.iter().filter(|one| one.state == PersonState::Waiting);
    silent.next_back().expect("Ana").escalated_at.is_some()
}

#[tokio::test]
async fn a_word_to_somebody_who_has_blocked_is_passed_on_at_once() {
    each(async |world: World| {
        let (_, ana) = silent_and_alone(&world).await;
        let told = loses(&world, &[BOSS], &blocked()).await;
        assert_eq!(told, [(BOSS, PHONES), (CHIEF, PHONES)]);
        assert!(is_known(&world).await);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(CHIEF, WELL)]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_word_is_for_all_others_who_command() {
    each(async |world: World| {
        silent_and_alone(&world).await;
        let told = loses(&world, &[BOSS], &refused()).await;
        assert_eq!(told, [(BOSS, PHONES), (CHIEF, PHONES)]);
        assert!(is_known(&world).await);
        world.wait(TimeDelta::minutes(10));
        assert_eq!(world.hears().await, [], "somebody knows");
    })
    .await;
}

#[tokio::test]
async fn while_all_words_are_refused_nobody_counts_as_told_and_it_is_tried_again() {
    each(async |world: World| {
        let (boss, _) = silent_and_alone(&world).await;
        let told = loses(&world, &[BOSS, CHIEF], &refused()).await;
        assert_eq!(told, [(BOSS, PHONES), (CHIEF, PHONES)], "without end");
        assert!(!is_known(&world).await);
        assert_eq!(world.lone(&boss).await, ["Ana"], "the board shows her");
        world.wait(TimeDelta::seconds(119));
        assert_eq!(world.hears().await, []);
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        assert!(is_known(&world).await);
    })
    .await;
}

#[tokio::test]
async fn what_the_lead_does_not_hear_those_in_command_do() {
    each(async |world: World| {
        let (boss, lead, _ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.wait(TimeDelta::seconds(120));
        let told = loses(&world, &[LEAD], &blocked()).await;
        assert_eq!(told, [(LEAD, SILENT), (BOSS, PHONES)]);
        assert!(is_known(&world).await);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [], "they know already");
    })
    .await;
}

#[tokio::test]
async fn what_whoever_is_erased_did_not_hear_is_passed_on() {
    each(async |world: World| {
        let (boss, _) = silent_and_alone(&world).await;
        let (id, system) = (boss.user_id.expect("one"), Actor::system(Channel::Bot));
        let erased = world
            .store
            .write(move |tx| Box::pin(async move { erase::erase(tx, &system, id).await }));
        erased.await.expect("nothing of his is open");
        assert_eq!(world.hears().await, [(CHIEF, PHONES)]);
        assert!(is_known(&world).await);
    })
    .await;
}

#[tokio::test]
async fn where_nobody_commands_nobody_counts_as_told_until_somebody_does() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, ANA).await;
        goes_silent(&world, &ana).await;
        assert_eq!(world.hears().await, []);
        assert!(!is_known(&world).await);
        world.person("Silva", Level::Supervisor, BOSS).await;
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        assert!(is_known(&world).await);
    })
    .await;
}
