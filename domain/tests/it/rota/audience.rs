//! Who would get something now.

use domain::{
    Actor, Refusal,
    actor::{Level, Permission},
    agent::{self, AgentFilter},
    audience::{self, Audience},
    availability::Availability,
    broadcast,
    geo::Point,
    nearest, stats,
    task::create::{NewTask, When},
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{at, id, planned, write};
use crate::support::{World, each, patrol, refusal, start};

const HERE: Point = Point {
    lat: -34.6,
    lon: -58.4,
};

/// Where somebody was seen last, so many metres to the north and to the east.
async fn seen(world: &World, agent_id: i64, north: f64, east: f64) {
    let row = entity::last_position::ActiveModel {
        agent_id: Set(agent_id),
        lat: Set(HERE.lat + north / 111_195.0),
        lon: Set(HERE.lon + east / 91_527.0),
        source: Set(entity::position::PositionSource::Live),
        recorded_at: Set(start()),
        ..Default::default()
    };
    let kept = entity::last_position::Entity::insert(row)
        .exec_without_returning(world.store.writer())
        .await;
    kept.expect("a position");
}

#[tokio::test]
async fn of_a_circle_the_nearest_are_named_and_only_those_within_it_counted() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        for number in 0..230 {
            let agent = world
                .agent(&format!("A{number:03}"), None, world.unit_id)
                .await;
            seen(&world, agent, 900.0, 0.0).await;
        }
        let nearest = world.agent("Zoe", None, world.unit_id).await;
        seen(&world, nearest, 10.0, 0.0).await;
        let corner = world.agent("Esquina", None, world.unit_id).await;
        seen(&world, corner, 950.0, 950.0).await;
        let busy = world.person("Ana", Level::Agent, 2).await;
        seen(&world, id(&busy), 100.0, 0.0).await;
        world.begun(&boss, &[&busy]).await;
        let audience = Audience {
            around: Some((HERE, 1000.0)),
            ..Audience::default()
        };
        let preview = audience::preview(&world.store, &boss, audience).await;
        let preview = preview.expect("a preview");
        assert_eq!(preview.recipients.len(), 200);
        assert_eq!(
            preview.recipients[0].agent.id, nearest,
            "by distance, not by name"
        );
        let counts: Vec<_> = preview.counts.into_iter().collect();
        assert_eq!(counts, [("available", 231), ("on_task", 1)]);
    })
    .await;
}

/// In the order in which somebody is looked for: free, on a task, off shift, switched off by himself, on leave.
const HOW: [Availability; 5] = [
    Availability::Available,
    Availability::OnTask,
    Availability::OffShift,
    Availability::Unavailable,
    Availability::OnLeave,
];

/// Five people at one place, one of each kind in the order of [`HOW`].
async fn one_of_each(world: &World, boss: &Actor) -> Vec<Actor> {
    let mut people = Vec::new();
    for (chat, name) in (11..).zip(["Ana", "Beto", "Carla", "Dora", "Eva"]) {
        let one = world.person(name, Level::Agent, chat).await;
        seen(world, id(&one), 50.0, 0.0).await;
        people.push(one);
    }
    world.begun(boss, &[&people[1]]).await;
    planned(world, boss, &people[2], 20, 28).await;
    let gone = id(&people[3]);
    let off = write!(world, people[3], |tx, dora| agent::set_availability(
        tx, &dora, gone, true, None, None
    ));
    off.expect("switched off");
    let leave = world.leave(boss, id(&people[4]), (at(-1), at(24))).await;
    leave.expect("on leave");
    people
}

#[tokio::test]
async fn whoever_asks_who_is_free_gets_the_same_answer() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let people = one_of_each(&world, &boss).await;
        let (store, free) = (&world.store, id(&people[0]));
        // The board.
        for (one, how) in people.iter().zip(HOW) {
            let found = agent::find(store, &boss, id(one)).await.expect("seen");
            assert_eq!(found.availability, how, "{}", found.name);
        }
        let counted = stats::overview(store, &boss).await.expect("figures").agents;
        assert!(counted.values().all(|count| *count == 1), "{counted:?}");
        // Whoever would get something now.
        let preview = audience::preview(store, &boss, Audience::default()).await;
        let preview = preview.expect("a preview");
        let named: Vec<i64> = preview.recipients.iter().map(|one| one.agent.id).collect();
        assert_eq!(named, [free]);
        let counts: Vec<i64> = preview.counts.into_values().collect();
        assert_eq!(counts, [1; 5]);
        // The nearest, and the ranking of those who may be sent.
        let near = nearest::nearest(store, &boss, HERE, 10, AgentFilter::default()).await;
        let near: Vec<i64> = near
            .expect("found")
            .iter()
            .map(|one| one.agent_id)
            .collect();
        assert_eq!(near, [free]);
        let ranked = agent::candidates(store, &boss, AgentFilter::default(), Some(HERE)).await;
        let ranked = ranked.expect("ranked").into_iter();
        let ranked: Vec<_> = ranked.map(|one| one.agent.availability).collect();
        assert_eq!(ranked, HOW);
        // Broadcasts to those on duty: neither who is off shift nor who is on leave.
        let dispatcher = Actor {
            permissions: vec![Permission::Broadcast],
            ..boss.clone()
        };
        let on_duty = broadcast::Audience::OnDuty;
        let reached = broadcast::preview(store, &dispatcher, &on_duty, None).await;
        assert_eq!(reached.expect("seen").recipients, 3);
        // Assigning.
        let refused = async |number: usize| {
            let task = world.create(&boss, patrol(&[&people[number]])).await;
            refusal(task)
        };
        assert!(matches!(refused(1).await, Refusal::Overlap { .. }));
        assert!(matches!(refused(2).await, Refusal::Soft { .. }));
        assert!(matches!(refused(3).await, Refusal::Soft { .. }));
        assert!(matches!(refused(4).await, Refusal::OnLeave { .. }));
        world.patrol(&boss, &[&people[0]]).await;
    })
    .await;
}

#[tokio::test]
async fn whom_to_send_goes_by_distance_then_by_tasks_then_by_name() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let seen_at = [
            ("Ana", Some(900.0)),
            ("Beto", Some(50.0)),
            ("Carla", Some(50.0)),
            ("Dora", None),
            ("Eva", None),
        ];
        let mut people = Vec::new();
        for (chat, (name, metres)) in (11..).zip(seen_at) {
            let one = world.person(name, Level::Agent, chat).await;
            if let Some(metres) = metres {
                seen(&world, id(&one), metres, 0.0).await;
            }
            people.push(one);
        }
        // Beto has something to do tomorrow, and is free until then.
        let tomorrow = NewTask {
            planned_start: When::At(at(24)),
            ..patrol(&[&people[1]])
        };
        world.create(&boss, tomorrow).await.expect("planned");
        let names = async |place: Option<Point>| -> Vec<String> {
            let filter = AgentFilter::default();
            let ranked = agent::candidates(&world.store, &boss, filter, place).await;
            let ranked = ranked.expect("ranked").into_iter();
            ranked.map(|one| one.agent.name).collect()
        };
        let near = ["Carla", "Beto", "Ana", "Dora", "Eva"];
        assert_eq!(names(Some(HERE)).await, near);
        let nowhere = ["Ana", "Carla", "Dora", "Eva", "Beto"];
        assert_eq!(names(None).await, nowhere);
    })
    .await;
}
