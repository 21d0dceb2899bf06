//! Who takes part: three agents and a supervisor of one unit, an agent and a supervisor of another, an admin.

use domain::{Actor, actor::Level};

use crate::support::World;

/// The agents come first.
pub const AGENTS: usize = 4;
pub const PEOPLE: usize = 7;
/// The supervisor of the first unit.
pub const BOSS: usize = 4;

#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub name: &'static str,
    pub level: Level,
    /// 0 or 1.
    pub unit: usize,
    pub linked: bool,
}

const fn person(name: &'static str, level: Level, unit: usize, linked: bool) -> Person {
    Person {
        name,
        level,
        unit,
        linked,
    }
}

pub const CAST: [Person; PEOPLE] = [
    person("Ana", Level::Agent, 0, true),
    person("Beto", Level::Agent, 0, true),
    person("Carla", Level::Agent, 1, true),
    person("Dora", Level::Agent, 0, false),
    person("Silva", Level::Supervisor, 0, true),
    person("Sosa", Level::Supervisor, 1, true),
    person("Admin", Level::Admin, 1, true),
];

/// Brings them all into a world; returns them and their two units.
pub async fn enter(world: &World) -> (Vec<Actor>, [i64; 2]) {
    let units = [world.unit_id, world.unit("Norte").await];
    let mut people = Vec::new();
    for (telegram_id, one) in (100..).zip(CAST) {
        let link = one.linked.then_some(telegram_id);
        people.push(
            world
                .member(one.name, one.level, link, units[one.unit])
                .await,
        );
    }
    (people, units)
}
