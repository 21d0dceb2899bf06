//! Silence is passed on to somebody who can hear it; while nobody in command can, somebody has to be called.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    outbox::Notice,
    reach,
    task::{Assignment, Task, life::Step},
};
use serde_json::json;

use crate::support::{World, each};

mod lost;

const ANA: i64 = 2;
const BETO: i64 = 3;
const BOSS: i64 = 10;
const DEPUTY: i64 = 11;
const CHIEF: i64 = 20;

/// A patrol of Ana, whose supervisor has blocked the bot.
async fn asked(world: &World) -> (Actor, Task) {
    let boss = world.person("Silva", Level::Supervisor, BOSS).await;
    let ana = world.person("Ana", Level::Agent, ANA).await;
    let task = world.patrol(&boss, &[&ana]).await;
    world.delivers().await;
    blocks(world, BOSS, true).await;
    (boss, task)
}

/// An admin who has nothing to do with the unit.
async fn chief(world: &World) {
    let north = world.unit("Norte").await;
    world
        .member("Rojas", Level::Admin, Some(CHIEF), north)
        .await;
}

async fn blocks(world: &World, chat_id: i64, blocked: bool) {
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                match blocked {
                    true => reach::lost(tx, chat_id).await,
                    false => reach::regained(tx, chat_id).await,
                }
            })
        })
        .await
        .expect("recorded");
}

fn is_word(notice: &Notice) -> bool {
    matches!(notice, Notice::NoAnswer { .. } | Notice::Unreachable { .. })
}

/// Who gets a word about her now.
async fn told(world: &World) -> Vec<i64> {
    world.run_timers().await;
    let sent = world.delivers().await.into_iter();
    let words = sent.filter(|(_, notice)| is_word(notice));
    let mut chats: Vec<i64> = words.map(|(chat, _)| chat).collect();
    chats.sort_unstable();
    chats
}

/// She says nothing until others have to know.
async fn stays_silent(world: &World) {
    for _ in 0..world.store.rules().ack.rings {
        world.delivers().await;
        world.wait(TimeDelta::minutes(15));
        world.run_timers().await;
    }
}

async fn hers(world: &World, by: &Actor, id: i64) -> Assignment {
    let task = world.task(by, id).await;
    task.assignments.into_iter().next().expect("she was asked")
}

#[tokio::test]
async fn the_next_of_the_unit_hears_what_the_first_cannot() {
    each(async |world: World| {
        world.person("Sosa", Level::Supervisor, DEPUTY).await;
        chief(&world).await;
        let (boss, task) = asked(&world).await;
        stays_silent(&world).await;
        assert_eq!(told(&world).await, [DEPUTY]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
    })
    .await;
}

#[tokio::test]
async fn where_nobody_of_the_unit_can_hear_the_admins_do() {
    each(async |world: World| {
        chief(&world).await;
        let (boss, task) = asked(&world).await;
        stays_silent(&world).await;
        assert_eq!(told(&world).await, [CHIEF]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
    })
    .await;
}

#[tokio::test]
async fn while_nobody_can_hear_nothing_says_that_somebody_was_told() {
    each(async |world: World| {
        let (boss, task) = asked(&world).await;
        stays_silent(&world).await;
        let since = world.store.now();
        for _ in 0..2 {
            assert!(told(&world).await.is_empty());
            let one = hers(&world, &boss, task.id).await;
            assert_eq!((one.escalated_at, one.unheard()), (None, Some(since)));
            world.wait(TimeDelta::minutes(15));
        }
        blocks(&world, BOSS, false).await;
        assert_eq!(told(&world).await, [BOSS]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
        world.wait(TimeDelta::hours(2));
        assert!(told(&world).await.is_empty(), "once");
    })
    .await;
}

#[tokio::test]
async fn work_that_is_taken_up_again_goes_on_looking_for_somebody_who_can_hear() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let task = world.begun(&boss, &[&beto, &ana]).await;
        world.delivers().await;
        for chat in [BOSS, ANA] {
            blocks(&world, chat, true).await;
        }
        assert_eq!(told(&world).await, [BETO], "he leads, and commands nobody");
        let done = world.complete(&beto, task.id, Step::default()).await;
        done.expect("he leads");
        let again = world.reopen(&beto, task.id, Step::default()).await;
        again.expect("at once");
        blocks(&world, BOSS, false).await;
        world.wait(TimeDelta::minutes(15));
        assert_eq!(told(&world).await, [BOSS]);
    })
    .await;
}

#[tokio::test]
async fn whom_telegram_does_not_reach_is_passed_on_like_silence() {
    each(async |world: World| {
        let (boss, task) = asked(&world).await;
        blocks(&world, ANA, true).await;
        assert!(told(&world).await.is_empty());
        assert!(hers(&world, &boss, task.id).await.unheard().is_some());
        blocks(&world, BOSS, false).await;
        world.wait(TimeDelta::minutes(15));
        assert_eq!(told(&world).await, [BOSS]);
        let one = hers(&world, &boss, task.id).await;
        assert_eq!((one.escalated_at, one.unheard()), (None, None));
        assert!(one.unreachable_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_board_of_whoever_is_told_is_told_as_well() {
    each(async |world: World| {
        let (boss, task) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let rows = world.all::<entity::event::Entity>().await;
        let told: Vec<_> = rows
            .iter()
            .filter(|row| row.kind == "notification" && row.data["kind"] == "no_answer")
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            (told[0].topic.as_str(), told[0].task_id),
            ("notifications", Some(task.id))
        );
        assert_eq!(told[0].user_ids, json!([boss.user_id]));
        assert_eq!(told[0].data["user_id"], json!(boss.user_id));
    })
    .await;
}
