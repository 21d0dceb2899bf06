//! The time after the end of a call for help: who ended it, what was taken up since, and what is no part of a drill any more.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    assignment::{self, Answer},
    emergency::{self, NewEmergency},
    report::{self, NewReport},
    task::life::Step,
};

use super::here;
use crate::support::{World, each};

async fn writes(world: &World, by: &Actor, task_id: i64) -> i64 {
    let by = by.clone();
    let write = world.store.write(move |tx| {
        Box::pin(async move { report::add(tx, &by, task_id, NewReport::text("acá")).await })
    });
    write.await.expect("kept")
}

#[tokio::test]
async fn only_what_somebody_did_himself_takes_his_work_up_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.begun(&boss, &[&ana]).await.id;
        let taken_up = async |since: DateTime<Utc>| {
            let tasks = [world.task(&boss, id).await];
            let taken = assignment::taken_up(&world.store, &ana, &tasks, since).await;
            taken.expect("read")
        };
        let ended_at = world.store.now();
        world.wait(TimeDelta::seconds(1));
        let step = Step::because("Lluvia");
        world.pause(&boss, id, step).await.expect("his");
        let resumed = world.resume(&boss, id, Step::default()).await;
        resumed.expect("his");
        assert!(!taken_up(ended_at).await, "that was not she");
        let there = world.answer(&ana, id, Answer::OnSite).await;
        there.expect("said");
        assert!(taken_up(ended_at).await);
        let later = world.store.now();
        world.wait(TimeDelta::seconds(1));
        assert!(!taken_up(later).await);
        let step = Step::because("Cansancio");
        world.pause(&ana, id, step).await.expect("she leads");
        assert!(taken_up(later).await);
    })
    .await;
}

#[tokio::test]
async fn it_is_known_who_ended_a_call() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let called_at = world.store.now();
        let by_himself = async || {
            let ended = emergency::ended_of(&world.store, &ana).await;
            let ended = ended.expect("read").expect("it ended");
            (ended.called_at, ended.by_himself)
        };
        let call = world.sos(&ana, here()).await;
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        assert_eq!(by_himself().await, (called_at, false));
        world.wait(TimeDelta::minutes(1));
        let again = world.sos(&ana, here()).await;
        world.takes_back(&ana, again.id).await.expect("taken back");
        let called_at = world.store.now();
        assert_eq!(by_himself().await, (called_at, true));
    })
    .await;
}

#[tokio::test]
async fn what_is_said_after_the_end_of_a_practised_call_is_no_part_of_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let practised = NewEmergency {
            drill: true,
            ..here()
        };
        let call = world.sos(&ana, practised).await;
        let task_id = call.task_id.expect("a task");
        let part = async |report_id| {
            let of = world.emergency(call.id).await;
            let part = emergency::is_report_practised(&world.store, &of, report_id).await;
            part.expect("read")
        };
        let during = writes(&world, &ana, task_id).await;
        assert!(part(during).await);
        world.wait(TimeDelta::seconds(1));
        let ended = world.resolves(&boss, call.id, Some("Practicado")).await;
        ended.expect("done");
        world.wait(TimeDelta::seconds(1));
        let after = writes(&world, &ana, task_id).await;
        assert!(part(during).await && !part(after).await);
    })
    .await;
}
