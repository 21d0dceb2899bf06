//! A card that waits to be brought up to date is not worded before what is new about it is there.

use std::{sync::Arc, time::Duration};

use domain::{
    lease,
    outbox::{self, Message},
};
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{World, postgres_url};

fn refresh() -> Message {
    Message {
        collapse: Some("card:7:1".into()),
        ..Message::reply(7, None, json!("card"))
    }
}

/// SQLite has one writer: nobody can take a message while somebody else writes.
#[tokio::test]
async fn a_waiting_refresh_is_held_until_the_change_is_there() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let store = &world.store;
    let span = Duration::from_secs(15);
    let fence = lease::take(store, "send:1".into(), "a".into(), span)
        .await
        .expect("leases can be asked for")
        .expect("free");
    let push = async |before: Arc<Notify>, after: Arc<Notify>| {
        let push = store.write(move |tx| {
            Box::pin(async move {
                outbox::push(tx, vec![refresh(), refresh()]).await?;
                before.notify_one();
                after.notified().await;
                Ok(())
            })
        });
        push.await.expect("the outbox takes it");
    };
    let takes = async || {
        let taken = outbox::claim(store, fence.clone(), 10, vec![]).await;
        taken.expect("the outbox can be read").len()
    };
    let (open, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    go.notify_one();
    push(Arc::clone(&open), Arc::clone(&go)).await;
    open.notified().await;
    let meanwhile = async {
        open.notified().await;
        let taken = takes().await;
        go.notify_one();
        taken
    };
    let ((), taken) = tokio::join!(push(Arc::clone(&open), Arc::clone(&go)), meanwhile);
    assert_eq!(taken, 0, "it would have shown what was before");
    assert_eq!(takes().await, 1, "equal ones collapse");
}
