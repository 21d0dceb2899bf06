//! From when to when people are asked, and who says so.

use super::*;

#[tokio::test]
async fn it_ends_with_its_task_and_late_answers_do_no_harm() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        let row = world.check().await;
        assert_eq!(
            (row.status, row.end_reason),
            (CheckInStatus::Ended, Some(CheckInEnd::TaskOver))
        );
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Over);
        for _ in 0..4 {
            world.wait(TimeDelta::minutes(10));
            assert_eq!(world.hears().await, []);
        }
        assert!(world.all::<entity::emergency::Entity>().await.is_empty());
        assert!(
            matches!(world.says(&lead, Said::Help).await, Answered::Help { .. }),
            "help is help, however late"
        );
    })
    .await;
}

#[tokio::test]
async fn only_lead_and_supervisors_begin_and_end_it_and_not_for_anything() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        assert_eq!(
            refusal(world.checks(&ana, task.id, 20).await),
            Refusal::NotAllowed
        );
        for minutes in [4, 241] {
            let wrong = refusal(world.checks(&lead, task.id, minutes).await);
            assert!(matches!(wrong, Refusal::Invalid { .. }), "{minutes}");
        }
        let later = world.person("Eva", Level::Agent, 4).await;
        let planned = world.patrol(&boss, &[&later]).await;
        let early = refusal(world.checks(&boss, planned.id, 20).await);
        assert!(matches!(early, Refusal::WrongStatus { .. }));
        world.checks(&lead, task.id, 20).await.expect("he leads");
        let stop = async |by: &Actor| {
            let (by, id) = (by.clone(), task.id);
            let write = world
                .store
                .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &by, id).await }));
            write.await
        };
        assert_eq!(refusal(stop(&ana).await), Refusal::NotAllowed);
        assert!(stop(&boss).await.expect("his unit"));
        assert!(!stop(&boss).await.expect("again"), "it is over already");
        assert_eq!(world.check().await.end_reason, Some(CheckInEnd::Stopped));
        world.delivers().await;
        world.wait(TimeDelta::hours(1));
        assert_eq!(world.hears().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_task_that_goes_on_asks_its_people_again() {
    each(async |world: World| {
        let (boss, lead, _ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        world.hears().await;
        let again = world.reopen(&lead, task.id, Step::default()).await;
        again.expect("taken back");
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        let row = world.check().await;
        assert_eq!((row.status, row.every_minutes), (CheckInStatus::Active, 20));
        assert_eq!(row.started_by, boss.user_id);
        let by = boss.clone();
        let stopped = world
            .store
            .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &by, task.id).await }));
        assert!(stopped.await.expect("his unit"));
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        let again = world.reopen(&lead, task.id, Step::default()).await;
        again.expect("taken back");
        world.hears().await;
        assert_eq!(
            world.check().await.end_reason,
            Some(CheckInEnd::Stopped),
            "what was ended by hand stays so"
        );
    })
    .await;
}
