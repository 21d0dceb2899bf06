//! Whom each audience reaches, and that nobody beside it hears anything.

use domain::position::PositionSource;

use super::*;

const HERE: Point = Point {
    lat: -34.6,
    lon: -58.4,
};

/// The chats that hear it; beside the roll call of the sender there is no other message.
async fn heard_by(world: &World, dora: &Actor, audience: Audience) -> Vec<i64> {
    let seen = broadcast::preview(&world.store, dora, &audience, None).await;
    let new = NewBroadcast {
        audience,
        ..words()
    };
    let id = world.sends(dora, new).await.expect("sent");
    let mut rung = world.rung(id).await;
    rung.sort_unstable();
    assert_eq!(seen.expect("a preview").recipients, rung.len());
    let rows = world.all::<outbox::Entity>().await;
    let chats = rows.iter().map(|row| row.chat_id);
    let others: Vec<i64> = chats
        .filter(|chat| *chat != 900 && !rung.contains(chat))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    rung
}

/// Where somebody was seen so many minutes ago: so many metres to the north and to the east.
async fn was_at(world: &World, who: &Actor, (north, east): (f64, f64), minutes_ago: i64) {
    let row = entity::last_position::ActiveModel {
        agent_id: Set(who.agent_id.expect("an agent")),
        lat: Set(HERE.lat + north / 111_195.0),
        lon: Set(HERE.lon + east / 91_527.0),
        accuracy_m: Set(None),
        source: Set(PositionSource::Pin),
        recorded_at: Set(world.store.now() - TimeDelta::minutes(minutes_ago)),
        refused_at: Set(None),
    };
    entity::last_position::Entity::insert(row)
        .exec_without_returning(world.store.writer())
        .await
        .expect("a row");
}

#[tokio::test]
async fn a_specialty_reaches_those_who_have_it_whatever_their_unit() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let south = world.unit("Sur").await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let sol = world.member("Sol", Level::Agent, Some(2), south).await;
        let off = world.member("Off", Level::Agent, None, south).await;
        let bob = world.person("Bob", Level::Agent, 3).await;
        world.person("Eva", Level::Agent, 4).await;
        for one in [&ana, &sol, &off] {
            world.trained(one, "canes").await;
        }
        world.trained(&bob, "sanidad").await;
        let dogs = Audience::Specialty {
            specialty: "canes".into(),
        };
        let seen = broadcast::preview(&world.store, &dora, &dogs, None).await;
        let missed = seen.expect("a preview").unreachable;
        let missed: Vec<_> = missed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(missed, ["Off"]);
        assert_eq!(heard_by(&world, &dora, dogs).await, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn supervisors_are_all_who_command_but_the_sender() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let south = world.unit("Sur").await;
        world.person("Marta", Level::Supervisor, 50).await;
        world
            .member("Sol", Level::Supervisor, Some(51), south)
            .await;
        world.person("Jefa", Level::Admin, 70).await;
        world.person("Ana", Level::Agent, 1).await;
        let heard = heard_by(&world, &dora, Audience::Supervisors).await;
        assert_eq!(heard, [50, 51, 70]);
    })
    .await;
}

#[tokio::test]
async fn a_circle_reaches_who_was_seen_within_it_lately() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for (chat, name, place, minutes_ago) in [
            (1, "Inside", (900.0, 0.0), 0),
            (2, "Lately", (0.0, 900.0), 29),
            (3, "Outside", (1_100.0, 0.0), 0),
            // Within the rectangle around it.
            (4, "Corner", (900.0, 900.0), 0),
            (5, "Stale", (100.0, 0.0), 31),
        ] {
            let who = world.person(name, Level::Agent, chat).await;
            was_at(&world, &who, place, minutes_ago).await;
        }
        world.person("Unseen", Level::Agent, 6).await;
        let circle = Audience::Radius {
            lat: HERE.lat,
            lon: HERE.lon,
            radius_m: 1_000.0,
        };
        assert_eq!(heard_by(&world, &dora, circle.clone()).await, [1, 2]);
        // Who was seen lately is so no longer.
        world.wait(TimeDelta::minutes(2));
        let wider = Audience::Radius {
            lat: HERE.lat,
            lon: HERE.lon,
            radius_m: 1_150.0,
        };
        let seen = async |audience: &Audience| {
            let seen = broadcast::preview(&world.store, &dora, audience, None).await;
            seen.expect("a preview").recipients
        };
        assert_eq!((seen(&circle).await, seen(&wider).await), (1, 2));
    })
    .await;
}
