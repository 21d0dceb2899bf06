//! Many at the same instant: codes, agents, timers and the order of events.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use domain::{
    actor::Level,
    assignment::{Answer, AssignmentState},
    event,
    timer::{self, Due},
};
use entity::timer::TimerStatus;
use futures::future::join_all;
use sea_orm::DbBackend;

use crate::support::{World, create, each, patrol};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_get_two_hundred_codes() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let all = join_all((0..200).map(|_| world.create(&boss, patrol(&[])))).await;
        let codes: BTreeSet<String> = all
            .into_iter()
            .map(|task| task.expect("created").code)
            .collect();
        assert_eq!(codes.len(), 200, "{codes:?}");
        // Whoever had to yield to another is counted once more by PostgreSQL.
        if world.store.writer().get_database_backend() == DbBackend::Sqlite {
            let in_a_row = (1..=200).map(|number| format!("PAT-2026-{number:04}"));
            assert_eq!(codes, in_a_row.collect());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_assign_the_same_agent_one_wins_two_hundred_times() {
    each(async |world: World| {
        let (one, two) = (
            world.person("Uno", Level::Supervisor, 10).await,
            world.person("Dos", Level::Supervisor, 20).await,
        );
        for round in 0..200 {
            let ana = world
                .person(&format!("Ana{round}"), Level::Agent, 1000 + round)
                .await;
            let (a, b) = tokio::join!(
                world.create(&one, patrol(&[&ana])),
                world.create(&two, patrol(&[&ana]))
            );
            let won = [&a, &b].iter().filter(|result| result.is_ok()).count();
            assert_eq!(won, 1, "round {round}: {a:?} {b:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn timers_fire_once_though_two_processes_look() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        for number in 0..20 {
            let ana = world
                .person(&format!("Ana{number}"), Level::Agent, 100 + number)
                .await;
            world.patrol(&boss, &[&ana]).await;
        }
        let other = world.other_process().await;
        world.wait(TimeDelta::minutes(15));
        let work = async |store: domain::Store| {
            let mut done = 0;
            while let claims = timer::claim(&store, 3).await.expect("timers")
                && !claims.is_empty()
            {
                done += claims.len();
                for claim in &claims {
                    timer::run(&store, claim).await.expect("it runs");
                }
            }
            done
        };
        let (here, there) = tokio::join!(work(world.store.clone()), work(other));
        // For each a ring, and a word that it did not begin.
        assert_eq!(here + there, 40);
        let asked = world.all::<entity::assignment::Entity>().await;
        assert!(asked.iter().all(|one| one.rings == 1), "{asked:?}");
        let timers = world.all::<entity::timer::Entity>().await;
        let count = |status| timers.iter().filter(|row| row.status == status).count();
        assert_eq!(count(TimerStatus::Fired), 40);
        assert_eq!(count(TimerStatus::Waiting), 20);
    })
    .await;
}

/// Takes all that is due; what of it rings again.
async fn rings(store: &domain::Store) -> Vec<timer::Claim> {
    let mut due = timer::claim(store, 50).await.expect("timers");
    due.retain(|claim| matches!(claim.due, Due::Ack { .. }));
    due
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_two_have_in_hand_fires_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.patrol(&boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(15));
        let slow = rings(&world.store).await;
        world.wait(TimeDelta::minutes(2));
        let other = world.other_process().await;
        let fast = rings(&other).await;
        assert_eq!(slow[0].id, fast[0].id, "the first claim ran out");
        let (one, two) = tokio::join!(
            timer::run(&world.store, &slow[0]),
            timer::run(&other, &fast[0])
        );
        one.and(two).expect("both run");
        let asked = world.all::<entity::assignment::Entity>().await;
        assert_eq!(asked[0].rings, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_at_the_deadline_is_an_answer() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        for round in 0..30 {
            let ana = world
                .person(&format!("Ana{round}"), Level::Agent, 100 + round)
                .await;
            let task = world.patrol(&boss, &[&ana]).await;
            world.wait(TimeDelta::minutes(15));
            let due = rings(&world.store).await;
            let (answered, rung) = tokio::join!(
                world.answer(&ana, task.id, Answer::Acknowledge),
                timer::run(&world.store, &due[0])
            );
            answered.expect("answered");
            rung.expect("it runs");
            world.wait(TimeDelta::minutes(1));
            world.run_timers().await;
            let rows = world.all::<entity::assignment::Entity>().await;
            let last = rows.last().expect("an assignment");
            assert_eq!(last.state, AssignmentState::Acknowledged);
            assert_eq!((last.ack_due_at, last.escalated_at), (None, None));
            let next = timer::next(&world.store).await.expect("timers");
            assert_eq!(next, None, "round {round}: nobody is waited for");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_the_log_miss_nothing_while_many_write() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let write = join_all((0..8).map(|_| async {
            for _ in 0..15 {
                create(&world.store, &boss, patrol(&[]))
                    .await
                    .expect("created");
            }
        }));
        let created = async {
            let (mut seq, mut created) = (0, 0);
            while created < 120 {
                let stretch = event::since(&world.store, seq, 7).await.expect("the log");
                for fact in stretch.events {
                    assert_eq!(fact.seq, seq + 1, "a hole");
                    seq = fact.seq;
                    created += usize::from(matches!(fact.event, event::Event::TaskCreated { .. }));
                }
            }
            created
        };
        let both = async { tokio::join!(write, created).1 };
        let created = patience::within(Duration::from_secs(60), both).await;
        assert_eq!(created, Some(120));
    })
    .await;
}

#[tokio::test]
async fn a_timer_set_anew_replaces_the_one_that_waits() {
    each(async |world: World| {
        let due_at = world.store.now() + TimeDelta::minutes(1);
        for _ in 0..3 {
            world
                .store
                .write(move |tx| Box::pin(async move { timer::set(tx, &Due::Prune, due_at).await }))
                .await
                .expect("set");
        }
        world.wait(TimeDelta::minutes(1));
        let due = timer::claim(&world.store, 10).await.expect("timers");
        assert_eq!(due.len(), 1);
    })
    .await;
}
