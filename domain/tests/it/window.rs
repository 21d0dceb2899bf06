//! Who can be put on a task at a time: leave, other tasks and shifts stand against it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Refusal,
    actor::Level,
    agent,
    assignment::Crew,
    error::{SoftConflict, SoftKind},
    task::{
        create::{NewTask, When},
        edit::TaskPatch,
        foreseen::{self, Conflict},
        life::Step,
    },
};

use crate::support::{World, crew, each, patrol, refusal, start};

fn at(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn from_to(from: i64, to: i64, agents: &[&domain::Actor]) -> NewTask {
    NewTask {
        planned_start: When::At(at(from)),
        planned_end: Some(When::At(at(to))),
        ..patrol(agents)
    }
}

fn agent_id(who: &domain::Actor) -> i64 {
    who.agent_id.expect("an agent")
}

#[tokio::test]
async fn approved_leave_in_the_window_is_no_and_no_reason_helps() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let away = (at(60), at(120));
        world
            .leave(&boss, agent_id(&ana), away)
            .await
            .expect("approved");
        let mut new = from_to(30, 61, &[&ana]);
        new.crew.override_reason = Some("hace falta".into());
        assert_eq!(
            refusal(world.create(&boss, new).await),
            Refusal::OnLeave {
                agent_id: ana.agent_id,
                agent: "Ana".into(),
                until: at(120)
            }
        );
        for (from, to) in [(30, 60), (120, 150)] {
            let fits = world.create(&boss, from_to(from, to, &[&ana])).await;
            fits.expect("leave neither begins before its start nor lasts beyond its end");
        }
    })
    .await;
}

#[tokio::test]
async fn a_task_in_the_same_time_is_no_and_one_after_the_other_is_fine() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let first = world.create(&boss, from_to(60, 120, &[&ana])).await;
        let code = first.expect("planned").code;
        for (from, to) in [(0, 61), (119, 200), (70, 80), (0, 300)] {
            let refused = world.create(&boss, from_to(from, to, &[&ana])).await;
            assert_eq!(
                refusal(refused),
                Refusal::Overlap {
                    agent_id: ana.agent_id,
                    agent: "Ana".into(),
                    code: code.clone()
                }
            );
        }
        for (from, to) in [(0, 60), (120, 180)] {
            world
                .create(&boss, from_to(from, to, &[&ana]))
                .await
                .expect("it ends as the other begins");
        }
    })
    .await;
}

#[tokio::test]
async fn what_stands_against_people_is_known_before_there_is_a_task() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto, carla) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
            world.person("Carla", Level::Agent, 4).await,
        );
        let first = world.create(&boss, from_to(60, 120, &[&ana])).await;
        let code = first.expect("planned").code;
        let away = (at(30), at(90));
        let leave = world.leave(&boss, agent_id(&beto), away).await;
        leave.expect("approved");
        let ids = [&ana, &beto, &carla].map(agent_id);
        let starting = async |who: &domain::Actor, minutes: i64| {
            let patrol = ("patrullaje", When::At(at(minutes)));
            foreseen::against(&world.store, who, patrol, &ids).await
        };
        let both = HashMap::from([
            (agent_id(&ana), Conflict::Task { code }),
            (agent_id(&beto), Conflict::Leave { until: at(90) }),
        ]);
        assert_eq!(starting(&boss, 30).await.expect("looked up"), both);
        let there = world.create(&boss, from_to(30, 90, &[])).await;
        let there = there.expect("planned").id;
        let against = foreseen::against_task(&world.store, &boss, there, &ids).await;
        assert_eq!(against.expect("looked up"), both, "of one that is there");
        let later = starting(&boss, 120).await.expect("looked up");
        assert_eq!(later, HashMap::new());
        assert_eq!(refusal(starting(&ana, 30).await), Refusal::NotAllowed);
    })
    .await;
}

#[tokio::test]
async fn without_an_end_the_kinds_usual_time_is_claimed() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.patrol(&boss, &[&ana]).await;
        let refused = world.create(&boss, from_to(59, 90, &[&ana])).await;
        assert!(matches!(refusal(refused), Refusal::Overlap { .. }));
        let fits = world.create(&boss, from_to(60, 90, &[&ana])).await;
        fits.expect("a patrol takes 60 minutes");
    })
    .await;
}

#[tokio::test]
async fn who_runs_late_is_busy_until_he_is_done() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let late = world.begun(&boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(90));
        let refused = world.create(&boss, patrol(&[&ana])).await;
        assert!(matches!(refusal(refused), Refusal::Overlap { .. }));
        // The other way round: nobody who is busy now is put on what runs now.
        world.patrol(&boss, &[&beto]).await;
        let both = crew(&[&ana, &beto]);
        let refused = world.assign(&boss, late.id, both).await;
        assert!(matches!(refusal(refused), Refusal::Overlap { .. }));
        world
            .complete(&ana, late.id, Step::default())
            .await
            .expect("completed");
        world.patrol(&boss, &[&ana]).await;
    })
    .await;
}

#[tokio::test]
async fn a_reopened_task_claims_its_people_from_its_real_start() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let tomorrow = from_to(24 * 60, 25 * 60, &[&ana]);
        let task = world.create(&boss, tomorrow).await.expect("planned");
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("done a day early");
        world
            .reopen(&ana, task.id, Step::default())
            .await
            .expect("undone");
        let refused = world.create(&boss, patrol(&[&ana])).await;
        assert!(matches!(refusal(refused), Refusal::Overlap { .. }));
    })
    .await;
}

#[tokio::test]
async fn a_task_cannot_be_moved_into_what_its_people_do() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.patrol(&boss, &[&ana]).await;
        let later = world.create(&boss, from_to(60, 120, &[&ana])).await;
        let later = later.expect("planned");
        let earlier = TaskPatch {
            planned_start: Some(When::At(at(30))),
            ..TaskPatch::default()
        };
        let refused = world.edit(&boss, later.id, earlier).await;
        assert!(matches!(refusal(refused), Refusal::Overlap { .. }));
        assert_eq!(world.task(&boss, later.id).await, later);
    })
    .await;
}

#[tokio::test]
async fn off_shift_wants_a_reason_and_keeps_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let night = (at(600), at(1000));
        world
            .shift(&boss, agent_id(&ana), night)
            .await
            .expect("planned");
        let both = crew(&[&ana, &beto]);
        let with = |reason: Option<&str>| NewTask {
            crew: Crew {
                override_reason: reason.map(str::to_owned),
                ..both.clone()
            },
            ..patrol(&[])
        };
        for reason in [None, Some("  ")] {
            let Refusal::Soft { conflicts } = refusal(world.create(&boss, with(reason)).await)
            else {
                panic!("a soft conflict");
            };
            let names: Vec<_> = conflicts.iter().map(|one| one.agent.as_str()).collect();
            assert_eq!(names, ["Ana"], "Beto never had a shift");
        }
        world
            .create(&boss, with(Some("no hay nadie más")))
            .await
            .expect("with a reason");
        let kept = world.all::<entity::assignment::Entity>().await;
        assert!(
            kept.iter()
                .any(|one| one.override_reason.as_deref() == Some("no hay nadie más"))
        );
    })
    .await;
}

#[tokio::test]
async fn who_says_he_cannot_is_sent_for_a_reason_until_he_can_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let (id, until) = (agent_id(&ana), at(60));
        let (who, reason) = (ana.clone(), Some("Comida".into()));
        let off = world.store.write(move |tx| {
            Box::pin(async move {
                agent::set_availability(tx, &who, id, true, reason, Some(until)).await
            })
        });
        off.await.expect("switched off");
        let refused = world.create(&boss, from_to(30, 50, &[&ana])).await;
        let because = SoftKind::Unavailable {
            reason: Some("Comida".into()),
            until: Some(until),
        };
        assert_eq!(
            refusal(refused),
            Refusal::Soft {
                conflicts: vec![SoftConflict {
                    agent_id: id,
                    agent: "Ana".into(),
                    because,
                }]
            }
        );
        let mut new = from_to(30, 50, &[&ana]);
        new.crew.override_reason = Some("no hay nadie más".into());
        world.create(&boss, new).await.expect("with a reason");
        let later = world.create(&boss, from_to(60, 90, &[&ana])).await;
        later.expect("she can again by then");
    })
    .await;
}

#[tokio::test]
async fn a_task_is_the_units_whose_agent_leads_it() {
    each(async |world: World| {
        let north = world.unit("Norte").await;
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let dora = world
            .member("Dora", Level::Agent, None, world.unit_id)
            .await;
        let carla = world.member("Carla", Level::Agent, Some(2), north).await;
        let task = world.patrol(&boss, &[&dora, &carla]).await;
        assert_eq!(task.lead.map(|lead| lead.name), Some("Carla".into()));
        assert_eq!(task.unit.map(|unit| unit.id), Some(north));
    })
    .await;
}
