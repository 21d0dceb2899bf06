//! The life of a task, from creation to reopening.

use chrono::TimeDelta;
use domain::{
    Actor, Error, Refusal, Result, Store,
    actor::Level,
    assignment::{self, Answer, AssignmentState, Crew},
    task::{
        Status, Task,
        create::{self, NewTask},
        life::{self, Step},
        list::{self, TaskFilter},
    },
};

use crate::support::{World, each};

pub async fn create(store: &Store, actor: &Actor, agents: &[&Actor]) -> Result<Task> {
    let (actor, agent_ids) = (
        actor.clone(),
        agents.iter().filter_map(|one| one.agent_id).collect(),
    );
    let crew = Crew {
        agent_ids,
        ..Crew::default()
    };
    let new = NewTask {
        title: "Patrulla en el parque".into(),
        kind: "patrullaje".into(),
        crew,
        ..NewTask::default()
    };
    store
        .write(move |tx| Box::pin(async move { create::create(tx, &actor, new).await }))
        .await
}

macro_rules! step {
    ($store:expr, $actor:expr, $id:expr, $verb:ident, $step:expr) => {{
        let (actor, id, step) = ($actor.clone(), $id, $step);
        $store
            .write(move |tx| Box::pin(async move { life::$verb(tx, &actor, id, step).await }))
            .await
    }};
}

async fn answer(store: &Store, actor: &Actor, id: i64, answer: Answer) -> Result<Task> {
    let actor = actor.clone();
    store
        .write(move |tx| Box::pin(async move { assignment::answer(tx, &actor, id, answer).await }))
        .await
}

fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn a_whole_day() {
    each(async |world: World| {
        let store = &world.store;
        let boss = world.person("Silva", Level::Supervisor, 100).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 1).await,
            world.person("Beto", Level::Agent, 2).await,
        );
        let task = create(store, &boss, &[&ana, &beto]).await.expect("created");
        assert_eq!(task.code, "PAT-2026-0001");
        assert_eq!(
            task.lead.as_ref().map(|lead| lead.name.as_str()),
            Some("Ana")
        );
        assert_eq!(task.unit.as_ref().map(|unit| unit.id), Some(world.unit_id));

        answer(store, &ana, task.id, Answer::Acknowledge)
            .await
            .expect("acknowledged");
        let task = answer(store, &beto, task.id, Answer::OnSite)
            .await
            .expect("on site");
        let states: Vec<_> = task.assignments.iter().map(|one| one.state).collect();
        assert_eq!(
            states,
            [AssignmentState::Acknowledged, AssignmentState::OnSite]
        );

        step!(store, ana, task.id, start, Step::default()).expect("started");
        store.clock().advance(TimeDelta::minutes(30));
        assert_eq!(
            refusal(step!(store, beto, task.id, complete, Step::default())),
            Refusal::NotLead {
                lead: Some("Ana".into())
            }
        );
        assert_eq!(
            refusal(step!(store, boss, task.id, complete, Step::default())),
            Refusal::NeedsReason
        );
        let done = step!(store, ana, task.id, complete, Step::default()).expect("completed");
        assert!(
            done.assignments
                .iter()
                .all(|one| one.state == AssignmentState::Released)
        );
        assert!(matches!(
            refusal(step!(store, boss, task.id, complete, Step::because("x"))),
            Refusal::AlreadyCompleted { by: Some(name), .. } if name == "Ana"
        ));

        let again = step!(store, ana, task.id, reopen, Step::default()).expect("undone");
        assert_eq!(again.task.status, Status::InProgress);
        assert!(again.missing.is_empty());
        assert_eq!(again.task.held().count(), 2);
        step!(store, ana, task.id, complete, Step::default()).expect("completed again");
        store.clock().advance(TimeDelta::seconds(61));
        assert_eq!(
            refusal(step!(store, ana, task.id, reopen, Step::default())),
            Refusal::UndoOver
        );
        step!(store, boss, task.id, reopen, Step::because("faltó")).expect("reopened");
        let page = list::list(
            store,
            &ana,
            TaskFilter {
                text: Some("PÁRQUE pat".into()),
                ..TaskFilter::default()
            },
            Default::default(),
        )
        .await
        .expect("a list");
        assert_eq!(page.items.len(), 1);
        let events = domain::event::since(store, 0, 1000).await.expect("events");
        let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_assign_the_same_agent_one_wins() {
    each(async |world: World| {
        let store = &world.store;
        let (one, two) = (
            world.person("Uno", Level::Supervisor, 10).await,
            world.person("Dos", Level::Supervisor, 20).await,
        );
        for round in 0..100 {
            let ana = world
                .person(&format!("Ana{round}"), Level::Agent, 1000 + round)
                .await;
            let who = [&ana];
            let (a, b) = tokio::join!(create(store, &one, &who), create(store, &two, &who));
            let won = [&a, &b].iter().filter(|result| result.is_ok()).count();
            assert_eq!(won, 1, "round {round}: {a:?} {b:?}");
        }
    })
    .await;
}
