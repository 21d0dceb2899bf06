//! The nearest search beside a plain model of it, anywhere on the globe, with PostGIS and without.

use chrono::TimeDelta;
use domain::{
    Actor, Store,
    actor::{Channel, Level},
    agent::AgentFilter,
    assignment::AssignmentState,
    geo::Point,
    nearest::{Nearest, nearest},
    position::PositionSource,
    task::Status,
};
use entity::{agent, agent_unit, assignment, last_position, leave, shift, task};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::support::{World, patrol, postgres_url, refusal, start};

/// How many forces are tried, of how many people; the places of six differ.
const FORCES: u64 = 6;
const PEOPLE: usize = 90;

#[tokio::test]
async fn the_nearest_are_those_of_the_model() {
    for seed in 0..FORCES {
        let world = World::sqlite().await;
        let store = world.store.clone();
        assert!(!store.has_postgis());
        try_force(&world, &store, seed).await;
    }
}

#[tokio::test]
async fn the_nearest_are_those_of_the_model_with_postgis() {
    let Some(url) = postgres_url() else { return };
    for seed in 0..FORCES {
        let world = World::postgres(&url).await;
        let store = world.store.clone();
        assert!(store.has_postgis(), "the test server has PostGIS");
        try_force(&world, &store, seed).await;
    }
}

#[tokio::test]
async fn the_nearest_are_those_of_the_model_where_postgis_is_absent() {
    let Some(url) = postgres_url() else { return };
    for seed in 0..FORCES {
        let world = World::postgres(&url).await;
        let drop = "DROP EXTENSION postgis CASCADE";
        let dropped = world.store.writer().execute_unprepared(drop).await;
        dropped.expect("the tests' user may");
        let store = world.other_process().await;
        assert!(!store.has_postgis());
        try_force(&world, &store, seed).await;
    }
}

#[tokio::test]
async fn agents_do_not_search() {
    let world = World::sqlite().await;
    let ana = world.person("Ana", Level::Agent, 1).await;
    let here = Point {
        lat: -34.6,
        lon: -58.4,
    };
    let answer = nearest(&world.store, &ana, here, 5, AgentFilter::default()).await;
    assert_eq!(refusal(answer), domain::Refusal::NotAllowed);
}

/// What is true of one agent; he is free when nothing stands against it.
struct Facts {
    id: i64,
    point: Point,
    unit_id: i64,
    age: TimeDelta,
    active: bool,
    on_leave: bool,
    on_task: bool,
    /// Switched off, and until when.
    away: Option<Option<TimeDelta>>,
    /// The beginning of a shift of eight hours.
    shift: Option<TimeDelta>,
}

impl Facts {
    fn is_free(&self) -> bool {
        let away = self
            .away
            .is_some_and(|until| until.is_none_or(|until| until > TimeDelta::zero()));
        let off_shift = self.shift.is_some_and(|begins| {
            !(begins <= TimeDelta::zero() && begins + TimeDelta::hours(8) > TimeDelta::zero())
        });
        self.active
            && !self.on_leave
            && !self.on_task
            && !away
            && !off_shift
            && self.age <= TimeDelta::minutes(30)
    }

    fn roll(dice: &mut StdRng, id: i64, centre: Point, units: [i64; 2]) -> Self {
        let away = dice.random_bool(0.2);
        Self {
            id,
            point: near(dice, centre),
            unit_id: units[usize::from(dice.random_bool(0.4))],
            age: TimeDelta::seconds(dice.random_range(0..2400)),
            active: dice.random_bool(0.9),
            on_leave: dice.random_bool(0.1),
            on_task: dice.random_bool(0.2),
            away: away.then(|| {
                dice.random_bool(0.6)
                    .then(|| TimeDelta::minutes(dice.random_range(-30..30)))
            }),
            shift: dice
                .random_bool(0.4)
                .then(|| TimeDelta::hours(dice.random_range(-12..4))),
        }
    }
}

/// Mostly around the centre, sometimes on the other side of the world.
fn near(dice: &mut StdRng, centre: Point) -> Point {
    let spread = [0.001, 0.05, 2.0, 90.0][dice.random_range(0..4)];
    let lat = centre.lat + dice.random_range(-spread..spread);
    let lon = centre.lon + dice.random_range(-2.0 * spread..2.0 * spread);
    Point {
        lat: lat.clamp(-90.0, 90.0),
        lon: (lon + 540.0).rem_euclid(360.0) - 180.0,
    }
}

/// Buenos Aires, both poles, the date line from both sides, and anywhere.
fn centre(dice: &mut StdRng, seed: u64) -> Point {
    let (lat, lon) = match seed % 6 {
        0 => (-34.6, -58.4),
        1 => (89.999, 20.0),
        2 => (-89.99, -100.0),
        3 => (-17.7, 179.999),
        4 => (66.0, -180.0),
        _ => (
            dice.random_range(-90.0..90.0),
            dice.random_range(-180.0..180.0),
        ),
    };
    Point { lat, lon }
}

async fn try_force(world: &World, store: &Store, seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let centre = centre(&mut dice, seed);
    let units = [world.unit_id, world.unit("Norte").await];
    let mut force = Vec::new();
    for number in 0..PEOPLE {
        let id = world.agent(&format!("A{number}"), None, units[0]).await;
        force.push(Facts::roll(&mut dice, id, centre, units));
    }
    world.make_true(&force).await;
    let admin = Actor::system(Channel::Cli);
    let boss = world.person("Boss", Level::Supervisor, 1).await;
    for _ in 0..6 {
        let from = near(&mut dice, centre);
        let limit = dice.random_range(1..40);
        for actor in [&admin, &boss] {
            let found = nearest(store, actor, from, limit, AgentFilter::default()).await;
            let mut free: Vec<&Facts> = force.iter().filter(|one| one.is_free()).collect();
            if actor.level != Level::Admin {
                free.retain(|one| one.unit_id == world.unit_id);
            }
            same(&found.expect("found"), free, from, limit as usize);
        }
    }
}

fn same(found: &[Nearest], mut free: Vec<&Facts>, from: Point, limit: usize) {
    free.sort_by(|a, b| {
        let (a, b) = (a.point.distance_m(from), b.point.distance_m(from));
        a.total_cmp(&b)
    });
    free.truncate(limit);
    assert_eq!(found.len(), free.len(), "from {from:?}");
    for (one, expected) in found.iter().zip(&free) {
        let (distance_m, age) = (expected.point.distance_m(from), expected.age);
        assert!(
            (one.distance_m - distance_m).abs() < 1.0,
            "from {from:?}: {one:?} instead of {} at {distance_m}",
            expected.id
        );
        if one.agent_id == expected.id {
            assert_eq!(one.position_age_s, age.num_seconds());
        }
    }
}

impl World {
    async fn make_true(&self, force: &[Facts]) {
        let db = self.store.writer();
        let running = self.running_task().await;
        for one in force {
            let row = agent::ActiveModel {
                id: Set(one.id),
                active: Set(one.active),
                unavailable_since: Set(one.away.map(|_| start())),
                unavailable_until: Set(one.away.flatten().map(|until| start() + until)),
                ..Default::default()
            };
            agent::Entity::update(row).exec(db).await.expect("changed");
        }
        let of = |wanted: fn(&&Facts) -> bool| force.iter().filter(wanted);
        let rows = force.iter().map(|one| agent_unit::ActiveModel {
            agent_id: Set(one.id),
            unit_id: Set(one.unit_id),
        });
        self.clear::<agent_unit::Entity>().await;
        self.fill(rows).await;
        self.fill(force.iter().map(position)).await;
        self.fill(of(|one| one.on_leave).map(on_leave)).await;
        self.fill(of(|one| one.on_task).map(|one| on_task(one, running)))
            .await;
        self.fill(of(|one| one.shift.is_some()).filter_map(on_shift))
            .await;
    }

    async fn running_task(&self) -> i64 {
        let boss = Actor::system(Channel::Cli);
        let task = self.create(&boss, patrol(&[])).await.expect("created");
        let row = task::ActiveModel {
            id: Set(task.id),
            status: Set(Status::Paused),
            ..Default::default()
        };
        let db = self.store.writer();
        task::Entity::update(row).exec(db).await.expect("changed");
        task.id
    }

    async fn clear<E: EntityTrait>(&self) {
        let db = self.store.writer();
        E::delete_many().exec(db).await.expect("emptied");
    }

    async fn fill<A: sea_orm::ActiveModelTrait>(&self, rows: impl Iterator<Item = A>) {
        let db = self.store.writer();
        let rows: Vec<A> = rows.collect();
        if !rows.is_empty() {
            A::Entity::insert_many(rows)
                .exec_without_returning(db)
                .await
                .expect("rows that fit");
        }
    }
}

fn position(one: &Facts) -> last_position::ActiveModel {
    last_position::ActiveModel {
        agent_id: Set(one.id),
        lat: Set(one.point.lat),
        lon: Set(one.point.lon),
        accuracy_m: Set(None),
        source: Set(PositionSource::Live),
        recorded_at: Set(start() - one.age),
        refused_at: Set(None),
    }
}

fn on_leave(one: &Facts) -> leave::ActiveModel {
    leave::ActiveModel {
        agent_id: Set(one.id),
        status: Set(leave::LeaveStatus::Approved),
        starts_at: Set(start() - TimeDelta::days(1)),
        ends_at: Set(start() + TimeDelta::days(1)),
        created_at: Set(start()),
        ..Default::default()
    }
}

fn on_task(one: &Facts, task_id: i64) -> assignment::ActiveModel {
    assignment::ActiveModel {
        task_id: Set(task_id),
        agent_id: Set(one.id),
        state: Set(AssignmentState::OnSite),
        state_at: Set(start()),
        offered_at: Set(start()),
        rings: Set(0),
        ..Default::default()
    }
}

fn on_shift(one: &Facts) -> Option<shift::ActiveModel> {
    let starts_at = start() + one.shift?;
    let ends_at = starts_at + TimeDelta::hours(8);
    Some(shift::ActiveModel {
        agent_id: Set(one.id),
        status: Set(shift::ShiftStatus::Planned),
        starts_local: Set(starts_at.naive_utc()),
        starts_at: Set(starts_at),
        ends_local: Set(ends_at.naive_utc()),
        ends_at: Set(ends_at),
        zone: Set("UTC".into()),
        created_at: Set(start()),
        ..Default::default()
    })
}
