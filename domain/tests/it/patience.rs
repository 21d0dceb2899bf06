//! How long PostgreSQL is waited for: a statement, a lock or an idle transaction that takes longer is refused for now,
//! and whoever comes next is served.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    Actor, Clock, Error, Result, Rules, Store,
    actor::Channel,
    bell::Bell,
    lease,
    store::Connect,
    task::{
        Task,
        life::{self, Step},
        load,
    },
};
use sea_orm::{ConnectionTrait, TransactionTrait};
use tokio::sync::Notify;

use crate::support::{World, cancel, create, patrol, postgres_url, start};

/// What the store is told, and the longest that anybody waits for it on a busy machine.
const LIMIT: Duration = Duration::from_millis(200);
const IN_TIME: Duration = Duration::from_secs(4);

/// Every write takes longer than any limit here.
const SLOW: &str = "
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$;
    CREATE TRIGGER dawdle BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION dawdle();";

/// A task, and a store on its database that has little patience with one thing.
struct House {
    world: World,
    store: Store,
    boss: Actor,
    task_id: i64,
}

async fn house(change: impl FnOnce(&mut Connect)) -> Option<House> {
    let world = World::postgres(&postgres_url()?).await;
    let boss = Actor::system(Channel::Cli);
    let task_id = world.create(&boss, patrol(&[])).await.expect("created").id;
    let mut connect = Connect::new(world.url());
    // One that is left poisoned is met by whoever comes next.
    connect.connections = 1;
    change(&mut connect);
    let clock = Clock::by_hand(start());
    let store = Store::connect(&connect, clock, Bell::default(), Rules::default()).await;
    Some(House {
        store: store.expect("the same database"),
        world,
        boss,
        task_id,
    })
}

impl House {
    /// It was in time, and it may pass; the next write and read are done.
    async fn is_away(&self, asked: Instant, outcome: Result<Task>) {
        let took = asked.elapsed();
        let passing = matches!(outcome, Err(Error::Away(_) | Error::TooSlow(_)));
        assert!(passing, "{outcome:?}");
        assert!(took < IN_TIME, "only after {took:?}");
        let next = create(&self.store, &self.boss, patrol(&[])).await;
        let next = next.expect("the next write is done").id;
        let read = load::find(&self.store, &self.boss, next).await;
        read.expect("and the next read");
    }

    async fn cancels(&self, store: &Store) -> Result<Task> {
        cancel(store, &self.boss, self.task_id).await
    }

    async fn runs(&self, sql: &str) {
        let db = self.world.store.writer();
        db.execute_unprepared(sql).await.expect("a superuser's");
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_away() {
    let Some(house) = house(|connect| connect.statement_timeout = LIMIT).await else {
        return;
    };
    house.runs(SLOW).await;
    let asked = Instant::now();
    let outcome = house.cancels(&house.store).await;
    house.is_away(asked, outcome).await;
    house.runs("DROP TRIGGER dawdle ON tasks").await;
    house
        .cancels(&house.store)
        .await
        .expect("it was taken back");
}

#[tokio::test]
async fn a_lock_that_is_not_given_back_is_away() {
    let Some(house) = house(|connect| connect.lock_timeout = LIMIT).await else {
        return;
    };
    let holder = house.world.store.writer().begin().await.expect("begun");
    let lock = format!("SELECT FROM tasks WHERE id = {} FOR UPDATE", house.task_id);
    holder.execute_unprepared(&lock).await.expect("locked");
    let asked = Instant::now();
    let outcome = house.cancels(&house.store).await;
    house.is_away(asked, outcome).await;
    holder.rollback().await.expect("it was open");
    house
        .cancels(&house.store)
        .await
        .expect("nobody has it now");
}

#[tokio::test]
async fn a_transaction_that_lies_idle_is_ended_and_lets_go_of_what_it_held() {
    let Some(house) = house(|connect| connect.idle_timeout = LIMIT).await else {
        return;
    };
    let (holds, over) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let idle = idle(&house, Arc::clone(&holds), Arc::clone(&over));
    let others = async {
        holds.notified().await;
        let asked = Instant::now();
        let done = house.cancels(&house.world.store).await;
        over.notify_one();
        done.expect("the server has taken the lock away");
        assert!(
            asked.elapsed() < IN_TIME,
            "only after {:?}",
            asked.elapsed()
        );
    };
    let (outcome, ()) = tokio::join!(idle, others);
    house.is_away(Instant::now(), outcome).await;
}

/// Everybody else may be idle for longer: whoever shall follow a holder that has vanished cannot wait for that.
#[tokio::test]
async fn a_lease_is_not_held_by_a_transaction_that_lies_idle() {
    let Some(house) = house(|connect| connect.idle_timeout = 10 * IN_TIME).await else {
        return;
    };
    let span = Duration::from_secs(5);
    let take = async |store: &Store, holder: &str| {
        let taken = lease::take(store, "send:1".into(), holder.into(), span).await;
        taken.expect("leases can be asked for").expect("free")
    };
    let fence = take(&house.store, "lost").await;
    let (holds, over) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begun, goes_on) = (Arc::clone(&holds), Arc::clone(&over));
    let guarded = fence.clone();
    let idle = house.store.write(move |tx| {
        Box::pin(async move {
            lease::guard(tx, &guarded).await?;
            begun.notify_one();
            goes_on.notified().await;
            Ok(())
        })
    });
    let others = async {
        holds.notified().await;
        let asked = Instant::now();
        // He would prolong it, and cannot be heard.
        let released = lease::release(&house.world.store, fence.clone()).await;
        assert!(
            asked.elapsed() < IN_TIME,
            "only after {:?}",
            asked.elapsed()
        );
        over.notify_one();
        released.expect("the server has taken the row away");
    };
    let (outcome, ()) = tokio::join!(idle, others);
    let passing = matches!(outcome, Err(Error::Away(_) | Error::TooSlow(_)));
    assert!(passing, "{outcome:?}");
    let next = take(&house.world.store, "next").await;
    assert_eq!(next.number, fence.number + 1);
}

/// Takes the task and then does nothing until it is told to go on.
async fn idle(house: &House, holds: Arc<Notify>, over: Arc<Notify>) -> Result<Task> {
    let (boss, task_id) = (house.boss.clone(), house.task_id);
    let step = Step::because("Espera");
    house
        .store
        .write(move |tx| {
            Box::pin(async move {
                let task = life::cancel(tx, &boss, task_id, step).await?;
                holds.notify_one();
                over.notified().await;
                Ok(task)
            })
        })
        .await
}
