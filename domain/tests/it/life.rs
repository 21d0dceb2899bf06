//! The life of a task, from creation to reopening.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    assignment::{Answer, AssignmentState},
    outbox::Notice,
    task::{
        News, Status,
        life::Step,
        list::{self, TaskFilter},
    },
};

use crate::support::{World, each, refusal};

#[tokio::test]
async fn a_whole_day() {
    each(async |world: World| {
        let store = &world.store;
        let boss = world.person("Silva", Level::Supervisor, 100).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 1).await,
            world.person("Beto", Level::Agent, 2).await,
        );
        let task = world.patrol(&boss, &[&ana, &beto]).await;
        assert_eq!(task.code, "PAT-2026-0001");
        assert_eq!(
            task.lead.as_ref().map(|lead| lead.name.as_str()),
            Some("Ana")
        );
        assert_eq!(task.unit.as_ref().map(|unit| unit.id), Some(world.unit_id));

        world
            .answer(&ana, task.id, Answer::Acknowledge)
            .await
            .expect("acknowledged");
        let task = world
            .answer(&beto, task.id, Answer::OnSite)
            .await
            .expect("on site");
        let states: Vec<_> = task.assignments.iter().map(|one| one.state).collect();
        assert_eq!(
            states,
            [AssignmentState::Acknowledged, AssignmentState::OnSite]
        );

        world
            .start(&ana, task.id, Step::default())
            .await
            .expect("started");
        store.clock().advance(TimeDelta::minutes(30));
        assert_eq!(
            refusal(world.complete(&beto, task.id, Step::default()).await),
            Refusal::NotLead {
                lead: Some("Ana".into())
            }
        );
        assert_eq!(
            refusal(world.complete(&boss, task.id, Step::default()).await),
            Refusal::NeedsReason
        );
        let done = world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        assert!(
            done.assignments
                .iter()
                .all(|one| one.state == AssignmentState::Released)
        );
        assert!(matches!(
            refusal(world.complete(&boss, task.id, Step::because("x")).await),
            Refusal::AlreadyCompleted { by: Some(name), .. } if name == "Ana"
        ));

        let again = world
            .reopen(&ana, task.id, Step::default())
            .await
            .expect("undone");
        assert_eq!(again.task.status, Status::InProgress);
        assert!(again.missing.is_empty());
        assert_eq!(again.task.held().count(), 2);
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed again");
        store.clock().advance(TimeDelta::seconds(61));
        assert_eq!(
            refusal(world.reopen(&ana, task.id, Step::default()).await),
            Refusal::UndoOver
        );
        world
            .reopen(&boss, task.id, Step::because("faltó"))
            .await
            .expect("reopened");
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
        let log = domain::event::since(store, 0, 1000).await.expect("events");
        let seqs: Vec<i64> = log.events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_pause_by_somebody_else_than_the_lead_is_heard_by_lead_and_crew() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 100).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let beto = world.person("Beto", Level::Agent, 2).await;
        let id = world.begun(&boss, &[&ana, &beto]).await.id;
        let heard = async |by: &Actor, what: News| {
            let news = Notice::Task {
                task_id: id,
                what,
                by_user: by.user_id,
            };
            let told = world.delivers().await.into_iter();
            let mut chats: Vec<i64> = told
                .filter_map(|(chat, one)| (one == news).then_some(chat))
                .collect();
            chats.sort_unstable();
            chats
        };
        let rain = || Step::because("Lluvia");
        world.pause(&boss, id, rain()).await.expect("paused");
        assert_eq!(heard(&boss, News::Paused).await, [1, 2]);
        let again = world.resume(&boss, id, Step::default()).await;
        again.expect("resumed");
        assert_eq!(heard(&boss, News::Resumed).await, [1, 2]);
        world.pause(&ana, id, rain()).await.expect("her own");
        assert!(heard(&ana, News::Paused).await.is_empty());
    })
    .await;
}
