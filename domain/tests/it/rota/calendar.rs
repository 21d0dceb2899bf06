//! Secret links to shifts: they show what their maker may see, for as long as he may.

use std::time::Duration;

use domain::{
    Actor,
    actor::Level,
    calendar::{self, Opened, Whose},
    lease,
    outbox::{self, Message, Notice, Outcome, Settled},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::{id, planned, write};
use crate::support::{World, each};

async fn open(world: &World, by: &Actor, whose: Whose) -> Opened {
    write!(world, by, |tx, by| calendar::open(tx, &by, whose)).expect("a link")
}

async fn shows(world: &World, link: &Opened) -> bool {
    let feed = calendar::read(&world.store, &link.token).await;
    feed.expect("the database answers").is_some()
}

#[tokio::test]
async fn a_link_ends_with_the_right_to_make_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        planned(&world, &boss, &ana, 1, 9).await;
        let unit = open(&world, &boss, Whose::Unit(world.unit_id)).await;
        let hers = open(&world, &boss, Whose::Agent(id(&ana))).await;
        let own = open(&world, &ana, Whose::Agent(id(&ana))).await;
        for link in [&unit, &hers, &own] {
            assert!(shows(&world, link).await);
        }
        let user_id = boss.user_id.expect("an account");
        let gone = entity::unit_member::Entity::delete_by_id((world.unit_id, user_id));
        let gone = gone.exec(world.store.writer()).await;
        assert_eq!(gone.expect("moved").rows_affected, 1);
        assert!(!shows(&world, &unit).await, "he left the unit");
        assert!(!shows(&world, &hers).await, "she is not his any more");
        assert!(shows(&world, &own).await);
        let row = entity::agent::ActiveModel {
            id: Set(id(&ana)),
            active: Set(false),
            ..Default::default()
        };
        row.update(world.store.writer()).await.expect("left");
        assert!(!shows(&world, &own).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_link_takes_the_place_of_ones_older_one() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let whose = Whose::Agent(id(&ana));
        let (first, others) = (
            open(&world, &ana, whose).await,
            open(&world, &boss, whose).await,
        );
        let second = open(&world, &ana, whose).await;
        assert!(!shows(&world, &first).await);
        assert!(shows(&world, &others).await && shows(&world, &second).await);
        let left = calendar::list(&world.store, &ana).await.expect("hers");
        assert_eq!(left, std::slice::from_ref(&second.calendar));
        let close = async || {
            let link = second.calendar.id;
            write!(world, ana, |tx, ana| calendar::revoke(tx, &ana, link))
        };
        close().await.expect("revoked");
        close().await.expect("nothing new");
        assert!(!shows(&world, &second).await);
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_was_not_sent_is_forgotten_and_opens_nothing() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let take = lease::take(
            &world.store,
            "send:1".into(),
            "a".into(),
            Duration::from_secs(60),
        );
        let fence = take.await.expect("leases").expect("free");
        let error = || "no".to_owned();
        let outcomes = [
            (
                Outcome::Sent {
                    message_id: Some(5),
                },
                true,
            ),
            (Outcome::Dropped, false),
            (Outcome::Failed { error: error() }, false),
            (Outcome::Unreachable { error: error() }, false),
        ];
        for (outcome, works) in outcomes {
            let link = open(&world, &ana, Whose::Agent(id(&ana))).await;
            let notice = Notice::Calendar {
                calendar_id: link.calendar.id,
                token: link.token.clone(),
            };
            let message = Message::news(2, ana.user_id, notice);
            let pushed = world.store.write(move |tx| {
                let message = message.clone();
                Box::pin(async move { outbox::push(tx, vec![message]).await })
            });
            pushed.await.expect("stored");
            let taken = outbox::claim(&world.store, fence.clone(), 10, vec![]).await;
            let message = taken.expect("the outbox").pop().expect("the link");
            let settled = Settled {
                message,
                outcome: outcome.clone(),
                shown: None,
            };
            outbox::settle_all(&world.store, fence.clone(), vec![settled])
                .await
                .expect("settled");
            assert_eq!(shows(&world, &link).await, works, "{outcome:?}");
            for row in world.all::<entity::outbox::Entity>().await {
                let kept = row.notice.to_string();
                assert!(!kept.contains(&link.token), "{outcome:?}: {kept}");
            }
        }
    })
    .await;
}
