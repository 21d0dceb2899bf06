//! What is asked for twice under one key happens once, also when both ask at the same instant.

use chrono::TimeDelta;
use domain::{
    Error, Store,
    actor::Level,
    once::{self, Found, Kept, Key},
    task::create,
    timer,
};
use futures::future::join_all;
use sea_orm::DbBackend;

use crate::support::{World, each, patrol};

fn key(user_id: Option<i64>, fingerprint: &str) -> Key {
    Key {
        user_id: user_id.expect("a person"),
        word: "one-change".into(),
        fingerprint: fingerprint.into(),
    }
}

fn kept(body: &str) -> Kept {
    Kept {
        status: 201,
        headers: vec![("location".into(), "/here".into())],
        body: body.into(),
    }
}

/// Creates a patrol under the key; the code of the one that stands under it.
async fn create_once(store: &Store, boss: domain::Actor, key: Key) -> Kept {
    let done = store.write(move |tx| {
        Box::pin(async move {
            if let Found::Same(kept) = once::take(tx, &key).await? {
                return Ok(kept);
            }
            let task = create::create(tx, &boss, patrol(&[])).await?;
            let kept = kept(&task.code);
            once::keep(tx, &key, &kept).await?;
            Ok(kept)
        })
    });
    done.await.expect("created, then or now")
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_in_two_processes_create_one_task() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let key = key(boss.user_id, "a");
        let stores = [world.store.clone(), world.other_process().await];
        let asked = (0..20).map(|n| create_once(&stores[n % 2], boss.clone(), key.clone()));
        let answers = join_all(asked).await;
        assert!(answers.iter().all(|one| *one == kept("PAT-2026-0001")));
        assert_eq!(world.all::<entity::task::Entity>().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_done_leaves_the_key_free() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (wanted, key) = (boss.clone(), key(boss.user_id, "a"));
        let taken = key.clone();
        let failed = world.store.write::<(), _>(move |tx| {
            Box::pin(async move {
                once::take(tx, &taken).await?;
                create::create(tx, &wanted, patrol(&[])).await?;
                Err(Error::Away("the power went".into()))
            })
        });
        assert!(failed.await.is_err());
        let found = once::find(&world.store, &key).await.expect("it answers");
        assert_eq!(found, Found::Nothing);
        // PostgreSQL counts beside the transaction that was taken back.
        let code = match world.store.writer().get_database_backend() {
            DbBackend::Sqlite => "PAT-2026-0001",
            _ => "PAT-2026-0002",
        };
        assert_eq!(create_once(&world.store, boss, key).await, kept(code));
    })
    .await;
}

#[tokio::test]
async fn a_key_means_one_thing_of_one_person_for_a_day() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let other = world.person("Paz", Level::Supervisor, 2).await;
        create_once(&world.store, boss.clone(), key(boss.user_id, "a")).await;
        let found = async |user, fingerprint| {
            once::find(&world.store, &key(user, fingerprint))
                .await
                .expect("it answers")
        };
        assert_eq!(found(boss.user_id, "b").await, Found::Other);
        assert_eq!(found(other.user_id, "a").await, Found::Nothing);
        timer::start(&world.store).await.expect("the pruning timer");
        for (hours, expected) in [(23, true), (2, false)] {
            world.wait(TimeDelta::hours(hours));
            for claim in timer::claim(&world.store, 50).await.expect("due ones") {
                timer::run(&world.store, &claim).await.expect("pruned");
            }
            let there = found(boss.user_id, "a").await != Found::Nothing;
            assert_eq!(there, expected, "after {hours} hours more");
        }
    })
    .await;
}
