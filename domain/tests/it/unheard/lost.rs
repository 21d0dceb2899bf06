//! Words about somebody that nobody hears are passed on: refused, for a chat that its person has left, or taken away with him.

use std::time::Duration;

use domain::{
    actor::Channel,
    enrolment::{self, Caller},
    erase,
    lease::{self, Fence},
    outbox::{self, Outcome, Outgoing, Settled},
    user,
};
use patience::Deadline;
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::*;
use crate::{support::postgres_url, yielding::somebody_waits};

/// The supervisor's other phone.
const MOVED: i64 = 30;

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
