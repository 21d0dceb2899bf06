//! Nobody is booked twice, whatever several people plan at the same moment in two processes.

use domain::{
    Actor, Error, Result, Store,
    actor::Level,
    assignment, shift,
    task::{
        AssignmentState, Status,
        create::{self, NewTask, When},
        edit::{self, TaskPatch},
        life::{self, Step},
    },
};
use futures::future::join_all;
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{
    rota::{at, new_shift},
    support::{World, crew, each, patrol},
};

const AGENTS: usize = 3;

/// Hours from the start of the test, and how many.
type Hours = (i64, i64);

#[derive(Clone, Debug)]
enum Plan {
    Create(Vec<usize>, Hours),
    /// Of the tasks there are the one with this number, over and over.
    Assign(usize, Vec<usize>),
    Move(usize, Hours),
    Cancel(usize),
    Shift(usize, Hours),
}

fn people() -> impl Strategy<Value = Vec<usize>> {
    proptest::sample::subsequence((0..AGENTS).collect::<Vec<_>>(), 1..=AGENTS)
}

fn plans() -> impl Strategy<Value = Vec<Vec<Plan>>> {
    let hours = || (0i64..10, 1i64..5);
    let one = prop_oneof![
        4 => (people(), hours()).prop_map(|(who, when)| Plan::Create(who, when)),
        3 => (0usize..8, people()).prop_map(|(task, who)| Plan::Assign(task, who)),
        3 => (0usize..8, hours()).prop_map(|(task, when)| Plan::Move(task, when)),
        1 => (0usize..8).prop_map(Plan::Cancel),
        2 => (0..AGENTS, hours()).prop_map(|(who, when)| Plan::Shift(who, when)),
    ];
    let at_once = proptest::collection::vec(one, 2..8);
    proptest::collection::vec(at_once, 1..5)
}

struct Office {
    world: World,
    other: Store,
    bosses: [Actor; 2],
    agents: Vec<Actor>,
}

impl Office {
    async fn of(world: World) -> Self {
        let mut agents = Vec::new();
        for number in 0..AGENTS {
            let name = format!("Ana{number}");
            let phone = 10 + number as i64;
            agents.push(world.person(&name, Level::Agent, phone).await);
        }
        Self {
            bosses: [
                world.person("Uno", Level::Supervisor, 1).await,
                world.person("Dos", Level::Supervisor, 2).await,
            ],
            other: world.other_process().await,
            agents,
            world,
        }
    }

    fn crew(&self, who: &[usize]) -> assignment::Crew {
        let who: Vec<&Actor> = who.iter().map(|one| &self.agents[*one]).collect();
        assignment::Crew {
            // Shifts are no obstacle here, only other tasks.
            override_reason: Some("Prueba".into()),
            ..crew(&who)
        }
    }

    /// Everything of a moment, by turns from two processes.
    async fn at_once(&self, plans: &[Plan]) {
        let rows = self.world.all::<entity::task::Entity>().await;
        let tasks: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let all = plans.iter().enumerate().map(|(number, plan)| {
            let boss = self.bosses[number % 2].clone();
            let store = [&self.world.store, &self.other][number % 2].clone();
            self.does(store, boss, plan.clone(), &tasks)
        });
        for done in join_all(all).await {
            assert!(
                matches!(done, Ok(()) | Err(Error::Refused(_))),
                "{done:?} is no answer"
            );
        }
    }

    async fn does(&self, store: Store, boss: Actor, plan: Plan, tasks: &[i64]) -> Result<()> {
        let of = |number: usize| {
            let place = number.checked_rem(tasks.len());
            place.map(|place| tasks[place])
        };
        match plan {
            Plan::Create(who, (from, long)) => {
                let new = NewTask {
                    planned_start: When::At(at(from)),
                    planned_end: Some(When::At(at(from + long))),
                    crew: self.crew(&who),
                    ..patrol(&[])
                };
                let done = store
                    .write(move |tx| Box::pin(async move { create::create(tx, &boss, new).await }));
                done.await.map(drop)
            }
            Plan::Assign(task, who) => {
                let (Some(id), crew) = (of(task), self.crew(&who)) else {
                    return Ok(());
                };
                let done = store.write(move |tx| {
                    Box::pin(async move { assignment::assign(tx, &boss, id, crew).await })
                });
                done.await.map(drop)
            }
            Plan::Move(task, (from, long)) => {
                let Some(id) = of(task) else { return Ok(()) };
                let patch = TaskPatch {
                    planned_start: Some(When::At(at(from))),
                    planned_end: Some(Some(When::At(at(from + long)))),
                    ..TaskPatch::default()
                };
                let done = store.write(move |tx| {
                    Box::pin(async move { edit::edit(tx, &boss, id, patch).await })
                });
                done.await.map(drop)
            }
            Plan::Cancel(task) => {
                let Some(id) = of(task) else { return Ok(()) };
                let step = Step::because("Error");
                let done = store.write(move |tx| {
                    Box::pin(async move { life::cancel(tx, &boss, id, step).await })
                });
                done.await.map(drop)
            }
            Plan::Shift(who, (from, long)) => {
                let new = new_shift(&self.agents[who], from, from + long);
                let done = store
                    .write(move |tx| Box::pin(async move { shift::create(tx, &boss, new).await }));
                done.await.map(drop)
            }
        }
    }

    async fn nobody_is_booked_twice(&self, plans: &[Vec<Plan>]) {
        let tasks = self.world.all::<entity::task::Entity>().await;
        let held: Vec<(i64, &entity::task::Model)> = self
            .world
            .all::<entity::assignment::Entity>()
            .await
            .iter()
            .filter(|one| {
                !matches!(
                    one.state,
                    AssignmentState::Declined | AssignmentState::Released
                )
            })
            .filter_map(|one| {
                let task = tasks.iter().find(|task| task.id == one.task_id)?;
                (task.status == Status::Scheduled).then_some((one.agent_id, task))
            })
            .collect();
        for (number, (agent, one)) in held.iter().enumerate() {
            let others = held[..number].iter().filter(|(other, _)| other == agent);
            for (_, two) in others {
                let apart = one.window_end_at <= two.window_start_at
                    || two.window_end_at <= one.window_start_at;
                assert!(apart, "{} and {} after {plans:?}", one.code, two.code);
            }
        }
        let shifts = self.world.all::<entity::shift::Entity>().await;
        for (number, one) in shifts.iter().enumerate() {
            let others = shifts[..number].iter();
            for two in others.filter(|two| two.agent_id == one.agent_id) {
                let apart = one.ends_at <= two.starts_at || two.ends_at <= one.starts_at;
                assert!(apart, "{one:?} and {two:?} after {plans:?}");
            }
        }
    }
}

/// As many stories on each database as keep the test short.
const STORIES: u32 = 24;

#[test]
fn no_double_booking_under_concurrency_on_both_databases() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: STORIES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tried = runner.run(&plans(), |plans| {
        runtime.block_on(each(async |world: World| {
            let office = Office::of(world).await;
            for (number, at_once) in plans.iter().enumerate() {
                office.at_once(at_once).await;
                office.nobody_is_booked_twice(&plans[..=number]).await;
            }
        }));
        Ok(())
    });
    tried.expect("nobody in two places");
}
