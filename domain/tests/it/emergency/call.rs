//! The call itself: one or another, its place, and taking it back.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    emergency::{
        self, Called, Coming, EmergencyStatus, NewEmergency, OfferState, OpenCall, PlaceSource,
    },
    geo::Point,
    outbox::Notice,
    position::{self, PositionSource, Shared},
};
use futures::future::join_all;
use sea_orm::EntityTrait;

use super::{HERE, here, names, north};
use crate::support::{World, each, refusal};

#[tokio::test]
async fn a_call_waits_for_a_place_and_leaves_without_it() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 50.0).await;
        let bob = world.standing("Bob", 2, 0.0).await;
        world.wait(TimeDelta::minutes(4));
        let Called::Waiting { id, .. } = world.calls(&ana).await else {
            panic!("it waits");
        };
        world.wait(TimeDelta::seconds(1));
        let until = world.store.now() + TimeDelta::seconds(14);
        assert_eq!(
            world.calls(&ana).await,
            Called::Waiting { id, until },
            "a second press"
        );
        assert!(world.notices(2).await.is_empty());
        world.wait(TimeDelta::seconds(13));
        assert_eq!(world.run_timers().await, 0);
        world.wait(TimeDelta::seconds(1));
        world.run_timers().await;
        let left = world.emergency(id).await;
        assert_eq!(left.place_source, PlaceSource::LastKnown);
        let age = world.store.now() - left.place_at.expect("known");
        assert_eq!(age, TimeDelta::seconds(255));
        assert_eq!(names(&left, OfferState::Offered), ["Bob"]);
        assert_eq!(world.calls(&ana).await, Called::Running(id));
        assert_eq!(world.goes(&bob, id).await.expect("said"), Coming::Taken);
        // Somebody of whom no place is known at all.
        let eva = world.person("Eva", Level::Agent, 3).await;
        world.standing("Leo", 4, 900.0).await;
        let none = world.sos(&eva, NewEmergency::default()).await;
        assert_eq!((none.place_source, none.place), (PlaceSource::None, None));
        assert_eq!(
            names(&none, OfferState::Offered),
            ["Leo"],
            "Bob is on his way already, and Ana waits for him"
        );
    })
    .await;
}

#[tokio::test]
async fn a_place_sends_the_alert_at_once() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.standing("Bob", 2, 0.0).await;
        let Called::Waiting { id, .. } = world.calls(&ana).await else {
            panic!("it waits");
        };
        let caller = ana.clone();
        let placed = world
            .store
            .write(move |tx| {
                Box::pin(async move { emergency::placed(tx, &caller, id, (HERE, None)).await })
            })
            .await;
        assert!(placed.expect("placed"));
        let left = world.emergency(id).await;
        assert_eq!(
            (left.place_source, left.place),
            (PlaceSource::Shared, Some(HERE))
        );
        assert_eq!(names(&left, OfferState::Offered), ["Bob"]);
        world.wait(TimeDelta::seconds(15));
        world.run_timers().await;
        assert_eq!(world.all::<entity::emergency::Entity>().await.len(), 1);
        assert_eq!(world.all::<entity::task::Entity>().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn it_is_taken_back_within_ten_seconds_by_whoever_called() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let id = world.sos(&ana, here()).await.id;
        assert!(matches!(
            refusal(world.takes_back(&bob, id).await),
            Refusal::NotFound { .. }
        ));
        world.wait(TimeDelta::seconds(9));
        world.takes_back(&ana, id).await.expect("taken back");
        let over = world.emergency(id).await;
        assert_eq!(over.status, EmergencyStatus::Cancelled);
        assert_eq!(names(&over, OfferState::StoodDown), ["Bob"]);
        assert_eq!(world.goes(&bob, id).await.expect("said"), Coming::Over);
        world.wait(TimeDelta::minutes(2));
        world.run_timers().await;
        assert_eq!(world.emergency(id).await.ring, 0);
        let second = world.sos(&ana, here()).await.id;
        world.wait(TimeDelta::seconds(10));
        assert_eq!(
            refusal(world.takes_back(&ana, second).await),
            Refusal::WithdrawOver
        );
        // While it waits for a place nobody ever hears of it.
        let eva = world.person("Eva", Level::Agent, 3).await;
        let Called::Waiting { id: third, .. } = world.calls(&eva).await else {
            panic!("it waits");
        };
        world.takes_back(&eva, third).await.expect("taken back");
        world.wait(TimeDelta::seconds(15));
        world.run_timers().await;
        assert_eq!(world.emergency(third).await.task_id, None);
    })
    .await;
}

/// A place that somebody sends for his call.
async fn sends(world: &World, caller: &Actor, id: i64, place: Point) -> bool {
    let caller = caller.clone();
    world
        .store
        .write(move |tx| {
            Box::pin(async move { emergency::placed(tx, &caller, id, (place, None)).await })
        })
        .await
        .expect("a place on the globe")
}

async fn open_of(world: &World, actor: &Actor) -> Option<OpenCall> {
    let call = emergency::open_of(&world.store, actor).await;
    call.expect("the database answers")
}

/// Who heard a ring since the messages were last forgotten.
async fn rung(world: &World, chats: &[i64]) -> Vec<i64> {
    let mut rung = Vec::new();
    for chat in chats {
        let told = world.notices(*chat).await;
        let ring = |notice: &Notice| matches!(notice, Notice::Emergency { ring: true, .. });
        if told.iter().any(|(_, notice)| ring(notice)) {
            rung.push(*chat);
        }
    }
    rung
}

async fn forget_messages(world: &World) {
    entity::outbox::Entity::delete_many()
        .exec(world.store.writer())
        .await
        .expect("gone");
}

#[tokio::test]
async fn a_drill_an_answered_or_an_old_call_does_not_swallow_a_new_one() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let drill = NewEmergency {
            drill: true,
            ..here()
        };
        world.sos(&ana, drill).await;
        let Called::Waiting { id: first, .. } = world.calls(&ana).await else {
            panic!("a drill is not a call");
        };
        world.wait(TimeDelta::seconds(15));
        world.run_timers().await;
        assert_eq!(world.calls(&ana).await, Called::Running(first));
        world.wait(TimeDelta::minutes(10));
        let Called::Waiting { id: second, .. } = world.calls(&ana).await else {
            panic!("nobody ended the one from before");
        };
        assert!(second > first);
        let eva = world.standing("Eva", 2, 500.0).await;
        let mut people = Vec::new();
        for number in 0..3 {
            people.push(
                world
                    .standing(&format!("P{number}"), 10 + number, 1.0)
                    .await,
            );
        }
        let answered = world.sos(&eva, here()).await.id;
        for one in &people {
            world.goes(one, answered).await.expect("said");
        }
        assert_eq!(
            world.emergency(answered).await.status,
            EmergencyStatus::Answered
        );
        assert!(matches!(world.calls(&eva).await, Called::Waiting { .. }));
    })
    .await;
}

#[tokio::test]
async fn a_further_press_is_heard_and_takes_a_new_place() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.goes(&bob, id).await.expect("said");
        forget_messages(&world).await;
        assert!(!sends(&world, &ana, id, north(50.0)).await, "it has one");
        world.wait(TimeDelta::minutes(1));
        assert_eq!(world.calls(&ana).await, Called::Running(id));
        assert_eq!(rung(&world, &[1, 2, 90]).await, [2, 90]);
        let call = open_of(&world, &ana).await.expect("it is open");
        assert!(call.wants_place && !call.withdrawable);
        assert!(sends(&world, &ana, id, north(900.0)).await);
        let moved = world.emergency(id).await;
        assert_eq!(moved.place, Some(north(900.0)));
        let measured = moved.offers[0].distance_m.expect("measured again");
        assert!((measured - 800.0).abs() < 3.0, "{measured}");
        assert!(!open_of(&world, &ana).await.expect("open").wants_place);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_presses_at_once_are_one_call() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let called = join_all((0..6).map(|_| world.calls(&ana))).await;
        assert!(called.iter().all(|one| *one == called[0]), "{called:?}");
        assert_eq!(world.all::<entity::emergency::Entity>().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_place_that_comes_late_is_the_place_of_the_call() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        for (name, chat, metres) in [("B", 2, 5000.0), ("C", 3, 5100.0), ("D", 4, 5200.0)] {
            world.standing(name, chat, metres).await;
        }
        let Called::Waiting { id, .. } = world.calls(&ana).await else {
            panic!("it waits");
        };
        world.wait(TimeDelta::seconds(15));
        world.run_timers().await;
        let left = world.emergency(id).await;
        assert_eq!((left.place, left.offers[0].distance_m), (None, None));
        assert_eq!(names(&left, OfferState::Offered), ["B", "C", "D"]);
        world.standing("Near", 5, 40.0).await;
        forget_messages(&world).await;
        assert!(open_of(&world, &ana).await.expect("open").wants_place);
        assert!(sends(&world, &ana, id, HERE).await);
        let placed = world.emergency(id).await;
        assert_eq!(
            (placed.place, placed.place_source),
            (Some(HERE), PlaceSource::Shared)
        );
        assert_eq!(names(&placed, OfferState::Offered), ["B", "C", "D", "Near"]);
        let far = placed.offers[0].distance_m.expect("measured");
        assert!((far - 5000.0).abs() < 10.0, "{far}");
        assert_eq!(rung(&world, &[1, 2, 3, 4, 5]).await, [1, 2, 3, 4, 5]);
        let task = world.task(&ana, placed.task_id.expect("a task")).await;
        assert_eq!(task.place.and_then(|place| place.point), Some(HERE));
        assert!(!sends(&world, &ana, id, north(9.0)).await, "it has one now");
        let bob = world.actor_named("B").await;
        assert!(!sends(&world, &bob, id, north(9.0)).await, "not his call");
    })
    .await;
}

#[tokio::test]
async fn ones_own_call_can_be_taken_back_for_a_while_after_it_left() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        assert_eq!(open_of(&world, &ana).await, None);
        world.calls(&ana).await;
        world.wait(TimeDelta::seconds(15));
        world.run_timers().await;
        assert!(open_of(&world, &ana).await.expect("open").withdrawable);
        world.wait(TimeDelta::seconds(10));
        assert!(!open_of(&world, &ana).await.expect("open").withdrawable);
    })
    .await;
}

#[tokio::test]
async fn a_place_says_how_exact_it_is() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        let Called::Waiting { id, .. } = world.calls(&ana).await else {
            panic!("it waits");
        };
        let caller = ana.clone();
        let place = (HERE, Some(12.5));
        let placed = world.store.write(move |tx| {
            Box::pin(async move { emergency::placed(tx, &caller, id, place).await })
        });
        assert!(placed.await.expect("a place"));
        assert_eq!(world.emergency(id).await.place_accuracy_m, Some(12.5));
        // The last point of a live location brings its own.
        let bob = world.person("Bob", Level::Agent, 2).await;
        let (sharer, now) = (bob.clone(), world.store.now());
        let shared = Shared {
            point: HERE,
            accuracy_m: Some(30.0),
            source: PositionSource::Live,
            at: now,
        };
        let kept = world
            .store
            .write(move |tx| Box::pin(async move { position::share(tx, &sharer, shared).await }));
        kept.await.expect("kept");
        let last = world.sos(&bob, NewEmergency::default()).await;
        assert_eq!(
            (last.place_source, last.place_accuracy_m),
            (PlaceSource::LastKnown, Some(30.0))
        );
        let odd = NewEmergency {
            accuracy_m: Some(-1.0),
            ..here()
        };
        assert_eq!(world.sos(&bob, odd).await.place_accuracy_m, None);
    })
    .await;
}
