//! How often somebody is asked for one emergency: never more often than the rules say, however often the search begins again.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    emergency::{Coming, OfferState},
    outbox::Notice,
    task::life::Step,
};

use super::{here, names, outage::passes, told::reached};
use crate::support::{World, each};

/// How often this chat was rung for this emergency, or will be.
pub(super) async fn asks(world: &World, chat_id: i64, id: i64) -> usize {
    let wanted = Notice::Emergency {
        emergency_id: id,
        ring: true,
    };
    let told = world.notices(chat_id).await;
    told.iter().filter(|(_, notice)| *notice == wanted).count()
}

/// So long that whoever is asked anew is asked as often as may be.
async fn long_enough(world: &World) {
    for _ in 0..4 {
        world.run_timers().await;
        world.delivers().await;
        passes(world).await;
    }
    world.delivers().await;
}

/// One of them comes to another call, which is over at once.
pub(super) async fn comes_and_is_freed(world: &World, boss: &Actor, who: &Actor) {
    let zoe = world.person("Zoe", Level::Agent, 900).await;
    let other = world.sos(&zoe, here()).await.id;
    world.goes(who, other).await.expect("said");
    let ended = world.resolves(boss, other, Some("Hecho")).await;
    ended.expect("his");
}

#[tokio::test]
async fn a_helper_who_is_freed_is_not_asked_anew() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        long_enough(&world).await;
        assert_eq!(asks(&world, 2, id).await, 3);
        comes_and_is_freed(&world, &boss, &eva).await;
        long_enough(&world).await;
        assert_eq!(asks(&world, 2, id).await, 3);
        // She is waited for in silence, and may still come.
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Eva"]);
        assert_eq!(world.goes(&eva, id).await.expect("said"), Coming::Taken);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_was_asked_before_he_was_elsewhere_counts() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.delivers().await;
        comes_and_is_freed(&world, &boss, &eva).await;
        long_enough(&world).await;
        assert_eq!(asks(&world, 2, id).await, 3);
    })
    .await;
}

#[tokio::test]
async fn what_telegram_never_took_does_not_count() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        comes_and_is_freed(&world, &boss, &eva).await;
        world.run_timers().await;
        let offers = world.all::<entity::emergency_offer::Entity>().await;
        let hers = offers
            .iter()
            .find(|one| one.emergency_id == id && Some(one.agent_id) == eva.agent_id);
        let hers = hers.expect("she is asked again");
        assert_eq!((hers.state, hers.rings), (OfferState::Offered, 0));
    })
    .await;
}

#[tokio::test]
async fn whoever_opens_it_again_asks_anew_and_who_takes_his_end_back_does_not() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        world.goes(&bob, id).await.expect("he comes");
        long_enough(&world).await;
        assert_eq!(asks(&world, 3, id).await, 3);
        world.resolves(&bob, id, None).await.expect("he leads");
        let undone = world.reopen(&bob, task_id, Step::default()).await;
        undone.expect("in time");
        long_enough(&world).await;
        assert_eq!(asks(&world, 3, id).await, 3, "it had never ended");
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Eva"]);
        let ended = world.resolves(&boss, id, Some("Hecho")).await;
        ended.expect("his");
        world.wait(TimeDelta::minutes(2));
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        again.expect("open");
        long_enough(&world).await;
        assert_eq!(asks(&world, 3, id).await, 6);
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_the_bot_back_and_heard_it_often_enough_is_waited_for() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        long_enough(&world).await;
        reached(&world, 2, false).await;
        reached(&world, 2, true).await;
        long_enough(&world).await;
        assert_eq!(asks(&world, 2, id).await, 3);
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Bob"]);
    })
    .await;
}

#[tokio::test]
async fn a_ring_that_comes_early_rings_nobody_twice() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        let zoe = world.person("Zoe", Level::Agent, 2).await;
        let people = world.six().await;
        let first = world.sos(&ana, here()).await.id;
        let second = world.sos(&zoe, here()).await.id;
        world.delivers().await;
        world.wait(TimeDelta::seconds(5));
        world.goes(&people[0], first).await.expect("said");
        world.run_timers().await;
        world.delivers().await;
        let now = world.emergency(second).await;
        let asked = names(&now, OfferState::Offered);
        assert_eq!(asked, ["P1", "P2", "P3", "P4", "P5"]);
        assert_eq!(asks(&world, 101, second).await, 1);
        passes(&world).await;
        assert_eq!(asks(&world, 101, second).await, 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_at_something_else_by_now_is_rung_no_more() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.delivers().await;
        world.begun(&boss, &[&bob]).await;
        passes(&world).await;
        world.delivers().await;
        assert_eq!(asks(&world, 2, id).await, 1);
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::StoodDown), ["Bob"]);
    })
    .await;
}
