//! Codes of tasks: each is one task's, counted anew for each prefix and year, and nobody waits for another's.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Level,
    task::{self, create::NewTask},
};
use entity::task_kind;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DbBackend, IntoActiveModel,
};

use crate::support::{World, create, each, patrol, postgres_url, refusal};

/// In the file database there is one writer at a time.
#[tokio::test]
async fn whoever_creates_waits_for_no_other_who_does() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    let store = world.store.clone();
    let both = world.store.write(move |tx| {
        Box::pin(async move {
            let first = task::create::create(tx, &boss, patrol(&[])).await?;
            let second = create(&store, &boss, patrol(&[])).await?;
            Ok([first.code, second.code])
        })
    });
    let codes = patience::within(Duration::from_secs(10), both).await;
    let codes = codes.expect("it waits for the end of the first");
    let expected = ["PAT-2026-0001", "PAT-2026-0002"];
    assert_eq!(codes.expect("both are created"), expected);
}

#[tokio::test]
async fn the_code_of_a_refused_creation_is_never_of_two() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.patrol(&boss, &[&ana]).await;
        refusal(world.create(&boss, patrol(&[&ana])).await);
        // The file database counts in the transaction that was taken back, PostgreSQL beside it.
        let next = match world.store.writer().get_database_backend() {
            DbBackend::Sqlite => "PAT-2026-0002",
            _ => "PAT-2026-0003",
        };
        assert_eq!(world.patrol(&boss, &[]).await.code, next);
    })
    .await;
}

#[tokio::test]
async fn a_new_year_on_the_wall_begins_anew() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let midnight: DateTime<Utc> = "2027-01-01T03:00:00Z".parse().expect("a literal");
        world.store.clock().set(midnight - TimeDelta::seconds(1));
        assert_eq!(world.patrol(&boss, &[]).await.code, "PAT-2026-0001");
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.patrol(&boss, &[]).await.code, "PAT-2027-0001");
    })
    .await;
}

#[tokio::test]
async fn kinds_with_the_same_prefix_are_counted_together() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let mut kinds = world.all::<task_kind::Entity>().await.into_iter();
        let known = kinds.find(|kind| kind.code == "patrullaje");
        let known = known.expect("the template has it");
        let other = task_kind::ActiveModel {
            id: NotSet,
            code: Set("ronda".into()),
            ..known.into_active_model()
        };
        world.insert(other).await;
        assert_eq!(world.patrol(&boss, &[]).await.code, "PAT-2026-0001");
        let round = NewTask {
            kind: "ronda".into(),
            ..patrol(&[])
        };
        let round = world.create(&boss, round).await.expect("created");
        assert_eq!(round.code, "PAT-2026-0002");
    })
    .await;
}
