//! What whoever calls is at.

use domain::{
    Actor,
    actor::Level,
    emergency::{self, AtWork},
};

use super::here;
use crate::support::{World, each};

async fn at_work(world: &World, id: i64) -> Option<AtWork> {
    let found = emergency::callers_task(&world.store, id).await;
    found.expect("the database answers")
}

#[tokio::test]
async fn the_task_that_whoever_calls_is_at_is_known_and_what_is_only_planned_is_none() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let begun = world.begun(&boss, &[&ana]).await;
        world.patrol(&boss, &[&bob]).await;
        let call = async |who: &Actor| world.sos(who, here()).await.id;
        let (hers, his) = (call(&ana).await, call(&bob).await);
        let found = at_work(&world, hers).await.expect("her patrol");
        assert_eq!((found.code, found.title), (begun.code, begun.title));
        assert_eq!(at_work(&world, his).await, None);
    })
    .await;
}
