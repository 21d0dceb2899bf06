//! What PostgreSQL does at the same time: a broadcast is called off while a message of it is being recorded, or while somebody
//! answers once more.

use std::time::Duration;

use domain::card::{Shown, Subject};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::oneshot;

use super::*;
use crate::support::postgres_url;

/// Somebody waits for what another transaction has locked.
async fn is_held_up(world: &World) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let row = world
        .store
        .writer()
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("the database answers")
        .expect("a row");
    row.try_get_by_index::<i64>(0).expect("a number") > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_recorded_while_it_is_called_off_does_not_stay_open() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let dora = world.dispatcher().await;
    world.person("Ana", Level::Agent, 1).await;
    let id = world.sends(&dora, words()).await.expect("sent");
    let span = Duration::from_secs(600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
    let fence = fence.expect("a lease").expect("free");
    let taken = queue::claim(&world.store, fence.clone(), 1, vec![900]).await;
    let message = taken.expect("messages").pop().expect("Ana's");
    let (off, called_off) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let (off, may_go) = (
        std::sync::Arc::new(std::sync::Mutex::new(Some(off))),
        std::sync::Arc::new(tokio::sync::Mutex::new(Some(may_go))),
    );
    let store = world.store.clone();
    let cancels = tokio::spawn(async move {
        store
            .write(move |tx| {
                Box::pin(async move {
                    broadcast::cancel(tx, &dora, id).await?;
                    if let Some(off) = off.lock().expect("one thread").take() {
                        off.send(()).expect("the test waits");
                    }
                    if let Some(may_go) = may_go.lock().await.take() {
                        may_go.await.expect("the test says so");
                    }
                    Ok(())
                })
            })
            .await
    });
    called_off.await.expect("it was called off");
    let shown = Shown {
        subject: Subject::Broadcast(id),
        message_id: 5,
        hash: "open".into(),
    };
    let settled = vec![Settled {
        message,
        outcome: Outcome::Sent {
            message_id: Some(5),
        },
        shown: Some(shown),
    }];
    let store = world.store.clone();
    let records = tokio::spawn(async move { queue::settle_all(&store, fence, settled).await });
    while !records.is_finished() && !is_held_up(&world).await {
        tokio::task::yield_now().await;
    }
    go.send(()).expect("the other waits");
    cancels.await.expect("no panic").expect("called off");
    records.await.expect("no panic").expect("recorded");
    let rows = world.all::<outbox::Entity>().await;
    let closes = rows.iter().filter(|row| {
        row.chat_id == 1
            && serde_json::from_value(row.notice.clone()).ok()
                == Some(Notice::Broadcast {
                    broadcast_id: id,
                    ring: false,
                })
    });
    assert_eq!(closes.count(), 1, "the message is brought up to date");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_once_more_what_he_has_said_waits_for_nobody() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let dora = world.dispatcher().await;
    let ana = world.person("Ana", Level::Agent, 1).await;
    world.person("Bob", Level::Agent, 2).await;
    let two = NewBroadcast {
        ack: AckMode::Quorum(2),
        ..words()
    };
    let id = world.sends(&dora, two).await.expect("sent");
    let first = world.replies(&ana, id, Reply::Acknowledged).await;
    assert!(first.expect("answered"));
    let store = world.store.clone();
    let again = world.store.write(move |tx| {
        Box::pin(async move {
            broadcast::cancel(tx, &dora, id).await?;
            let press = store.write(move |tx| {
                Box::pin(
                    async move { broadcast::answer(tx, &ana, id, Reply::Acknowledged, None).await },
                )
            });
            press.await
        })
    });
    assert!(!again.await.expect("answered while it was called off"));
}
