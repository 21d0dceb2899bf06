//! Transactions that stand in each other's way: both come through.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use domain::{
    Actor, Store,
    actor::{Channel, Level, Permission},
    agent,
    availability::Availability,
    broadcast::{self, NewBroadcast},
    lease,
    outbox::{self, Message, Outcome, Settled},
    timer::{self, Due},
};
use patience::Deadline;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tokio::sync::Barrier;

use crate::support::{World, postgres_url};

#[tokio::test]
async fn of_two_that_lock_each_other_out_one_yields_and_tries_again() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let ana = world.agent("Ana", None, world.unit_id).await;
    let bea = world.agent("Bea", None, world.unit_id).await;
    let (met, tries) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let one = both_away(&world.store, [ana, bea], &met, &tries);
    let other = both_away(&world.store, [bea, ana], &met, &tries);
    let (one, other) = tokio::join!(one, other);
    one.and(other).expect("both came through");
    assert_eq!(tries.load(Ordering::Relaxed), 3, "one of them had to yield");
    for id in [ana, bea] {
        let admin = Actor::system(Channel::Cli);
        let agent = agent::find(&world.store, &admin, id).await.expect("there");
        assert_eq!(agent.availability, Availability::Unavailable);
        assert_eq!(agent.version, 3, "what was taken back left nothing behind");
    }
}

/// Switches both off, one after the other; the first tries of two of these meet in between.
async fn both_away(
    store: &Store,
    agents: [i64; 2],
    met: &Arc<Barrier>,
    tries: &Arc<AtomicU32>,
) -> domain::Result<()> {
    let (met, tries) = (Arc::clone(met), Arc::clone(tries));
    store
        .write(move |tx| {
            Box::pin(async move {
                let admin = Actor::system(Channel::Cli);
                let is_first = tries.fetch_add(1, Ordering::Relaxed) < 2;
                agent::set_availability(tx, &admin, agents[0], true, None, None).await?;
                if is_first {
                    met.wait().await;
                }
                agent::set_availability(tx, &admin, agents[1], true, None, None).await
            })
        })
        .await
}

/// A broadcast that Ana gets, and the next page of the messages that have to show its end.
async fn ending(world: &World) -> (i64, timer::Claim) {
    let mut dora = world.person("Dora", Level::Supervisor, 900).await;
    dora.permissions.push(Permission::Broadcast);
    world.person("Ana", Level::Agent, 7).await;
    let send = world.store.write(move |tx| {
        Box::pin(async move {
            let new = NewBroadcast {
                text: Some("Prueba".into()),
                ..NewBroadcast::default()
            };
            let broadcast_id = broadcast::send(tx, &dora, new).await?;
            let shown = Due::BroadcastShown {
                broadcast_id,
                after: i64::MIN,
            };
            let now = tx.now();
            timer::set(tx, &shown, now).await?;
            Ok(broadcast_id)
        })
    });
    let id = send.await.expect("sent");
    let due = timer::claim(&world.store, 10).await.expect("timers");
    let page = due
        .into_iter()
        .find(|claim| matches!(claim.due, Due::BroadcastShown { .. }));
    (id, page.expect("it is due"))
}

/// Whether a transaction waits for what another one has locked; only PostgreSQL tells.
pub async fn somebody_waits(world: &World) -> bool {
    const WAITING: &str = "SELECT pid FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let look = Statement::from_string(DbBackend::Postgres, WAITING);
    let seen = world.store.writer().query_one_raw(look).await;
    seen.expect("a superuser's statement").is_some()
}

/// What shows the end, page by page, and what records whom Telegram told refresh the same messages, each in an order of its
/// own: one of them comes after the other.
#[tokio::test]
async fn the_end_of_a_broadcast_waits_for_what_is_being_delivered() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let (id, page) = ending(&world).await;
    let delivering = world.store.writer().begin().await.expect("begun");
    let hold = format!("SELECT id FROM broadcasts WHERE id = {id} FOR SHARE");
    delivering.execute_unprepared(&hold).await.expect("held");
    let store = world.store.clone();
    let showing = tokio::spawn(async move { timer::run(&store, &page).await });
    let mut end = Deadline::after(Duration::from_secs(4));
    while !somebody_waits(&world).await {
        assert!(!showing.is_finished(), "it waited for nobody");
        assert!(!end.is_over(), "nobody waits");
    }
    delivering.rollback().await.expect("it was open");
    let shown = showing.await.expect("it did not panic");
    shown.expect("it came through");
}

/// A message of its own transaction, so that it is taken after those before it.
async fn says(world: &World, chat: i64, ring: bool) {
    let said = world.store.write(move |tx| {
        Box::pin(async move { outbox::push(tx, vec![Message::leave(chat, None, 1, ring)]).await })
    });
    said.await.expect("the outbox takes it");
}

/// What was taken in one order is recorded in another: that of the chats, in which everybody refreshes what waits for them.
#[tokio::test]
async fn what_became_of_messages_is_recorded_chat_by_chat() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    for chat in [9, 3] {
        says(&world, chat, true).await;
    }
    let span = Duration::from_secs(15);
    let fence = lease::take(&world.store, "send:1".into(), "a".into(), span).await;
    let fence = fence.expect("leases can be asked for").expect("free");
    let taken = outbox::claim(&world.store, fence.clone(), 10, Vec::new()).await;
    let taken = taken.expect("claimed");
    let chats: Vec<i64> = taken.iter().map(|one| one.chat_id).collect();
    assert_eq!(chats, [9, 3]);
    for chat in [9, 3] {
        says(&world, chat, false).await;
    }
    let refreshing = world.store.writer().begin().await.expect("begun");
    let hold = "SELECT id FROM outbox WHERE collapse = 'card:3:leave:1' FOR UPDATE";
    let held = refreshing.execute_unprepared(hold).await.expect("held");
    assert_eq!(held.rows_affected(), 1);
    let store = world.store.clone();
    let settled = taken.into_iter().map(|message| Settled {
        message,
        outcome: Outcome::Sent {
            message_id: Some(1),
        },
        shown: None,
    });
    let settled = settled.collect();
    let settling = tokio::spawn(async move { outbox::settle_all(&store, fence, settled).await });
    let mut end = Deadline::after(Duration::from_secs(4));
    while !somebody_waits(&world).await {
        assert!(!settling.is_finished(), "it waited for nobody");
        assert!(!end.is_over(), "nobody waits");
    }
    let next = "SELECT id FROM outbox WHERE collapse = 'card:9:leave:1' FOR UPDATE NOWAIT";
    let free = refreshing.execute_unprepared(next).await;
    free.expect("whoever has the first of them may have the next");
    refreshing.rollback().await.expect("it was open");
    let settled = settling.await.expect("it did not panic");
    settled.expect("it came through");
}
