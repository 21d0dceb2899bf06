//! Transactions that stand in each other's way: both come through.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use domain::{Actor, Store, actor::Channel, agent, availability::Availability};
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
