//! Who would get something now.

use domain::{
    actor::Level,
    audience::{self, Audience},
    geo::Point,
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::id;
use crate::support::{World, each, start};

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
