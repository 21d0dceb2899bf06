//! An album of somebody who was only asked to come: its rest follows its first part, although the call ended in between.

use domain::{
    Refusal,
    error::Thing,
    report::{self, NewReport},
};

use super::*;

async fn part(world: &World, by: &Actor, id: i64, album: &'static str) -> Result<i64> {
    let (by, new) = (by.clone(), NewReport::text("una parte"));
    let write = world.store.write(move |tx| {
        Box::pin(async move { report::add_part(tx, &by, id, new, Some(album)).await })
    });
    write.await
}

#[tokio::test]
async fn the_rest_of_an_album_follows_although_the_call_has_ended() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let first = part(&world, &bob, task_id, "g").await;
        first.expect("he was asked");
        let over = world.resolves(&boss, call.id, Some("Hecho")).await;
        over.expect("done");
        let rest = part(&world, &bob, task_id, "g").await;
        rest.expect("it was begun");
        assert_eq!(
            refusal(part(&world, &bob, task_id, "h").await),
            Refusal::missing(Thing::Task),
            "another album"
        );
    })
    .await;
}
