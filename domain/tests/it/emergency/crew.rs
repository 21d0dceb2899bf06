//! Who comes: as many as are needed, and others for whoever leaves.

use chrono::TimeDelta;
use domain::{
    Result,
    actor::Level,
    assignment::Answer,
    emergency::{self, Coming, EmergencyStatus, OfferState},
    task::{AssignmentState, Status, load},
};
use futures::future::join_all;
use sea_orm::{EntityTrait, sea_query::Expr};

use super::{here, names};
use crate::support::{World, each};

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_come_at_once_exactly_the_crew_wins() {
    each(async |world: World| {
        let sos = world.standing("Ana", 1, 0.0).await;
        let mut people = Vec::new();
        for number in 0..50 {
            let name = format!("P{number}");
            people.push(
                world
                    .standing(&name, 100 + number, 100.0 + number as f64)
                    .await,
            );
        }
        let emergency = world.sos(&sos, here()).await;
        for _ in 0..17 {
            world.wait(TimeDelta::seconds(30));
            world.run_timers().await;
        }
        let asked = world.emergency(emergency.id).await;
        assert_eq!(names(&asked, OfferState::Offered).len(), 50);
        let id = emergency.id;
        let said = join_all(people.iter().map(|one| world.goes(one, id))).await;
        let won = said
            .iter()
            .filter(|said| matches!(said, Ok(Coming::Taken)))
            .count();
        assert_eq!(won, asked.crew as usize, "{said:?}");
        assert!(said.iter().all(Result::is_ok), "{said:?}");
        let after = world.emergency(id).await;
        assert_eq!(after.status, EmergencyStatus::Answered);
        assert_eq!(names(&after, OfferState::Taken).len(), won);
        assert_eq!(names(&after, OfferState::StoodDown).len(), 50 - won);
        let task = load::find(&world.store, &sos, emergency.task_id.expect("a task"))
            .await
            .expect("his");
        assert_eq!(task.status, Status::InProgress);
        assert_eq!(task.held().count(), won);
        assert!(task.held().all(|one| one.state == AssignmentState::EnRoute));
        assert!(task.lead.is_some());
        // Nobody is looked for any more.
        world.wait(TimeDelta::minutes(2));
        world.run_timers().await;
        assert_eq!(world.emergency(id).await.ring, after.ring);
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_is_replaced_and_the_end_of_the_task_is_its_end() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let mut people = Vec::new();
        for number in 0..5 {
            let name = format!("P{number}");
            people.push(
                world
                    .standing(&name, 100 + number, 100.0 * (1 + number) as f64)
                    .await,
            );
        }
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        for one in &people[..3] {
            assert_eq!(world.goes(one, id).await.expect("said"), Coming::Taken);
        }
        assert_eq!(world.emergency(id).await.status, EmergencyStatus::Answered);
        let reason = Answer::Decline {
            reason: "Choqué".into(),
        };
        world
            .answer(&people[1], task_id, reason)
            .await
            .expect("said");
        world.run_timers().await;
        let again = world.emergency(id).await;
        assert_eq!(again.status, EmergencyStatus::Active);
        assert_eq!(names(&again, OfferState::Offered), ["P3", "P4"]);
        let by = boss.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move { emergency::resolve(tx, &by, id, Some("Hecho".into())).await })
            })
            .await
            .expect("resolved");
        let over = world.emergency(id).await;
        assert_eq!(over.status, EmergencyStatus::Resolved);
        assert_eq!(names(&over, OfferState::StoodDown), ["P3", "P4"]);
        let task = load::find(&world.store, &boss, task_id).await.expect("his");
        assert_eq!(task.status, Status::Completed);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_not_needed_is_asked_again_when_somebody_leaves() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let heard = entity::emergency_offer::Entity::update_many()
            .col_expr(
                entity::emergency_offer::Column::SentAt,
                Expr::value(world.store.now()),
            )
            .col_expr(entity::emergency_offer::Column::Rings, Expr::value(1));
        heard.exec(world.store.writer()).await.expect("heard");
        for one in &people[3..] {
            assert_eq!(world.goes(one, id).await.expect("said"), Coming::Taken);
        }
        let full = world.emergency(id).await;
        assert_eq!(names(&full, OfferState::StoodDown), ["P0", "P1", "P2"]);
        let broken = Answer::Decline {
            reason: "Choqué".into(),
        };
        world
            .answer(&people[4], task_id, broken)
            .await
            .expect("said");
        world.run_timers().await;
        let again = world.emergency(id).await;
        assert_eq!(names(&again, OfferState::Offered), ["P0", "P1", "P2"]);
        let offers = world.all::<entity::emergency_offer::Entity>().await;
        for one in offers.iter().filter(|one| one.state == OfferState::Offered) {
            assert_eq!((one.rings, one.sent_at, one.answered_at), (2, None, None));
        }
        assert_eq!(
            world.goes(&people[0], id).await.expect("said"),
            Coming::Taken
        );
    })
    .await;
}
