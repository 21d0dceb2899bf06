//! Finishing and taking it back: who may, what follows, and what is left alone.

use chrono::TimeDelta;
use domain::{
    Refusal,
    actor::Level,
    agent,
    assignment::Answer,
    availability::Availability,
    report::{self, NewReport},
    task::{
        AssignmentState, Status, Task,
        create::{NewTask, When},
        life::Step,
    },
};

use crate::support::{World, each, patrol, refusal, start};

fn at(minutes: i64) -> chrono::DateTime<chrono::Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn happened(minutes: i64) -> Step {
    Step {
        at: Some(at(minutes)),
        ..Step::because("así fue")
    }
}

fn states(task: &Task) -> Vec<AssignmentState> {
    task.assignments.iter().map(|one| one.state).collect()
}

impl World {
    async fn row(&self, id: i64) -> entity::task::Model {
        let rows = self.all::<entity::task::Entity>().await;
        rows.into_iter().find(|row| row.id == id).expect("the task")
    }

    async fn availability(&self, who: &domain::Actor) -> Availability {
        let id = who.agent_id.expect("an agent");
        let found = agent::find(&self.store, who, id).await;
        found.expect("he sees himself").availability
    }
}

#[tokio::test]
async fn the_first_completion_wins_and_the_second_changes_nothing() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(5));
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        let before = world.row(task.id).await;
        world.wait(TimeDelta::minutes(1));
        let second = world
            .complete(&boss, task.id, Step::because("ya está"))
            .await;
        assert_eq!(
            refusal(second),
            Refusal::AlreadyCompleted {
                by: Some("Ana".into()),
                at: at(5)
            }
        );
        assert_eq!(world.row(task.id).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_complete_at_once_one_does() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        for round in 0..20 {
            let ana = world
                .person(&format!("Ana{round}"), Level::Agent, 100 + round)
                .await;
            let task = world.begun(&boss, &[&ana]).await;
            let (one, two) = tokio::join!(
                world.complete(&ana, task.id, Step::default()),
                world.complete(&boss, task.id, Step::because("ya está"))
            );
            let lost = if one.is_ok() { two } else { one };
            let refused = refusal(lost);
            assert!(
                matches!(refused, Refusal::AlreadyCompleted { .. }),
                "{refused:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn completing_frees_all_but_those_who_are_on_another_task() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let later = NewTask {
            planned_start: When::At(at(120)),
            ..patrol(&[&beto])
        };
        let other = world.create(&boss, later).await.expect("planned");
        let task = world.begun(&boss, &[&ana, &beto]).await;
        world
            .start(&beto, other.id, Step::default())
            .await
            .expect("begun early");
        let done = world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        assert_eq!(states(&done), [AssignmentState::Released; 2]);
        assert_eq!(world.availability(&ana).await, Availability::Available);
        assert_eq!(world.availability(&beto).await, Availability::OnTask);
        let other = world.task(&boss, other.id).await;
        assert_eq!(states(&other), [AssignmentState::Acknowledged]);
    })
    .await;
}

#[tokio::test]
async fn undo_is_for_whoever_completed_and_for_a_minute() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let task = world.begun(&boss, &[&ana, &beto]).await;
        let finish = || world.complete(&ana, task.id, Step::default());
        finish().await.expect("completed");
        let his = world.reopen(&beto, task.id, Step::default()).await;
        assert_eq!(refusal(his), Refusal::NotAllowed);
        let hers = world.reopen(&boss, task.id, Step::default()).await;
        assert_eq!(refusal(hers), Refusal::NeedsReason);
        world.wait(TimeDelta::seconds(59));
        world
            .reopen(&ana, task.id, Step::default())
            .await
            .expect("undone");
        finish().await.expect("completed again");
        world.wait(TimeDelta::seconds(60));
        let late = world.reopen(&ana, task.id, Step::default()).await;
        assert_eq!(refusal(late), Refusal::UndoOver);
    })
    .await;
}

#[tokio::test]
async fn a_report_does_not_make_a_completion_fresh_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&boss, &[&ana]).await;
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        world.wait(TimeDelta::seconds(50));
        let (writer, task_id) = (ana.clone(), task.id);
        let said = NewReport::text("quedó cerrado");
        world
            .store
            .write(move |tx| Box::pin(async move { report::add(tx, &writer, task_id, said).await }))
            .await
            .expect("reported");
        world.wait(TimeDelta::seconds(20));
        let late = world.reopen(&ana, task.id, Step::default()).await;
        assert_eq!(refusal(late), Refusal::UndoOver);
    })
    .await;
}

#[tokio::test]
async fn reopening_takes_back_the_free_and_names_the_rest() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto, carla) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
            world.person("Carla", Level::Agent, 4).await,
        );
        let task = world.begun(&boss, &[&ana, &beto, &carla]).await;
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        world.patrol(&boss, &[&beto]).await;
        let away = (at(0), at(600));
        let carlas = carla.agent_id.expect("an agent");
        world.leave(&boss, carlas, away).await.expect("approved");
        let again = world
            .reopen(&boss, task.id, Step::because("faltó algo"))
            .await
            .expect("reopened");
        assert_eq!(again.missing, ["Beto", "Carla"]);
        assert_eq!(again.task.status, Status::InProgress);
        use AssignmentState::{Acknowledged, Released};
        assert_eq!(states(&again.task), [Acknowledged, Released, Released]);
    })
    .await;
}

#[tokio::test]
async fn what_was_never_started_does_not_count_in_estimates() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.patrol(&boss, &[&ana]).await;
        let finish = || world.complete(&ana, task.id, Step::default());
        finish().await.expect("completed");
        let row = world.row(task.id).await;
        assert_eq!((row.started_at, row.counts_in_estimates), (None, false));
        world
            .reopen(&ana, task.id, Step::default())
            .await
            .expect("undone");
        world.wait(TimeDelta::minutes(3));
        finish().await.expect("completed again");
        let counts = world.row(task.id).await.counts_in_estimates;
        assert!(!counts, "nobody ever said when it began");
    })
    .await;
}

#[tokio::test]
async fn a_start_told_at_the_end_counts_and_lies_before_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.patrol(&boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(30));
        let began = |minutes| Step {
            started_at: Some(at(minutes)),
            ..Step::default()
        };
        let tomorrow = world.complete(&ana, task.id, began(24 * 60)).await;
        assert!(matches!(refusal(tomorrow), Refusal::Invalid { .. }));
        let backwards = Step {
            at: Some(at(5)),
            ..began(10)
        };
        let backwards = world.complete(&ana, task.id, backwards).await;
        assert_eq!(refusal(backwards), Refusal::TimeOrder);
        world
            .complete(&ana, task.id, began(10))
            .await
            .expect("completed");
        let row = world.row(task.id).await;
        assert_eq!(row.started_at, Some(at(10)));
        assert_eq!(row.ended_at, Some(at(30)));
        assert!(row.counts_in_estimates);
    })
    .await;
}

#[tokio::test]
async fn no_minute_is_paused_twice() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(60));
        world
            .pause(&ana, task.id, happened(10))
            .await
            .expect("paused");
        world
            .resume(&ana, task.id, happened(50))
            .await
            .expect("resumed");
        let inside = world.pause(&ana, task.id, happened(20)).await;
        assert_eq!(refusal(inside), Refusal::TimeOrder);
        let inside = world.complete(&ana, task.id, happened(30)).await;
        assert_eq!(refusal(inside), Refusal::TimeOrder);
        let inside = world.cancel(&boss, task.id, happened(30)).await;
        assert_eq!(refusal(inside), Refusal::TimeOrder);
        world
            .complete(&ana, task.id, happened(55))
            .await
            .expect("completed");
        assert_eq!(world.row(task.id).await.paused_seconds, 40 * 60);
    })
    .await;
}

#[tokio::test]
async fn taken_back_everybody_is_where_he_was_since_when_he_was() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, bob) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Bob", Level::Agent, 3).await,
        );
        let task = world.begun(&boss, &[&ana, &bob]).await;
        world.wait(TimeDelta::minutes(1));
        for (who, said) in [(&ana, Answer::OnSite), (&bob, Answer::Acknowledge)] {
            world.answer(who, task.id, said).await.expect("said");
        }
        for step in [Step::default(), Step::because("faltó")] {
            world.wait(TimeDelta::minutes(10));
            world
                .complete(&ana, task.id, Step::default())
                .await
                .expect("completed");
            let by = if step.reason.is_some() { &boss } else { &ana };
            world.reopen(by, task.id, step).await.expect("reopened");
        }
        let now = world.task(&boss, task.id).await;
        let held: Vec<_> = now
            .assignments
            .iter()
            .map(|one| (one.state, one.at))
            .collect();
        assert_eq!(
            held,
            [
                (AssignmentState::OnSite, at(1)),
                (AssignmentState::Acknowledged, at(1))
            ]
        );
    })
    .await;
}
