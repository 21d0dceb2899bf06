//! Whoever called presses again, and again: he is answered each time, and the field is not rung each time.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    emergency::{self, Called, OfferState},
};

use super::{bound::asks, here, names, north};
use crate::support::{World, each};

async fn presses(world: &World, who: &Actor, id: i64) {
    assert_eq!(world.calls(who).await, Called::Running(id));
    world.run_timers().await;
    world.delivers().await;
}

#[tokio::test]
async fn ten_presses_in_a_minute_are_heard_once_in_the_time_of_a_ring() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.goes(&bob, id).await.expect("he comes");
        world.delivers().await;
        for _ in 0..10 {
            world.wait(TimeDelta::seconds(6));
            presses(&world, &ana, id).await;
        }
        let audit = world.all::<entity::audit::Entity>().await;
        let kept = audit.iter().filter(|row| row.action == "emergency.again");
        assert_eq!(kept.count(), 10);
        // With the call itself, after half a minute and after a minute.
        assert_eq!(asks(&world, 90, id).await, 3);
        assert_eq!(asks(&world, 2, id).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_press_soon_after_the_call_is_heard_with_the_next_ring_and_once() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.delivers().await;
        world.wait(TimeDelta::seconds(20));
        presses(&world, &ana, id).await;
        let pressed_at = world.call_row(id).await.pressed_at;
        assert_eq!(pressed_at, Some(world.store.now()));
        assert_eq!(asks(&world, 90, id).await, 1);
        world.wait(TimeDelta::seconds(10));
        for _ in 0..3 {
            world.run_timers().await;
            world.delivers().await;
            assert_eq!(asks(&world, 90, id).await, 2);
            world.wait(TimeDelta::seconds(30));
        }
    })
    .await;
}

#[tokio::test]
async fn further_places_do_not_ring_the_whole_field() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.six().await;
        let id = world.sos(&ana, here()).await.id;
        world.delivers().await;
        for number in 1..5 {
            world.wait(TimeDelta::seconds(5));
            presses(&world, &ana, id).await;
            let (caller, place) = (ana.clone(), north(f64::from(number)));
            let placed = world.store.write(move |tx| {
                Box::pin(async move { emergency::placed(tx, &caller, id, (place, None)).await })
            });
            assert!(placed.await.expect("a place on the globe"));
            world.delivers().await;
        }
        let now = world.emergency(id).await;
        assert_eq!(now.place, Some(north(4.0)));
        let pressed_at = world.call_row(id).await.pressed_at;
        assert_eq!(pressed_at, None, "the new place was heard instead");
        assert_eq!(names(&now, OfferState::Offered), ["P0", "P1", "P2"]);
        assert_eq!(asks(&world, 100, id).await, 3);
        world.wait(TimeDelta::seconds(10));
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered).len(), 6);
    })
    .await;
}
