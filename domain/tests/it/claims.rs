//! Updates through several processes: each person's one at a time, in their order, each done once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{
    Store,
    inbox::{self, Arrival},
};
use entity::inbox::{self as row, InboxStatus};
use futures::future::{join, join_all};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait};

use crate::support::{World, each};

const BOT: i64 = 7;
const PEOPLE: i64 = 3;
const UPDATES: i64 = 240;
const PROCESSES: usize = 3;

/// Who is being worked for, and what was done for whom.
#[derive(Default)]
struct Book {
    busy: Mutex<BTreeSet<i64>>,
    done: Mutex<BTreeMap<i64, Vec<i64>>>,
    count: AtomicUsize,
}

impl Book {
    fn busy(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= UPDATES as usize
    }

    fn note(&self, claim: &inbox::Claim) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.entry(claim.actor).or_default().push(claim.update_id);
    }

    async fn work(&self, store: &Store, claim: inbox::Claim) {
        let free = self.busy().insert(claim.actor);
        assert!(free, "somebody works for {} already", claim.actor);
        // Some work that takes a moment.
        store.ping().await.expect("the database answers");
        self.note(&claim);
        self.busy().remove(&claim.actor);
        let first = store.write(move |tx| Box::pin(async move { inbox::done(tx, claim.id).await }));
        assert!(first.await.expect("it can be marked"), "done twice");
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

fn update(number: i64) -> Arrival {
    Arrival {
        update_id: number,
        actor: number % PEOPLE,
        kind: "message".into(),
        payload: "{}".into(),
    }
}

async fn receive(store: &Store, number: i64) {
    let kept = inbox::receive(store, BOT, vec![update(number)]).await;
    kept.expect("the database answers");
}

/// A row with a smaller number can be seen after one with a greater, as when its door took longer: here all are.
async fn be_seen_late(store: &Store, number: i64) {
    let Arrival {
        update_id,
        actor,
        kind,
        payload,
    } = update(number);
    let row = row::ActiveModel {
        id: Set(UPDATES - number),
        bot: Set(BOT),
        update_id: Set(update_id),
        actor: Set(actor),
        kind: Set(kind),
        payload: Set(payload),
        status: Set(InboxStatus::Pending),
        tries: Set(0),
        received_at: Set(store.now()),
        ..Default::default()
    };
    let kept = row::Entity::insert(row).exec_without_returning(store.writer());
    kept.await.expect("the database answers");
}

async fn work_off(store: &Store, book: &Book) {
    while !book.is_full() {
        let claims = inbox::claim(store, BOT, 64).await.expect("claims");
        join_all(claims.into_iter().map(|claim| book.work(store, claim))).await;
    }
}

/// Between looking for updates and taking them a moment passes, in which others look.
const SLOW: &str = "
    CREATE FUNCTION slow() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(0.004); RETURN NEW; END' LANGUAGE plpgsql;
    CREATE TRIGGER slow BEFORE UPDATE OF claimed_until ON inbox FOR EACH ROW EXECUTE FUNCTION slow()";

async fn processes(world: &World) -> Vec<Store> {
    let database = world.store.writer();
    if database.get_database_backend() == DbBackend::Postgres {
        let slow = database.execute_unprepared(SLOW).await;
        slow.expect("a superuser's statement");
    }
    join_all((0..PROCESSES).map(|_| world.other_process())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_updates_are_worked_on_by_two_at_once() {
    each(async |world: World| {
        let (stores, book) = (processes(&world).await, Book::default());
        let arriving = async {
            for number in 0..UPDATES {
                be_seen_late(&stores[0], number).await;
            }
        };
        let working = join_all(stores.iter().map(|store| work_off(store, &book)));
        join(arriving, working).await;
        let done = book.done.lock().unwrap_or_else(PoisonError::into_inner);
        let all: BTreeSet<i64> = done.values().flatten().copied().collect();
        assert_eq!(all, (0..UPDATES).collect());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_persons_updates_are_done_in_their_order_whatever_the_door() {
    each(async |world: World| {
        let (stores, book) = (processes(&world).await, Book::default());
        let arriving = join_all((0..PEOPLE).map(async |person| {
            for number in (0..UPDATES).filter(|number| number % PEOPLE == person) {
                receive(&stores[number as usize % PROCESSES], number).await;
            }
        }));
        let working = join_all(stores.iter().map(|store| work_off(store, &book)));
        join(arriving, working).await;
        let done = book.done.lock().unwrap_or_else(PoisonError::into_inner);
        for (person, numbers) in &*done {
            assert!(numbers.is_sorted(), "{person}: {numbers:?}");
        }
    })
    .await;
}
