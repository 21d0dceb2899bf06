//! Parts of an album: the rest may go where its first went, and nowhere else.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    report::{self, About, Album, NewReport},
    task::life::Step,
};

use crate::support::{World, each, refusal};

impl World {
    async fn part(&self, by: &Actor, id: i64, album: &'static str) -> Result<i64> {
        let (by, new) = (by.clone(), NewReport::text("una parte"));
        let write = self.store.write(move |tx| {
            Box::pin(async move { report::add_part(tx, &by, id, new, Some(album)).await })
        });
        write.await
    }
}

#[tokio::test]
async fn the_rest_of_an_album_follows_its_first_part_for_a_while() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let task = world.begun(&boss, &[&ana, &beto]).await;
        let first = world.part(&beto, task.id, "g").await.expect("on the task");
        world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("completed");
        world.part(&beto, task.id, "g").await.expect("the rest");
        assert_eq!(
            refusal(world.part(&beto, task.id, "h").await),
            Refusal::NotAllowed,
            "another album"
        );
        let album = report::album(&world.store, &beto, "g").await.expect("read");
        let about = About::Task(task.id);
        assert_eq!(album, Some(Album { about, first }));
        assert_eq!(report::parts(&world.store, first).await.expect("read"), 2);
        let others = report::album(&world.store, &ana, "g").await.expect("read");
        assert_eq!(others, None, "that is his, not hers");

        let after = world.begun(&boss, &[&beto]).await;
        let elsewhere = world.part(&beto, after.id, "g").await;
        elsewhere.expect("his own task needs no album");
        world.wait(TimeDelta::minutes(10));
        assert_eq!(
            refusal(world.part(&beto, task.id, "g").await),
            Refusal::NotAllowed,
            "too late"
        );
        let album = report::album(&world.store, &beto, "g").await.expect("read");
        assert_eq!(album, None);
    })
    .await;
}
