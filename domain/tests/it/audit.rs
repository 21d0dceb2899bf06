//! The chain over the record: whole when nobody touched it, and where it breaks when somebody did.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Error, Refusal, Store,
    actor::{Channel, Level},
    audit::{
        list::{self, Filter},
        seal::{head, seal},
        verify::{Proof, Why, verify},
    },
    lease::{self, Fence},
    page::Window,
};
use futures::future::join_all;
use sea_orm::ConnectionTrait;

use crate::support::{World, each, patrol, refusal};

async fn lease(store: &Store, holder: &str) -> Option<Fence> {
    lease::take(
        store,
        "audit".into(),
        holder.into(),
        Duration::from_secs(30),
    )
    .await
    .expect("the database answers")
}

async fn proof(world: &World) -> Proof {
    verify(&world.store, None).await.expect("it can be read")
}

/// Ten entries in the chain.
async fn sealed(world: &World) -> Fence {
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    for _ in 0..10 {
        world.patrol(&boss, &[]).await;
    }
    let fence = lease(&world.store, "one").await.expect("it is free");
    let entries = world.all::<entity::audit::Entity>().await.len();
    let added = seal(&world.store, &fence).await.expect("sealed");
    assert_eq!(added, entries as u64);
    assert!(entries >= 10, "{entries}");
    fence
}

async fn sql(world: &World, statement: &str) {
    let done = world.store.writer().execute_unprepared(statement).await;
    assert!(
        done.expect("a statement").rows_affected() > 0,
        "{statement}"
    );
}

async fn id_of(world: &World, number: i64) -> i64 {
    let rows = world.all::<entity::audit::Entity>().await;
    rows.iter()
        .find(|row| row.number == Some(number))
        .expect("it is sealed")
        .id
}

#[tokio::test]
async fn an_untouched_record_is_whole_and_grows() {
    each(async |world: World| {
        let fence = sealed(&world).await;
        let first = proof(&world).await;
        assert_eq!((first.broken, first.unsealed), (None, 0));
        assert_eq!(head(&world.store).await.expect("a head"), first.head);
        let boss = world.person("Paz", Level::Supervisor, 2).await;
        world.patrol(&boss, &[]).await;
        assert!(proof(&world).await.unsealed > 0);
        seal(&world.store, &fence).await.expect("sealed");
        let second = verify(&world.store, Some(&first.head)).await.expect("read");
        assert_eq!((second.broken, second.unsealed), (None, 0));
        assert!(second.head.number > first.head.number);
    })
    .await;
}

#[tokio::test]
async fn the_first_entry_that_was_touched_is_named() {
    for (touch, why, number) in [
        (
            "UPDATE audit SET action = 'nothing' WHERE number = 4",
            Why::Changed,
            4,
        ),
        (
            "UPDATE audit SET user_id = NULL WHERE number = 4",
            Why::Changed,
            4,
        ),
        ("DELETE FROM audit WHERE number = 4", Why::Removed, 4),
        ("DELETE FROM audit WHERE number > 7", Why::Removed, 8),
        (
            "INSERT INTO audit (at, action, subject_kind, channel, data, number, prev_hash, hash) \
             SELECT at, action, subject_kind, channel, data, 1000, prev_hash, hash FROM audit WHERE number = 4",
            Why::Inserted,
            1000,
        ),
    ] {
        each(async |world: World| {
            sealed(&world).await;
            let touched = id_of(&world, 4).await;
            sql(&world, touch).await;
            let broken = proof(&world).await.broken.expect(touch);
            assert_eq!((broken.why, broken.number), (why, number), "{touch}");
            if why == Why::Changed {
                assert_eq!(broken.id, Some(touched), "{touch}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_entry_that_is_dated_back_is_named() {
    each(async |world: World| {
        let fence = sealed(&world).await;
        let last = proof(&world).await.head.number;
        let yesterday = (world.store.now() - TimeDelta::days(1)).to_rfc3339();
        let forged = format!(
            "INSERT INTO audit (at, action, subject_kind, channel, data) \
             SELECT '{yesterday}', action, subject_kind, channel, data FROM audit WHERE number = 4"
        );
        sql(&world, &forged).await;
        seal(&world.store, &fence).await.expect("sealed");
        let broken = proof(&world).await.broken.expect("it is seen");
        assert_eq!((broken.why, broken.number), (Why::Backdated, last + 1));
    })
    .await;
}

#[tokio::test]
async fn a_chain_that_was_made_anew_does_not_lead_through_the_known_head() {
    each(async |world: World| {
        let fence = sealed(&world).await;
        let known = proof(&world).await.head;
        sql(
            &world,
            "UPDATE audit SET action = 'nothing' WHERE number = 4",
        )
        .await;
        sql(&world, "UPDATE audit SET number = NULL").await;
        sql(&world, "DELETE FROM settings WHERE key = 'audit_head'").await;
        seal(&world.store, &fence).await.expect("sealed");
        assert_eq!(proof(&world).await.broken, None);
        let seen = verify(&world.store, Some(&known)).await.expect("read");
        assert_eq!(seen.broken.map(|broken| broken.why), Some(Why::Replaced));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sealers_one_seals() {
    each(async |world: World| {
        let other = world.other_process().await;
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let first = lease(&world.store, "one").await.expect("it is free");
        assert_eq!(lease(&other, "two").await, None);
        let work = join_all((0..40).map(|_| world.create(&boss, patrol(&[]))));
        let sealing = async {
            for _ in 0..20 {
                seal(&world.store, &first).await.expect("his lease");
            }
        };
        let beside = async {
            for _ in 0..20 {
                seal(&other, &first).await.expect("the same lease");
            }
        };
        let (tasks, (), ()) = tokio::join!(work, sealing, beside);
        assert!(tasks.iter().all(Result::is_ok));
        world.wait(TimeDelta::minutes(1));
        let second = lease(&other, "two").await.expect("it has run out");
        world.create(&boss, patrol(&[])).await.expect("one more");
        let late = seal(&world.store, &first).await;
        assert!(matches!(late, Err(Error::Away(_))), "{late:?}");
        while seal(&other, &second).await.expect("his lease") > 0 {}
        let proof = proof(&world).await;
        assert_eq!((proof.broken, proof.unsealed), (None, 0));
        let entries = world.all::<entity::audit::Entity>().await.len();
        assert_eq!(proof.head.number, entries as i64);
    })
    .await;
}

#[tokio::test]
async fn only_auditors_read_the_record_and_only_what_they_asked_for() {
    each(async |world: World| {
        sealed(&world).await;
        let everything = || (Filter::default(), Window::first(5));
        let (filter, window) = everything();
        let boss = world.person("Paz", Level::Admin, 9).await;
        let refused = list::list(&world.store, &boss, filter, window).await;
        assert_eq!(refusal(refused), Refusal::NotAllowed);
        let auditor = domain::Actor::system(Channel::Cli);
        let (filter, mut window) = everything();
        let (mut ids, mut pages) = (Vec::new(), 0);
        loop {
            let page = list::list(&world.store, &auditor, filter.clone(), window.clone())
                .await
                .expect("a page");
            ids.extend(page.items.iter().map(|entry| entry.id));
            pages += 1;
            window.cursor = page.next_cursor;
            if window.cursor.is_none() {
                break;
            }
        }
        let all: Vec<i64> = world
            .all::<entity::audit::Entity>()
            .await
            .iter()
            .rev()
            .map(|row| row.id)
            .collect();
        assert_eq!(ids, all);
        assert!(pages > 1);
        let filter = Filter {
            action: Some("task.".into()),
            subject_kind: Some("task".into()),
            subject_id: Some(1),
            to: Some(world.store.now() + TimeDelta::seconds(1)),
            ..Filter::default()
        };
        let page = list::list(&world.store, &auditor, filter.clone(), Window::first(50)).await;
        let found = page.expect("a page").items;
        assert!(!found.is_empty() && found.iter().all(|entry| entry.subject_id == Some(1)));
        let filter = Filter {
            from: Some(world.store.now() + TimeDelta::seconds(1)),
            ..filter
        };
        let page = list::list(&world.store, &auditor, filter, Window::first(50)).await;
        assert!(page.expect("a page").items.is_empty());
    })
    .await;
}
