//! What is done without anybody asking for a list.

use domain::{
    Store, actor::Level, assignment::Answer, event, inbox, lease, outbox, session,
    task::life::Step, timer,
};

use super::watch;
use crate::support::World;

/// What the workers ask for again and again.
pub async fn flow(store: &Store, done: &mut impl AsyncFnMut(&str)) {
    inbox::claim(store, 1, 10).await.expect("claimed");
    inbox::next_retry(store, 1).await.expect("looked");
    inbox::depth(store).await.expect("counted");
    done("the inbox").await;
    let holder = ("sender".to_owned(), "me".to_owned());
    let lease = lease::take(
        store,
        holder.0,
        holder.1,
        std::time::Duration::from_secs(60),
    )
    .await;
    let fence = lease.expect("asked").expect("free");
    outbox::claim(store, fence.clone(), 10, vec![10_001])
        .await
        .expect("claimed");
    outbox::take_over(store, fence).await.expect("taken over");
    outbox::next_due(store).await.expect("looked");
    outbox::depth(store).await.expect("counted");
    outbox::oldest(store).await.expect("looked");
    outbox::anything_waits(store).await.expect("looked");
    outbox::away_since(store).await.expect("read");
    done("the outbox").await;
    timer::claim(store, 10).await.expect("claimed");
    timer::overdue(store, chrono::TimeDelta::minutes(1))
        .await
        .expect("counted");
    done("timers").await;
    event::since(store, 3_000, 100).await.expect("read");
    event::first_seq(store).await.expect("read");
    done("events").await;
    session::list(store, 77).await.expect("read");
    let stale = session::refresh(store, "none.none").await;
    assert!(stale.is_err());
    session::authenticate(store, "s77").await.expect("read");
    done("sessions").await;
}

/// A task from its creation to its end.
pub async fn work(world: &World, done: &mut impl AsyncFnMut(&str)) {
    let boss = world.person("Chief", Level::Supervisor, 3).await;
    let eva = world.person("Eva", Level::Agent, 4).await;
    watch::heard();
    let id = world.patrol(&boss, &[&eva]).await.id;
    done("creating a task").await;
    let answered = world.answer(&eva, id, Answer::Acknowledge).await;
    answered.expect("answered");
    done("acknowledging").await;
    world.start(&eva, id, Step::default()).await.expect("begun");
    done("starting").await;
    world
        .complete(&eva, id, Step::default())
        .await
        .expect("done");
    done("completing").await;
    let refreshed = world
        .store
        .write(move |tx| Box::pin(outbox::refresh_cards(tx, id)));
    refreshed.await.expect("refreshed");
    done("refreshing cards").await;
}
