//! Who fits what is wanted: the specialty, how much somebody has to do already, and what is remembered against the others.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Level, Permission},
    broadcast::{self, NewBroadcast, Reply},
    emergency::{Emergency, NewEmergency, OfferState},
    outbox::Notice,
    position::{self, PositionSource, Shared},
};

use super::{here, names, north};
use crate::support::{World, each};

fn medics() -> NewEmergency {
    NewEmergency {
        specialty: Some("sanidad".into()),
        ..here()
    }
}

fn why<'a>(emergency: &'a Emergency, name: &str) -> Option<&'a str> {
    let one = emergency.offers.iter().find(|one| one.agent.name == name);
    let one = one.filter(|one| one.state == OfferState::Passed);
    one.and_then(|one| one.why.as_deref())
}

#[tokio::test]
async fn only_those_with_the_specialty_are_asked_however_near_the_others_are() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("None", 2, 10.0).await;
        let other = world.standing("Other", 3, 20.0).await;
        let near = world.standing("Near", 4, 900.0).await;
        let far = world.standing("Far", 5, 5000.0).await;
        world.trained(&other, "canes").await;
        for one in [&near, &far] {
            world.trained(one, "sanidad").await;
        }
        let emergency = world.sos(&ana, medics()).await;
        assert_eq!(names(&emergency, OfferState::Offered), ["Near", "Far"]);
        for name in ["None", "Other"] {
            assert_eq!(why(&emergency, name), Some("requirement"), "{name}");
        }
        // Nor does the search come to them when it widens.
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let later = world.emergency(emergency.id).await;
        assert_eq!(names(&later, OfferState::Offered), ["Near", "Far"]);
        for chat in [2, 3] {
            assert!(world.notices(chat).await.is_empty(), "{chat}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_free_and_has_no_position_is_not_asked_and_is_named_for_that_reason() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let nadia = world.person("Nadia", Level::Agent, 2).await;
        world.standing("Near", 3, 900.0).await;
        world.standing("Far", 4, 5000.0).await;
        world.member("Sin", Level::Agent, None, world.unit_id).await;
        let emergency = world.sos(&ana, here()).await;
        assert_eq!(names(&emergency, OfferState::Offered), ["Near", "Far"]);
        assert_eq!(names(&emergency, OfferState::Passed), ["Nadia"]);
        assert_eq!(why(&emergency, "Nadia"), Some("unplaced"));
        let last = emergency.offers.last().expect("Nadia");
        assert_eq!((last.distance_m, last.position_age_s), (None, None));
        // Nor later, when nobody else is left, until she says where she is.
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        assert!(world.notices(2).await.is_empty());
        world.at(&nadia, 100.0).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let later = world.emergency(emergency.id).await;
        assert!(names(&later, OfferState::Offered).contains(&"Nadia"));
        assert_eq!(why(&later, "Nadia"), None);
    })
    .await;
}

#[tokio::test]
async fn with_nobody_of_the_specialty_those_in_command_learn_it_at_once() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 10.0).await;
        let emergency = world.sos(&ana, medics()).await;
        assert!(names(&emergency, OfferState::Offered).is_empty());
        assert_eq!(why(&emergency, "Bob"), Some("requirement"));
        let told = world.notices(90).await;
        assert!(
            told.iter().any(|(_, notice)| matches!(
                notice,
                Notice::EmergencyEscalated { phones: true, .. }
            )),
            "{told:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_equally_near_whoever_has_less_to_do_is_asked() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("First", 2, 110.0).await;
        world.standing("Second", 3, 210.0).await;
        let busy = world.standing("Busy", 4, 310.0).await;
        world.standing("Free", 5, 330.0).await;
        world.standing("Far", 6, 5000.0).await;
        world.patrol(&boss, &[&busy]).await;
        let emergency = world.sos(&ana, here()).await;
        assert_eq!(
            names(&emergency, OfferState::Offered),
            ["First", "Second", "Free"]
        );
        assert_eq!(why(&emergency, "Busy"), Some("busier"));
        assert_eq!(why(&emergency, "Far"), Some("farther"));
        let loads = ["Free", "Busy"].map(|name| {
            let one = emergency.offers.iter().find(|one| one.agent.name == name);
            one.and_then(|one| one.load)
        });
        assert_eq!(loads, [Some(0), Some(1)]);
    })
    .await;
}

#[tokio::test]
async fn near_counts_for_more_than_little_to_do() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let busy = world.standing("Busy", 2, 110.0).await;
        for (name, chat, metres) in [("B", 3, 210.0), ("C", 4, 310.0), ("D", 5, 410.0)] {
            world.standing(name, chat, metres).await;
        }
        world.patrol(&boss, &[&busy]).await;
        let emergency = world.sos(&ana, here()).await;
        assert_eq!(names(&emergency, OfferState::Offered), ["Busy", "B", "C"]);
        assert_eq!(why(&emergency, "D"), Some("farther"));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_on_leave_is_passed_over_for_that_reason() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let resting = world.standing("Resting", 2, 10.0).await;
        world.standing("Bob", 3, 900.0).await;
        let now = world.store.now();
        let span = (now - TimeDelta::hours(1), now + TimeDelta::hours(24));
        let agent_id = resting.agent_id.expect("an agent");
        world.leave(&boss, agent_id, span).await.expect("on leave");
        let emergency = world.sos(&ana, here()).await;
        assert_eq!(names(&emergency, OfferState::Offered), ["Bob"]);
        assert_eq!(why(&emergency, "Resting"), Some("on_leave"));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_later_is_shown_with_what_is_known_of_him_then() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        world.wait(TimeDelta::hours(1));
        let id = world.sos(&ana, here()).await.id;
        assert_eq!(why(&world.emergency(id).await, "Bob"), Some("stale"));
        let vague = Shared {
            point: north(50.0),
            accuracy_m: Some(80.0),
            source: PositionSource::Live,
            at: world.store.now(),
        };
        let shared = world
            .store
            .write(move |tx| Box::pin(async move { position::share(tx, &bob, vague).await }));
        shared.await.expect("kept");
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let later = world.emergency(id).await;
        assert_eq!(names(&later, OfferState::Offered), ["Bob"]);
        assert_eq!(later.offers[0].position_accuracy_m, Some(80.0));
    })
    .await;
}

/// Says in a new broadcast that he needs help.
pub(super) async fn needs_help(world: &World, who: &Actor) -> (Actor, i64) {
    let mut dora = world.person("Dora", Level::Supervisor, 900).await;
    dora.permissions.push(Permission::Broadcast);
    let (sender, who, new) = (
        dora.clone(),
        who.clone(),
        NewBroadcast {
            text: Some("Repórtense".into()),
            ..NewBroadcast::default()
        },
    );
    let said = world.store.write(move |tx| {
        Box::pin(async move {
            let id = broadcast::send(tx, &dora, new).await?;
            let said = broadcast::answer(tx, &who, id, Reply::NeedsHelp, None).await?;
            Ok((said, id))
        })
    });
    let (said, id) = said.await.expect("said");
    assert!(said);
    (sender, id)
}

#[tokio::test]
async fn whoever_said_lately_that_he_needs_help_is_not_asked_to_help_also_when_nobody_asks_any_more()
 {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 10.0).await;
        let (dora, id) = needs_help(&world, &eva).await;
        let call = world.sos(&ana, here()).await;
        assert!(names(&call, OfferState::Offered).is_empty());
        assert_eq!(why(&call, "Eva"), Some("in_need"));
        let closed = world
            .store
            .write(move |tx| Box::pin(async move { broadcast::close(tx, &dora, id, None).await }));
        closed.await.expect("closed");
        for minutes in [1, 28] {
            world.wait(TimeDelta::minutes(minutes));
            world.at(&eva, 10.0).await;
            world.run_timers().await;
            let now = world.emergency(call.id).await;
            assert!(names(&now, OfferState::Offered).is_empty(), "{minutes}");
        }
        world.wait(TimeDelta::minutes(2));
        world.run_timers().await;
        let now = world.emergency(call.id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Eva"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_said_long_ago_that_he_needs_help_is_asked_last() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 10.0).await;
        needs_help(&world, &eva).await;
        world.wait(TimeDelta::minutes(31));
        world.at(&eva, 10.0).await;
        let alone = world.sos(&ana, here()).await;
        assert_eq!(names(&alone, OfferState::Offered), ["Eva"]);
        world.takes_back(&ana, alone.id).await.expect("at once");
        for (name, chat, metres) in [("B", 3, 900.0), ("C", 4, 300.0), ("D", 5, 600.0)] {
            world.standing(name, chat, metres).await;
        }
        let call = world.sos(&ana, here()).await;
        assert_eq!(names(&call, OfferState::Offered), ["C", "D", "B"]);
        assert_eq!(why(&call, "Eva"), Some("in_need"));
    })
    .await;
}
