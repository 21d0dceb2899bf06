//! An emergency as alerts: the first one, what replaces it, and what takes it back.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Channel,
    emergency::{self, NewEmergency},
    geo::Point,
};

use super::{all, fetched, one, refers, world};
use crate::support::World;

const PLACE: Point = Point {
    lat: -34.6,
    lon: -58.4,
};

/// Has somebody call for help; the emergency, and where its alert is.
async fn raised(world: &World, caller: &Actor, place: Option<Point>) -> (i64, String) {
    let caller = caller.clone();
    let new = NewEmergency {
        place,
        ..NewEmergency::default()
    };
    let work = world
        .store
        .write(move |tx| Box::pin(async move { emergency::raise(tx, &caller, new).await }));
    let id = work.await.expect("raised");
    (id, format!("/api/v1/emergencies/{id}/cap.xml"))
}

#[tokio::test]
async fn an_emergency_is_one_too() {
    let (world, ana) = world().await;
    let (_, path) = raised(&world, &ana, Some(PLACE)).await;
    let seen = fetched(&world, &path).await;
    assert_eq!(one(&seen, "alert/status"), "Actual");
    assert_eq!(one(&seen, "alert/msgType"), "Alert");
    assert_eq!(
        one(&seen, "alert/info/area/circle"),
        "-34.600000,-58.400000 0.5"
    );
}

#[tokio::test]
async fn an_emergency_that_is_found_and_resolved_is_an_update_each_time() {
    let (world, ana) = world().await;
    let (id, path) = raised(&world, &ana, None).await;
    let first = fetched(&world, &path).await;
    assert_eq!(one(&first, "alert/msgType"), "Alert");
    assert_eq!(one(&first, "alert/info/area/areaDesc"), "unknown");
    assert!(all(&first, "alert/info/area/circle").is_empty());

    world.store.clock().advance(TimeDelta::seconds(5));
    let found = world.store.write(move |tx| {
        Box::pin(async move { Box::pin(emergency::placed(tx, &ana, id, (PLACE, None))).await })
    });
    assert!(found.await.expect("placed"), "it lacked a place");
    let placed = fetched(&world, &path).await;
    assert_eq!(one(&placed, "alert/info/urgency"), "Immediate");
    assert_eq!(
        one(&placed, "alert/info/area/circle"),
        "-34.600000,-58.400000 0.5"
    );

    world.store.clock().advance(TimeDelta::seconds(5));
    let done = world.store.write(move |tx| {
        let system = Actor::system(Channel::Cli);
        let reason = Some("Persona ana está bien".to_owned());
        Box::pin(async move { Box::pin(emergency::resolve(tx, &system, id, reason)).await })
    });
    done.await.expect("resolved");
    let over = fetched(&world, &path).await;
    assert_eq!(one(&over, "alert/info/urgency"), "Past");
    assert_eq!(one(&over, "alert/info/responseType"), "AllClear");
    assert_eq!(one(&over, "alert/info/expires"), one(&over, "alert/sent"));
    let mut names = vec![one(&first, "alert/identifier")];
    for update in [&placed, &over] {
        assert_eq!(one(update, "alert/msgType"), "Update");
        assert_eq!(one(update, "alert/references"), refers(&first));
        let name = one(update, "alert/identifier");
        assert!(!names.contains(&name), "{name}: {names:?}");
        names.push(name);
    }
    assert!(
        !format!("{over:?}").contains("Persona ana"),
        "no names of people"
    );
}

#[tokio::test]
async fn an_emergency_that_is_called_off_is_a_cancel() {
    let (world, ana) = world().await;
    let (id, path) = raised(&world, &ana, Some(PLACE)).await;
    let first = fetched(&world, &path).await;
    world.store.clock().advance(TimeDelta::seconds(5));
    let off = world.store.write(move |tx| {
        let system = Actor::system(Channel::Cli);
        let reason = Some("Falsa alarma".to_owned());
        Box::pin(async move { Box::pin(emergency::cancel(tx, &system, id, reason)).await })
    });
    off.await.expect("called off");
    let last = fetched(&world, &path).await;
    assert_eq!(one(&last, "alert/msgType"), "Cancel");
    assert_eq!(one(&last, "alert/references"), refers(&first));
    assert_ne!(
        one(&last, "alert/identifier"),
        one(&first, "alert/identifier")
    );
    assert_eq!(one(&last, "alert/info/urgency"), "Past");
    assert_eq!(one(&last, "alert/info/responseType"), "AllClear");
}
