//! Whoever is asked whether he is well may call for help.

use super::*;

pub(super) async fn somewhere(world: &World, who: &Actor) {
    let who = who.clone();
    let shared = Shared {
        point: Point {
            lat: -34.6,
            lon: -58.4,
        },
        accuracy_m: None,
        source: PositionSource::Live,
        at: world.store.now(),
    };
    world
        .store
        .write(move |tx| Box::pin(async move { position::share(tx, &who, shared).await }))
        .await
        .expect("kept");
}

#[tokio::test]
async fn help_is_a_call_like_any_other_and_only_one() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        somewhere(&world, &ana).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        let Answered::Help { emergency_id } = world.says(&ana, Said::Help).await else {
            panic!("it has left");
        };
        assert_eq!(world.says(&ana, Said::Help).await, Answered::Again);
        assert_eq!(
            world.says(&ana, Said::Well).await,
            Answered::Again,
            "a late tap does not take the call back"
        );
        assert_eq!(world.all::<entity::emergency::Entity>().await.len(), 1);
        let call = emergency::find(&world.store, &boss, emergency_id).await;
        let call = call.expect("his unit");
        assert_eq!(call.raised_by.map(|user| user.user_id), ana.user_id);
        assert_eq!(
            (call.status, call.place_source),
            (EmergencyStatus::Active, PlaceSource::LastKnown)
        );
        assert_eq!(world.hears().await, [(LEAD, HELP)]);
        let roll = world.roll(&boss, task.id).await;
        assert_eq!(roll.people[0].emergency_id, Some(emergency_id));
        world.wait(TimeDelta::minutes(6));
        assert_eq!(world.hears().await, [], "nobody waits for her answer");
    })
    .await;
}

#[tokio::test]
async fn help_sends_off_a_call_that_waits_for_a_place() {
    each(async |world: World| {
        let (boss, _lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        let caller = ana.clone();
        let call = world
            .store
            .write(move |tx| Box::pin(async move { emergency::call(tx, &caller).await }));
        call.await.expect("a call for help never fails");
        world.says(&ana, Said::Help).await;
        world.wait(TimeDelta::seconds(20));
        world.run_timers().await;
        let calls = world.all::<entity::emergency::Entity>().await;
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].status, EmergencyStatus::Active);
    })
    .await;
}
