//! No room on the disk: what does not fit is refused for now, and nothing of it stays behind.

use domain::{Actor, Error, actor::Channel};
use sea_orm::ConnectionTrait;

use crate::support::{World, patrol};

#[tokio::test]
async fn a_full_disk_is_away_and_leaves_no_transaction_behind() {
    let world = World::sqlite().await;
    let boss = Actor::system(Channel::Cli);
    let mut long = patrol(&[]);
    long.description = Some("x".repeat(4_000));
    for _ in 0..3 {
        let full = "PRAGMA max_page_count = 1";
        let writer = world.store.writer();
        writer.execute_unprepared(full).await.expect("no room");
        let mut refused = 0;
        while refused < 3 {
            match world.create(&boss, long.clone()).await {
                // What is in the file already is used up first.
                Ok(_) => {}
                Err(Error::Away(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            let writer = world.store.writer();
            writer.execute_unprepared(full).await.expect("no room");
        }
        let room = "PRAGMA max_page_count = 1000000";
        let writer = world.store.writer();
        writer.execute_unprepared(room).await.expect("room");
        let done = world.create(&boss, long.clone()).await;
        let seen = world.task(&boss, done.expect("there is room").id).await;
        assert_eq!(seen.title, long.title);
    }
}
