//! What is old goes, however much it is, and nothing else.

use chrono::TimeDelta;
use domain::{
    actor::Level,
    inbox::{self, Arrival},
    session::{self, Origin},
    timer,
};
use entity::{event, inbox as update, outbox, socket_ticket};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};

use crate::support::{World, each};

/// More than goes in one transaction.
const MANY: i64 = 4_500;

impl World {
    async fn receives_and_handles(&self, ids: std::ops::Range<i64>) {
        let arrival = |update_id| Arrival {
            update_id,
            actor: update_id,
            kind: "message".into(),
            payload: "{}".into(),
        };
        for some in ids.collect::<Vec<_>>().chunks(1_000) {
            let arrivals = some.iter().copied().map(arrival).collect();
            inbox::receive(&self.store, 1, arrivals)
                .await
                .expect("the inbox takes them");
        }
        update::Entity::update_many()
            .col_expr(
                update::Column::Status,
                Expr::value(update::InboxStatus::Done),
            )
            .filter(update::Column::UpdateId.ne(0))
            .exec(self.store.writer())
            .await
            .expect("they are handled");
    }

    async fn updates(&self) -> u64 {
        let updates = update::Entity::find().count(self.store.writer());
        updates.await.expect("a number")
    }
}

#[tokio::test]
async fn a_big_inbox_is_forgotten_in_small_steps() {
    each(async |world| {
        // The first is never handled.
        world.receives_and_handles(0..MANY).await;
        world.wait(TimeDelta::hours(49));
        world.receives_and_handles(MANY..MANY + 3).await;
        timer::start(&world.store).await.expect("the timers");
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
        let after_one = world.updates().await;
        assert!(after_one > 1_000, "a step is small: {after_one}");
        for _ in 0..3 {
            world.wait(TimeDelta::seconds(2));
            world.run_timers().await;
        }
        assert_eq!(world.updates().await, 4);
        // Until there is something to do again, an hour passes.
        world.wait(TimeDelta::minutes(50));
        assert_eq!(world.run_timers().await, 0);
    })
    .await;
}

#[tokio::test]
async fn messages_that_wait_and_the_newest_event_stay() {
    each(async |world| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.patrol(&boss, &[&ana]).await;
        let sent = outbox::ActiveModel {
            status: Set(outbox::OutboxStatus::Sent),
            ..Default::default()
        };
        outbox::Entity::update_many()
            .set(sent)
            .filter(outbox::Column::TaskId.eq(task.id))
            .filter(outbox::Column::Lane.eq(outbox::Lane::Task))
            .exec(world.store.writer())
            .await
            .expect("it was sent");
        let messages: Vec<outbox::Model> = world.all::<outbox::Entity>().await;
        let waiting = |message: &&outbox::Model| message.status == outbox::OutboxStatus::Queued;
        let waits = messages.iter().filter(waiting).count();
        assert!(waits < messages.len(), "{messages:?}");
        let newest = world
            .all::<event::Entity>()
            .await
            .iter()
            .map(|event| event.seq)
            .max();
        timer::start(&world.store).await.expect("the timers");
        world.wait(TimeDelta::days(400));
        world.run_timers().await;
        let left: Vec<outbox::Model> = world.all::<outbox::Entity>().await;
        assert!(
            left.iter()
                .all(|message| message.status != outbox::OutboxStatus::Sent)
        );
        assert!(left.len() >= waits);
        let events = world.all::<event::Entity>().await;
        assert!(events.iter().any(|event| Some(event.seq) >= newest));
    })
    .await;
}

/// Whether a ticket that opens sockets for half a minute opens one.
async fn opens(world: &World, session_id: &str, ticket: &'static str) -> bool {
    let session_id = session_id.to_owned();
    let until = world.store.now() + TimeDelta::seconds(30);
    let redeemed = world.store.write(move |tx| {
        Box::pin(async move { session::redeem(tx, ticket, &session_id, until).await })
    });
    redeemed.await.expect("the database answers")
}

#[tokio::test]
async fn a_used_ticket_is_kept_for_longer_than_it_is_good() {
    each(async |world| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let id = ana.user_id.expect("an account");
        let opened = world.store.write(move |tx| {
            Box::pin(async move { session::open(tx, id, Origin::default()).await })
        });
        let session_id = opened.await.expect("opened").session_id;
        assert!(opens(&world, &session_id, "one").await);
        assert!(!opens(&world, &session_id, "one").await, "twice");
        let kept = async || world.all::<socket_ticket::Entity>().await.len();
        timer::start(&world.store).await.expect("the timers");
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
        assert_eq!(kept().await, 1);
        world.wait(TimeDelta::minutes(61));
        world.run_timers().await;
        assert_eq!(kept().await, 0);
    })
    .await;
}
