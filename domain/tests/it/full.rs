//! No room on the disk: what does not fit is refused for now, and nothing of it stays behind.

use domain::{Actor, Error, actor::Channel};
use sea_orm::ConnectionTrait;

use crate::support::{World, patrol, postgres_url};

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

/// What a server says that has no room left; its own disk cannot be filled here.
const FULL: &str = "
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION no_room();";

/// More than there are connections: each of them is met, and goes on.
const REFUSED: usize = 40;

#[tokio::test]
async fn a_server_without_room_is_away_for_whoever_writes_and_goes_on_once_there_is() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let (boss, writer) = (Actor::system(Channel::Cli), world.store.writer());
    let kept = world.patrol(&boss, &[]).await.id;
    writer
        .execute_unprepared(FULL)
        .await
        .expect("a superuser's");
    for _ in 0..REFUSED {
        let refused = world.create(&boss, patrol(&[])).await;
        assert!(matches!(refused, Err(Error::Away(_))), "{refused:?}");
    }
    assert_eq!(world.task(&boss, kept).await.id, kept);
    let room = "DROP TRIGGER no_room ON tasks";
    writer
        .execute_unprepared(room)
        .await
        .expect("a superuser's");
    for _ in 0..REFUSED {
        world.patrol(&boss, &[]).await;
    }
}
