//! A million finished tasks: what the pages of figures, the search and the history cost then, on PostgreSQL. Only when
//! asked for: `scripts/with-services.sh cargo nextest run --release -p domain --run-ignored all million --no-capture`.

use std::time::{Duration, Instant};

use domain::{
    Actor, Store,
    actor::{Channel, Level},
    figures::{self, Period},
    page::Window,
    stats,
    task::{
        Status,
        list::{self, TaskFilter},
    },
    timer,
};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::support::{World, postgres_url, start};

/// Three years, fifty units, five hundred agents: one in twenty was cancelled.
const FILL: [&str; 6] = [
    "INSERT INTO users (username, name, level, permissions, active, version, telegram_id, created_at, updated_at)
     SELECT 'u' || i, 'Persona ' || i, 1, '', TRUE, 1, 10000 + i, {now}, {now} FROM generate_series(1, 500) i",
    "INSERT INTO units (name, created_at) SELECT 'Unidad ' || i, {now} FROM generate_series(1, 50) i",
    "INSERT INTO agents (user_id, name, badge, active, version, created_at, updated_at)
     SELECT id, name, username, TRUE, 1, {now}, {now} FROM users WHERE telegram_id > 10000",
    "INSERT INTO agent_units (agent_id, unit_id) SELECT id, (SELECT min(id) FROM units WHERE name LIKE 'Unidad%') + id % 50 FROM agents",
    "INSERT INTO tasks (code, kind_id, title, search, status, priority, planned_start_at, window_start_at, window_end_at, zone, unit_id,
        lead_agent_id, created_by, started_at, paused_seconds, ended_at, counts_in_estimates, drill, version, created_at, updated_at)
     SELECT 'X-' || i, (SELECT min(id) FROM task_kinds), 'Tarea ' || i, 'x-' || i || ' tarea calle ' || (i * 7919 % 99991),
        CASE WHEN i % 20 = 1 THEN 'cancelled' ELSE 'completed' END, 1 + i % 5, at, at, at + interval '2 hours', 'UTC',
        (SELECT min(id) FROM units) + 1 + i % 50, (SELECT min(id) FROM agents) + i * 7919 % 500, NULL, at, 0,
        at + (i % 170) * interval '1 minute', TRUE, FALSE, 1, at, at
     FROM (SELECT i, {now} - (1000001 - i) * interval '94 seconds' AS at FROM generate_series(1, 1000000) i) AS days",
    "INSERT INTO assignments (task_id, agent_id, state, state_at, offered_at, acknowledged_at, on_site_at, released_at, rings)
     SELECT id, lead_agent_id, 'released', ended_at, started_at, started_at + interval '1 minute', started_at + interval '9 minutes',
        ended_at, 1 FROM tasks WHERE lead_agent_id IS NOT NULL",
];

async fn fill(world: &World) {
    let transaction = world.store.writer().begin().await.expect("a transaction");
    for sql in ["SET LOCAL statement_timeout = 0"].into_iter().chain(FILL) {
        let now = format!("CAST('{}' AS timestamptz)", start().to_rfc3339());
        let written = transaction
            .execute_unprepared(&sql.replace("{now}", &now))
            .await;
        written.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
    transaction.commit().await.expect("room for it");
    let learnt = world
        .store
        .writer()
        .execute_unprepared("VACUUM ANALYZE")
        .await;
    learnt.expect("the planner learns");
}

/// The time that 19 of 20 calls stay below.
#[expect(clippy::print_stderr, reason = "a measurement says its figure")]
async fn p95(what: &str, mut call: impl AsyncFnMut()) -> Duration {
    call().await;
    let mut times = Vec::new();
    for _ in 0..40 {
        let begun = Instant::now();
        call().await;
        times.push(begun.elapsed());
    }
    times.sort();
    let (half, most) = (times[20], times[37]);
    eprintln!("{what}: median {half:?}, p95 {most:?}");
    most
}

#[expect(clippy::print_stderr, reason = "a measurement says its figure")]
async fn keep_all(store: &Store, world: &World) {
    timer::start(store).await.expect("wound up");
    world.wait(chrono::TimeDelta::minutes(6));
    let (begun, mut rounds) = (Instant::now(), 0);
    loop {
        world.run_timers().await;
        rounds += 1;
        let days = world.all::<entity::figure_day::Entity>().await.len();
        if days >= 1080 || rounds > 400 {
            let all = begun.elapsed();
            eprintln!("{days} days are kept after {rounds} rounds, in {all:?}");
            return;
        }
        world.wait(chrono::TimeDelta::seconds(2));
    }
}

#[tokio::test]
#[ignore = "fills a million rows; the command stands above"]
async fn a_million_finished_tasks_cost_a_page_little() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let store = &world.store;
    let boss = world.person("Boss", Level::Supervisor, 1).await;
    fill(&world).await;
    keep_all(store, &world).await;
    let admin = Actor::system(Channel::Cli);
    let unit = world.all::<entity::unit::Entity>().await;
    let unit = unit
        .iter()
        .find(|unit| unit.name == "Unidad 7")
        .expect("a unit")
        .id;
    let user = world.all::<entity::user::Entity>().await;
    let user = user
        .iter()
        .find(|user| user.username == "u7")
        .expect("an account")
        .id;
    let chief = Actor {
        unit_ids: vec![unit],
        ..boss.clone()
    };
    let mut slow = Vec::new();
    let mut judge = |what: &'static str, time: Duration| {
        if time > Duration::from_millis(100) {
            slow.push((what, time));
        }
    };
    for (what, actor) in [
        ("overview for level 3", &admin),
        ("overview for a supervisor", &chief),
    ] {
        let time = p95(what, async || {
            let told = stats::overview(store, actor).await.expect("figures");
            assert!(told.tasks[&Status::Completed] > 10_000, "{told:?}");
        });
        judge(what, time.await);
    }
    for days in [30, 366] {
        let period = Period::last(store, days);
        let time = p95("work of the whole force", async || {
            let told = figures::of_scope(store, &admin, period)
                .await
                .expect("figures");
            assert!(told.total.completed > 10_000, "{:?}", told.total);
        });
        judge("work of the whole force", time.await);
        let time = p95("work of a unit", async || {
            let told = figures::of_unit(store, &admin, unit, period)
                .await
                .expect("figures");
            assert!(told.total.completed > 100, "{:?}", told.total);
        });
        judge("work of a unit", time.await);
        let time = p95("work of a person", async || {
            let told = figures::of_user(store, &admin, user, period)
                .await
                .expect("figures");
            assert!(told.total.completed > 10, "{:?}", told.total);
        });
        judge("work of a person", time.await);
    }
    for (what, actor) in [
        ("completed today for level 3", &admin),
        ("completed today for a supervisor", &chief),
    ] {
        let time = p95(what, async || {
            let filter = TaskFilter {
                completed_from: Some(store.now() - chrono::TimeDelta::hours(12)),
                ..TaskFilter::default()
            };
            let page = list::list(store, actor, filter, Window::first(50)).await;
            assert!(!page.expect("a page").items.is_empty());
        });
        judge(what, time.await);
    }
    for (what, text) in [
        ("search of a rare word", "77777"),
        ("search of a common word", "tarea"),
    ] {
        let time = p95(what, async || {
            let filter = TaskFilter {
                text: Some(text.into()),
                ..TaskFilter::default()
            };
            let found = list::list(store, &chief, filter, Window::first(5)).await;
            found.expect("a page");
        });
        judge(what, time.await);
    }
    assert!(slow.is_empty(), "{slow:?}");
}
