//! Who stands as told: only by what Telegram took of the present offer.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    assignment::Answer,
    lease::{self, Fence},
    outbox::{self, Outcome, Outgoing, Settled},
    task::Task,
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::support::{World, crew, each};

const BOSS: i64 = 10;
const ANA: i64 = 2;

/// A patrol of Ana, whose ring waits.
async fn asked(world: &World) -> (Actor, Actor, Task) {
    let boss = world.person("Silva", Level::Supervisor, BOSS).await;
    let ana = world.person("Ana", Level::Agent, ANA).await;
    let task = world.patrol(&boss, &[&ana]).await;
    (boss, ana, task)
}

/// When the first and the latest ring of her present offer arrived.
async fn arrived(
    world: &World,
    by: &Actor,
    id: i64,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let task = world.task(by, id).await;
    let one = task.assignments.first().expect("she was asked");
    (one.sent_at, one.rung_at)
}

/// What leaves now, and has not arrived.
async fn leaving(world: &World) -> (Fence, Vec<Outgoing>) {
    let span = Duration::from_secs(3600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
    let fence = fence.expect("leases").expect("it is ours");
    let taken = outbox::claim(&world.store, fence.clone(), 50, Vec::new()).await;
    (fence, taken.expect("messages"))
}

async fn arrives(world: &World, (fence, taken): (Fence, Vec<Outgoing>)) {
    let settled = taken.into_iter().map(|message| Settled {
        message,
        outcome: Outcome::Sent { message_id: None },
        shown: None,
    });
    outbox::settle_all(&world.store, fence, settled.collect())
        .await
        .expect("settled");
}

/// Releases her, and asks her anew.
async fn asks_anew(world: &World, boss: &Actor, ana: &Actor, id: i64) {
    world.assign(boss, id, crew(&[])).await.expect("released");
    let anew = world.assign(boss, id, crew(&[ana])).await;
    anew.expect("asked anew");
}

#[tokio::test]
async fn whoever_is_asked_anew_is_told_only_by_a_new_ring() {
    each(async |world: World| {
        let (boss, ana, task) = asked(&world).await;
        assert_eq!(arrived(&world, &boss, task.id).await, (None, None));
        for declines in [true, false] {
            world.delivers().await;
            let now = Some(world.store.now());
            assert_eq!(arrived(&world, &boss, task.id).await, (now, now));
            world.wait(TimeDelta::minutes(1));
            if declines {
                let reason = "sin móvil".to_owned();
                let no = world
                    .answer(&ana, task.id, Answer::Decline { reason })
                    .await;
                no.expect("declined");
            }
            asks_anew(&world, &boss, &ana, task.id).await;
            assert_eq!(
                arrived(&world, &boss, task.id).await,
                (None, None),
                "of this offer nothing has left"
            );
        }
        world.delivers().await;
        let now = Some(world.store.now());
        assert_eq!(arrived(&world, &boss, task.id).await, (now, now));
    })
    .await;
}

#[tokio::test]
async fn a_ring_of_an_earlier_offer_tells_nobody_of_this_one() {
    each(async |world: World| {
        let (boss, ana, task) = asked(&world).await;
        let late = leaving(&world).await;
        world.wait(TimeDelta::seconds(1));
        asks_anew(&world, &boss, &ana, task.id).await;
        arrives(&world, late).await;
        assert_eq!(arrived(&world, &boss, task.id).await, (None, None));
        world.delivers().await;
        let now = Some(world.store.now());
        assert_eq!(arrived(&world, &boss, task.id).await, (now, now));
    })
    .await;
}

#[tokio::test]
async fn a_ring_that_still_waited_when_she_was_asked_anew_says_what_holds_now() {
    each(async |world: World| {
        let (boss, ana, task) = asked(&world).await;
        world.wait(TimeDelta::seconds(1));
        asks_anew(&world, &boss, &ana, task.id).await;
        world.delivers().await;
        let now = Some(world.store.now());
        assert_eq!(arrived(&world, &boss, task.id).await, (now, now));
    })
    .await;
}

/// In a rolling restart somebody may be asked anew by the release before, which leaves these columns as they are.
#[tokio::test]
async fn what_stands_there_of_an_earlier_offer_tells_nobody_of_this_one() {
    each(async |world: World| {
        let (boss, ana, task) = asked(&world).await;
        world.delivers().await;
        let earlier = Some(world.store.now());
        world.wait(TimeDelta::minutes(1));
        asks_anew(&world, &boss, &ana, task.id).await;
        let rows = world.all::<entity::assignment::Entity>().await;
        let left = entity::assignment::ActiveModel {
            id: Set(rows.first().expect("she was asked").id),
            sent_at: Set(earlier),
            rung_at: Set(earlier),
            ..Default::default()
        };
        let left = entity::assignment::Entity::update(left);
        left.exec(world.store.writer()).await.expect("left");
        assert_eq!(arrived(&world, &boss, task.id).await, (None, None));
        world.delivers().await;
        let now = Some(world.store.now());
        assert_eq!(arrived(&world, &boss, task.id).await, (now, now));
    })
    .await;
}

#[tokio::test]
async fn a_ring_again_is_the_latest_and_not_the_first() {
    each(async |world: World| {
        let (boss, _, task) = asked(&world).await;
        world.delivers().await;
        let first = Some(world.store.now());
        world.wait(TimeDelta::minutes(15));
        world.run_timers().await;
        world.delivers().await;
        let again = Some(world.store.now());
        assert_eq!(arrived(&world, &boss, task.id).await, (first, again));
    })
    .await;
}
