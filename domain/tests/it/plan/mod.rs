//! No list reads or sorts a whole table, on tables with years in them: each database is asked how it went
//! about every statement of every list.

use domain::{
    Actor,
    actor::{Channel, Level},
    page::{Page, Window},
};
use sea_orm::ConnectionTrait;
use tokio::sync::Mutex;

use crate::support::{World, postgres_url};

mod drills;
mod explain;
mod fill;
mod filters;
mod numbers;
mod people;
mod places;
mod planning;
mod tasks;
mod times;
mod told;
mod watch;
mod workers;

/// What is overheard belongs to one test at a time.
static EAR: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn no_list_reads_a_whole_table_of_sqlite() {
    let _alone = EAR.lock().await;
    watch::listen();
    let world = World::sqlite().await;
    fill::fill(world.store.writer(), 1).await;
    let mut faults = Vec::new();
    everything(&world, &mut async |what| {
        let heard = watch::heard();
        assert!(!heard.is_empty(), "{what} says nothing");
        let found = explain::found_on_sqlite(world.store.writer(), &heard).await;
        watch::heard();
        faults.extend(found.into_iter().map(|fault| format!("{what}: {fault}")));
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn no_list_reads_a_whole_table_of_postgres() {
    no_list_of_postgres_reads_a_whole_table(1).await;
}

/// The same bounds hold, and so no list takes longer, with fifty times as many rows of everything but people.
#[tokio::test]
#[ignore = "fills five million tasks: scripts/with-services.sh cargo nextest run --release -p domain --run-ignored only five_million"]
async fn no_list_reads_more_of_five_million_tasks() {
    no_list_of_postgres_reads_a_whole_table(50).await;
}

async fn no_list_of_postgres_reads_a_whole_table(times: u32) {
    let Some(url) = postgres_url() else { return };
    let _alone = EAR.lock().await;
    watch::listen();
    let mut world = World::postgres(&url).await;
    fill::fill(world.store.writer(), times).await;
    explain_itself(&world).await;
    // The settings hold for connections from now on.
    world.store = world.other_process().await;
    let (mut faults, mut searches) = (Vec::new(), 0);
    everything(&world, &mut async |what| {
        let heard = watch::heard();
        assert!(
            heard.iter().any(|one| one.from == watch::NOTICE),
            "{what} is not explained"
        );
        let mut found = explain::found_on_postgres(&heard);
        if what == places::SEARCH {
            searches += 1;
            found.extend(places::found_on_postgres(&heard));
        }
        faults.extend(found.into_iter().map(|fault| format!("{what}: {fault}")));
    })
    .await;
    assert_eq!(searches, 1, "{} is looked at", places::SEARCH);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Has the database tell the plan of every statement to whoever sent it.
async fn explain_itself(world: &World) {
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
    ] {
        let db = world.store.writer();
        let set = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting} = %L', current_database(), '{value}'); END $$"
        );
        db.execute_unprepared(&set).await.expect("a superuser's");
    }
}

/// Reads every list with every filter, and calls after each.
async fn everything(world: &World, done: &mut impl AsyncFnMut(&str)) {
    let store = &world.store;
    let admin = Actor::system(Channel::Cli);
    let boss = world.person("Boss", Level::Supervisor, 1).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    watch::heard();
    for (who, actor) in [("admin", &admin), ("supervisor", &boss), ("agent", &ana)] {
        tasks::all(store, actor, who, done).await;
        tasks::history(store, actor, who, done).await;
        people::all(store, actor, who, done).await;
        times::all(store, actor, who, done).await;
        numbers::all(store, actor, who, done).await;
    }
    if store.reader().get_database_backend() == sea_orm::DbBackend::Postgres {
        told::all(store, (&admin, &ana), done).await;
        drills::all(store, &admin, done).await;
        for (who, actor) in [("admin", &admin), ("supervisor", &boss), ("agent", &ana)] {
            told::emergencies(store, actor, who, done).await;
            told::checks(store, actor, who, done).await;
        }
        for (who, actor) in [("admin", &admin), ("supervisor", &boss)] {
            numbers::overviews(store, actor, who, done).await;
        }
    }
    workers::flow(store, done).await;
    workers::work(world, done).await;
}

/// Where the next page begins.
fn next<T>(page: Page<T>) -> Option<Window> {
    Some(Window {
        limit: 50,
        cursor: Some(page.next_cursor?),
    })
}
