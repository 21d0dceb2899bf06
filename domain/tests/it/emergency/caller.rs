//! Whoever calls for help is not free: nobody asks him to go and help somebody else.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    agent,
    availability::Availability,
    emergency::{NewEmergency, OfferState},
    outbox::Notice,
};

use super::{here, names};
use crate::support::{World, crew, each};

async fn availability(world: &World, who: &Actor) -> Availability {
    let id = who.agent_id.expect("an agent");
    let seen = agent::find(&world.store, who, id).await;
    seen.expect("himself").availability
}

#[tokio::test]
async fn whoever_calls_is_never_asked_to_help_somebody_else() {
    each(async |world: World| {
        let bob = world.standing("Bob", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 20.0).await;
        let own = world.sos(&bob, here()).await;
        assert_eq!(availability(&world, &bob).await, Availability::OnTask);
        let other = world.sos(&eva, here()).await;
        assert!(names(&other, OfferState::Offered).is_empty(), "{other:?}");
        let passed = other.offers.iter().find(|one| one.agent.name == "Bob");
        assert_eq!(
            passed.and_then(|one| one.why.as_deref()),
            Some("on_task"),
            "{other:?}"
        );
        world.takes_back(&bob, own.id).await.expect("taken back");
        assert_eq!(availability(&world, &bob).await, Availability::Available);
    })
    .await;
}

#[tokio::test]
async fn already_while_it_waits_for_a_place_and_not_for_practice() {
    each(async |world: World| {
        let bob = world.standing("Bob", 1, 0.0).await;
        let practised = NewEmergency {
            drill: true,
            ..here()
        };
        world.sos(&bob, practised).await;
        assert_eq!(availability(&world, &bob).await, Availability::Available);
        world.calls(&bob).await;
        assert_eq!(availability(&world, &bob).await, Availability::OnTask);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_asked_and_calls_himself_is_not_waited_for() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let first = world.sos(&ana, here()).await.id;
        let asked = world.emergency(first).await;
        assert_eq!(names(&asked, OfferState::Offered), ["Bob"]);
        world.sos(&bob, here()).await;
        let asked = world.emergency(first).await;
        assert_eq!(names(&asked, OfferState::StoodDown), ["Bob"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_called_is_not_told_to_ring_up_those_who_are_sent_to_him() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let zoe = world.person("Zoe", Level::Agent, 2).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let sent = world.assign(&boss, task_id, crew(&[&zoe])).await;
        sent.expect("she is free");
        for _ in 0..world.store.rules().ack.rings {
            world.wait(TimeDelta::minutes(1));
            world.run_timers().await;
        }
        let silence = async |chat| {
            let notices = world.notices(chat).await.into_iter();
            let words = notices.filter(|(_, one)| matches!(one, Notice::NoAnswer { .. }));
            words.count()
        };
        assert_eq!((silence(9).await, silence(1).await), (1, 0));
    })
    .await;
}
