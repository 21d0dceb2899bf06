//! Silence is passed on to somebody who can hear it; while nobody in command can, somebody has to be called.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    enrolment::{self, Caller},
    erase,
    lease::{self, Fence},
    outbox::{self, Notice, Outcome, Outgoing, Settled},
    reach,
    task::{Assignment, Task, life::Step},
    user,
};
use patience::Deadline;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::{
    support::{World, each, postgres_url},
    yielding::somebody_waits,
};

const ANA: i64 = 2;
const BETO: i64 = 3;
const BOSS: i64 = 10;
const DEPUTY: i64 = 11;
const CHIEF: i64 = 20;
/// The supervisor's other phone.
const MOVED: i64 = 30;

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
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
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

async fn sender(world: &World) -> Fence {
    let span = Duration::from_secs(3600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
    fence.expect("leases").expect("it is ours")
}

async fn taken(world: &World, fence: &Fence) -> Vec<Outgoing> {
    let batch = outbox::claim(&world.store, fence.clone(), 50, Vec::new()).await;
    batch.expect("messages")
}

fn settled(message: Outgoing, outcome: Outcome) -> Settled {
    Settled {
        message,
        outcome,
        shown: None,
    }
}

/// Of what leaves now Telegram takes everything but the words about her.
async fn words_are_lost(world: &World, lost: &Outcome) {
    let fence = sender(world).await;
    loop {
        let batch = taken(world, &fence).await;
        if batch.is_empty() {
            return;
        }
        let became = batch.into_iter().map(|message| {
            let outcome = match is_word(&message.notice) {
                true => lost.clone(),
                false => Outcome::Sent { message_id: None },
            };
            settled(message, outcome)
        });
        outbox::settle_all(&world.store, fence.clone(), became.collect())
            .await
            .expect("settled");
    }
}

/// The word about her leaves, after whatever else does.
async fn word_leaves(world: &World, fence: &Fence) -> Outgoing {
    loop {
        let batch = taken(world, fence).await;
        assert!(!batch.is_empty(), "there is a word about her");
        let (mut words, others): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|message| is_word(&message.notice));
        let sent = others
            .into_iter()
            .map(|message| settled(message, Outcome::Sent { message_id: None }));
        outbox::settle_all(&world.store, fence.clone(), sent.collect())
            .await
            .expect("settled");
        if let Some(word) = words.pop() {
            return word;
        }
    }
}

/// Whoever answers holds the task, and then what is his.
#[tokio::test]
async fn a_lost_word_waits_for_the_task_before_it_takes_what_is_hers() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let (_, task) = asked(&world).await;
    blocks(&world, BOSS, false).await;
    stays_silent(&world).await;
    let fence = sender(&world).await;
    let word = word_leaves(&world, &fence).await;
    let error = "refused".into();
    let lost = vec![settled(word, Outcome::Failed { error })];
    let answering = world.store.writer().begin().await.expect("begun");
    let hold = format!("SELECT id FROM tasks WHERE id = {} FOR UPDATE", task.id);
    answering.execute_unprepared(&hold).await.expect("held");
    let store = world.store.clone();
    let settling = tokio::spawn(async move { outbox::settle_all(&store, fence, lost).await });
    let mut end = Deadline::after(Duration::from_secs(4));
    while !somebody_waits(&world).await {
        assert!(!settling.is_finished(), "it waited for nobody");
        assert!(!end.is_over(), "nobody waits");
    }
    let hers = format!(
        "SELECT id FROM assignments WHERE task_id = {} FOR UPDATE NOWAIT",
        task.id
    );
    let free = answering.execute_unprepared(&hers).await;
    free.expect("nobody has what is hers before the task");
    answering.rollback().await.expect("it was open");
    let settled = settling.await.expect("it did not panic");
    settled.expect("it came through");
}

#[tokio::test]
async fn a_word_that_does_not_arrive_is_passed_on() {
    each(async |world: World| {
        chief(&world).await;
        let (boss, task) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let error = "blocked".into();
        words_are_lost(&world, &Outcome::Unreachable { error }).await;
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_none(), "nobody knows of it");
        assert_eq!(told(&world).await, [CHIEF]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_word_to_a_chat_its_person_has_left_is_passed_on() {
    each(async |world: World| {
        chief(&world).await;
        let (boss, task) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let id = boss.user_id.expect("an account");
        let system = Actor::system(Channel::Bot);
        let unlinked = world
            .store
            .write(move |tx| Box::pin(async move { user::unlink_telegram(tx, &system, id).await }));
        unlinked.await.expect("he was linked");
        words_are_lost(&world, &Outcome::Dropped).await;
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_none(), "nobody knows of it");
        assert_eq!(told(&world).await, [CHIEF]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_waited_for_another_phone_is_said_on_the_new_one() {
    each(async |world: World| {
        let (boss, _) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let id = boss.user_id.expect("an account");
        let system = Actor::system(Channel::Bot);
        let caller = Caller {
            telegram_id: MOVED,
            username: None,
            lang: None,
        };
        let moved = world.store.write(move |tx| {
            Box::pin(async move {
                let link = enrolment::invite(tx, &system, id).await?;
                enrolment::enrol(tx, &link.code, caller).await
            })
        });
        moved.await.expect("he has a link");
        words_are_lost(&world, &Outcome::Dropped).await;
        assert_eq!(told(&world).await, [MOVED]);
    })
    .await;
}

#[tokio::test]
async fn what_whoever_is_erased_did_not_hear_is_passed_on() {
    each(async |world: World| {
        chief(&world).await;
        let (boss, task) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let id = boss.user_id.expect("an account");
        let system = Actor::system(Channel::Bot);
        let erased = world
            .store
            .write(move |tx| Box::pin(async move { erase::erase(tx, &system, id).await }));
        erased.await.expect("nothing of his is open");
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_none(), "nobody knows of it");
        assert_eq!(told(&world).await, [CHIEF]);
        let one = hers(&world, &boss, task.id).await;
        assert!(one.escalated_at.is_some() && one.unheard().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_telegram_refuses_is_not_said_again_at_once() {
    each(async |world: World| {
        let (boss, task) = asked(&world).await;
        blocks(&world, BOSS, false).await;
        stays_silent(&world).await;
        let error = "refused".into();
        words_are_lost(&world, &Outcome::Failed { error }).await;
        let one = hers(&world, &boss, task.id).await;
        let since = one.unheard().expect("nobody knows of it");
        assert!(
            told(&world).await.is_empty(),
            "it would be refused without end"
        );
        assert_eq!(
            hers(&world, &boss, task.id).await.unheard(),
            Some(since),
            "somebody has to call meanwhile"
        );
        world.wait(TimeDelta::minutes(15));
        assert_eq!(told(&world).await, [BOSS]);
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
