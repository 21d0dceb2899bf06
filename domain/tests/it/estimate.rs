//! How long work takes: percentiles equal a reference, only what counts counts, and nothing is told without data.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Refusal,
    actor::{Channel, Level},
    estimate::{self, Band},
    page::Window,
    task::{
        Priority, Status, Task,
        create::NewTask,
        life::Step,
        list::{self, TaskFilter},
    },
    zone,
};
use entity::{task, task_kind};
use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    rota::at,
    support::{World, each, patrol, postgres_url, refusal, within},
};

/// As a statistician writes it down: between neighbours in proportion.
fn reference(sorted: &[i64], percent: usize) -> i64 {
    let place = percent * (sorted.len() - 1);
    let low = sorted[place / 100];
    let high = sorted[(place / 100 + 1).min(sorted.len() - 1)];
    low + (high - low) * (place % 100) as i64 / 100
}

type Figures = BTreeMap<String, (i64, i64, i64)>;

async fn known(world: &World, kind_id: i64) -> Figures {
    let known = estimate::list(&world.store).await.expect("a list");
    let of_kind = known.into_iter().filter(|one| one.kind_id == kind_id);
    of_kind
        .map(|one| (one.band, (one.count, one.p50_seconds, one.p75_seconds)))
        .collect()
}

fn wanted(work: &[(bool, i64)]) -> Figures {
    let mut all: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (day, seconds) in work {
        for band in [if *day { "day" } else { "night" }, "all"] {
            all.entry(band.into()).or_default().push(*seconds);
        }
    }
    all.retain(|_, some| some.len() >= 5);
    let figures = all.into_iter().map(|(band, mut some)| {
        some.sort_unstable();
        let told = (
            some.len() as i64,
            reference(&some, 50),
            reference(&some, 75),
        );
        (band, told)
    });
    figures.collect()
}

async fn kind(world: &World, number: usize) -> task_kind::Model {
    let row = task_kind::ActiveModel {
        code: Set(format!("kind_{number}")),
        label: Set("Tarea".into()),
        emoji: Set("🧪".into()),
        prefix: Set(format!("K{number:04}")),
        priority: Set(2),
        duration_min: Set(60),
        crew: Set(1),
        needs_place: Set(false),
        needs_evidence: Set(false),
        checklist: Set(serde_json::json!([])),
        active: Set(true),
        sort: Set(1),
        ..Default::default()
    };
    world.insert(row).await
}

fn finished(kind_id: i64, number: usize, day: bool, seconds: i64) -> task::ActiveModel {
    task::ActiveModel {
        code: Set(format!("OLD-{kind_id}-{number}")),
        kind_id: Set(kind_id),
        title: Set("Hecha".into()),
        search: Set("hecha".into()),
        status: Set(Status::Completed),
        priority: Set(2),
        zone: Set("America/Argentina/Buenos_Aires".into()),
        paused_seconds: Set(0),
        counts_in_estimates: Set(true),
        band: Set(Some(if day { "day" } else { "night" }.into())),
        duration_seconds: Set(Some(seconds)),
        drill: Set(false),
        version: Set(1),
        created_at: Set(at(0)),
        updated_at: Set(at(0)),
        ..Default::default()
    }
}

struct Crew {
    boss: Actor,
    ana: Actor,
}

impl Crew {
    async fn of(world: &World) -> Self {
        Self {
            boss: world.person("Silva", Level::Supervisor, 1).await,
            ana: world.person("Ana", Level::Agent, 2).await,
        }
    }

    /// A task of a kind that takes so long, begun now.
    async fn works(&self, world: &World, kind: &str, took: TimeDelta) -> Task {
        let new = NewTask {
            kind: kind.into(),
            ..patrol(&[&self.ana])
        };
        self.finishes(world, new, took).await
    }

    async fn finishes(&self, world: &World, new: NewTask, took: TimeDelta) -> Task {
        let task = world.create(&self.boss, new).await.expect("made");
        let begun = world.start(&self.ana, task.id, Step::default()).await;
        begun.expect("begun");
        world.wait(took);
        let done = world.complete(&self.ana, task.id, Step::default()).await;
        done.expect("done")
    }
}

async fn reckoned(world: &World) {
    world.wait(TimeDelta::seconds(2));
    world.run_timers().await;
}

#[test]
fn percentiles_equal_a_reference() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut worlds = vec![runtime.block_on(World::sqlite())];
    if let Some(url) = postgres_url() {
        worlds.push(runtime.block_on(World::postgres(&url)));
    }
    for world in worlds {
        let crew = runtime.block_on(Crew::of(&world));
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 40,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let number = std::cell::Cell::new(0);
        let work = proptest::collection::vec((any::<bool>(), 0i64..1_000_000), 0..60);
        let tried = runner.run(&(work, 1i64..90_000), |(work, last)| {
            number.set(number.get() + 1);
            runtime.block_on(check(&world, &crew, number.get(), work, last));
            Ok(())
        });
        tried.expect("the same everywhere");
    }
}

async fn check(world: &World, crew: &Crew, number: usize, mut work: Vec<(bool, i64)>, last: i64) {
    let kind = kind(world, number).await;
    let rows = work.iter().enumerate();
    let rows: Vec<_> = rows
        .map(|(number, (day, seconds))| finished(kind.id, number, *day, *seconds))
        .collect();
    if !rows.is_empty() {
        let insert = task::Entity::insert_many(rows);
        let done = insert.exec_without_returning(world.store.writer()).await;
        done.expect("rows");
    }
    work.push((is_day(world, world.store.now()), last));
    let took = TimeDelta::seconds(last);
    crew.works(world, &kind.code, took).await;
    reckoned(world).await;
    let told = known(world, kind.id).await;
    assert_eq!(told, wanted(&work));
    assert_listed(world, &kind.code, &told).await;
    // The next one is planned by what is known.
    let new = NewTask {
        kind: kind.code,
        ..patrol(&[])
    };
    let next = world.create(&crew.boss, new).await.expect("made").id;
    let row = task::Entity::find_by_id(next)
        .one(world.store.writer())
        .await;
    let row = row.expect("the database answers").expect("there");
    let now = world.store.now();
    let band = if is_day(world, now) { "day" } else { "night" };
    let usual = told.get(band).or_else(|| told.get("all"));
    // So long it takes at least, whatever is known.
    let usual = usual.map_or(3600, |(_, _, p75)| (*p75).max(600));
    assert_eq!(row.window_end_at, Some(now + TimeDelta::seconds(usual)));
}

/// The list of an estimate holds as many tasks as it says that it rests on.
async fn assert_listed(world: &World, kind: &str, told: &Figures) {
    let admin = Actor::system(Channel::Cli);
    for (band, word) in [
        (Band::Day, "day"),
        (Band::Night, "night"),
        (Band::All, "all"),
    ] {
        let filter = TaskFilter {
            kind: Some(kind.into()),
            measured: Some(band),
            ..TaskFilter::default()
        };
        let page = list::list(&world.store, &admin, filter, Window::first(200)).await;
        let listed = page.expect("a page").items.len() as i64;
        match told.get(word) {
            Some((count, _, _)) => assert_eq!(listed, *count, "{word}"),
            None => assert!(listed < estimate::LEAST, "{word}: {listed}"),
        }
    }
}

fn is_day(world: &World, at: DateTime<Utc>) -> bool {
    zone::is_day(at, world.store.rules().zone)
}

#[tokio::test]
async fn only_what_really_happened_counts() {
    each(async |world: World| {
        let crew = Crew::of(&world).await;
        let minutes = TimeDelta::minutes;
        for _ in 0..4 {
            crew.works(&world, "patrullaje", minutes(10)).await;
        }
        reckoned(&world).await;
        let kind_id = 1;
        assert_eq!(
            known(&world, kind_id).await,
            Figures::new(),
            "four are too few"
        );
        // A drill, a start nobody remembers, and what was called off.
        let drill = NewTask {
            drill: true,
            ..patrol(&[&crew.ana])
        };
        crew.finishes(&world, drill, minutes(500)).await;
        let never = world.patrol(&crew.boss, &[&crew.ana]).await;
        let done = world.complete(&crew.ana, never.id, Step::default()).await;
        done.expect("done");
        let off = world.begun(&crew.boss, &[&crew.ana]).await;
        let step = Step::because("Error");
        world.cancel(&crew.boss, off.id, step).await.expect("off");
        reckoned(&world).await;
        assert_eq!(known(&world, kind_id).await, Figures::new());
        // Two hours of which one was a pause.
        let task = world.begun(&crew.boss, &[&crew.ana]).await;
        world.wait(minutes(30));
        let step = Step::because("Lluvia");
        world.pause(&crew.ana, task.id, step).await.expect("paused");
        world.wait(minutes(60));
        let on = world.resume(&crew.ana, task.id, Step::default()).await;
        on.expect("resumed");
        world.wait(minutes(30));
        let done = world.complete(&crew.ana, task.id, Step::default()).await;
        done.expect("done");
        reckoned(&world).await;
        let five = (5, 600, 600);
        let told = known(&world, kind_id).await;
        assert_eq!(told.get("all"), Some(&five), "{told:?}");
        let rows = world.all::<task::Entity>().await;
        let row = rows.iter().find(|row| row.id == task.id).expect("there");
        assert_eq!(row.duration_seconds, Some(3600));
        // Taken back, it was never finished.
        let step = Step::because("Faltó algo");
        world.reopen(&crew.boss, task.id, step).await.expect("open");
        reckoned(&world).await;
        assert_eq!(known(&world, kind_id).await, Figures::new());
        assert_eq!(task.priority, Priority::Medium);
    })
    .await;
}

#[tokio::test]
async fn the_time_in_which_a_task_was_closed_is_no_work() {
    each(async |world: World| {
        let crew = Crew::of(&world).await;
        let minutes = TimeDelta::minutes;
        let task = crew.works(&world, "patrullaje", minutes(30)).await;
        world.wait(TimeDelta::days(2));
        let again = Step::because("Faltó algo");
        let done = world.reopen(&crew.boss, task.id, again).await;
        assert!(done.expect("open").missing.is_empty());
        world.wait(minutes(15));
        let before = Step {
            at: Some(world.store.now() - TimeDelta::hours(20)),
            ..Step::default()
        };
        assert_eq!(
            refusal(world.complete(&crew.ana, task.id, before).await),
            Refusal::TimeOrder,
            "it was closed then"
        );
        let done = world.complete(&crew.ana, task.id, Step::default()).await;
        done.expect("done");
        assert_eq!(took(&world, task.id).await, Some(45 * 60));

        // What is taken back at once had never ended, whatever end was told.
        let other = world.begun(&crew.boss, &[&crew.ana]).await;
        world.wait(minutes(30));
        let early = Step {
            at: Some(world.store.now() - minutes(20)),
            ..Step::default()
        };
        let done = world.complete(&crew.ana, other.id, early).await;
        done.expect("done");
        let undone = world.reopen(&crew.ana, other.id, Step::default()).await;
        undone.expect("taken back");
        let later = Step {
            at: Some(world.store.now() - minutes(10)),
            ..Step::default()
        };
        let done = world.complete(&crew.ana, other.id, later).await;
        done.expect("done");
        assert_eq!(took(&world, other.id).await, Some(20 * 60));
    })
    .await;
}

async fn took(world: &World, task_id: i64) -> Option<i64> {
    let rows = world.all::<task::Entity>().await;
    let row = rows.into_iter().find(|row| row.id == task_id);
    row.expect("there").duration_seconds
}

#[tokio::test]
async fn what_was_tapped_through_makes_no_empty_windows() {
    each(async |world: World| {
        let crew = Crew::of(&world).await;
        for _ in 0..5 {
            crew.works(&world, "patrullaje", TimeDelta::zero()).await;
        }
        reckoned(&world).await;
        assert_eq!(known(&world, 1).await["all"], (5, 0, 0), "figures are true");
        let first = world.patrol(&crew.boss, &[&crew.ana]).await;
        let second = world.create(&crew.boss, patrol(&[&crew.ana])).await;
        let taken = refusal(second);
        assert!(matches!(taken, Refusal::Overlap { code, .. } if code == first.code));
    })
    .await;
}

/// Part of `make torture`; alone: `scripts/with-services.sh cargo test --release -p domain -- --ignored million`.
#[tokio::test]
#[ignore = "a measurement: takes a minute and says a figure"]
async fn a_million_finished_tasks_are_reckoned_within_two_seconds() {
    each(async |world: World| {
        use sea_orm::ConnectionTrait;
        let crew = Crew::of(&world).await;
        let db = world.store.writer();
        let fill = "
            INSERT INTO tasks (code, kind_id, title, search, status, priority, zone, paused_seconds, counts_in_estimates,
                band, duration_seconds, drill, version, created_at, updated_at)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
            SELECT 'OLD-' || i, 1, 'Hecha', 'hecha', 'completed', 2, 'UTC', 0, TRUE,
                CASE WHEN i % 3 = 0 THEN 'night' ELSE 'day' END, (i * 7919) % 86400, FALSE, 1,
                '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00' FROM n";
        db.execute_unprepared(fill).await.expect("a million rows");
        db.execute_unprepared("ANALYZE").await.expect("figures for the planner");
        crew.works(&world, "patrullaje", TimeDelta::minutes(10)).await;
        world.wait(TimeDelta::seconds(2));
        let due = domain::timer::claim(&world.store, 50).await.expect("timers");
        for claim in &due {
            let began = std::time::Instant::now();
            let done = domain::timer::run(&world.store, claim).await;
            done.expect("it runs");
            let took = began.elapsed();
            let told = format!("{:?} on {:?}", claim.due, db.get_database_backend());
            let goal = std::time::Duration::from_secs(2);
            assert!(within(goal, &told, took), "{told}: {took:?}");
        }
        let count = known(&world, 1).await["all"].0;
        assert_eq!(count, 1_000_001);
    })
    .await;
}
