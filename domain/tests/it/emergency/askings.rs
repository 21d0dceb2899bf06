//! Each time somebody was asked stays, also when he is asked again.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Level,
    page::Window,
    task::timeline::{self, Entry, What},
};

use super::{Actor, bound::comes_and_is_freed, here};
use crate::support::{World, each};

/// When the story says that somebody was asked, and by whom.
async fn asked(world: &World, reader: &Actor, task_id: i64) -> Vec<(DateTime<Utc>, bool)> {
    let story = timeline::timeline(&world.store, reader, task_id, Window::first(200)).await;
    let story = story.expect("a page").items;
    let offered = |one: &&Entry| one.what == What::Offered;
    let told = story.iter().filter(offered);
    told.map(|one| (one.at, one.actor.is_some())).collect()
}

#[tokio::test]
async fn whoever_is_asked_twice_was_asked_twice_and_those_in_command_see_when() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 100.0).await;
        let first = world.store.now();
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.wait(TimeDelta::seconds(10));
        comes_and_is_freed(&world, &boss, &eva).await;
        let last = world.store.now();
        world.run_timers().await;

        let now = world.emergency(call.id).await;
        let hers = now.offer_to(eva.agent_id.expect("an agent"));
        let hers = hers.expect("she is asked again");
        assert_eq!(hers.times_offered(), 2);
        assert_eq!(hers.first_offered_at(), Some(first));
        assert_eq!(hers.offered_at, Some(last));

        let by_the_search = [(first, false), (last, false)];
        assert_eq!(asked(&world, &boss, task_id).await, by_the_search);
        let nobodys = asked(&world, &ana, task_id).await;
        assert!(nobodys.is_empty(), "whom it asks is not for everybody");

        world.goes(&eva, call.id).await.expect("said");
        assert_eq!(asked(&world, &boss, task_id).await, by_the_search);
        let (head, next) = page(&world, &boss, task_id, None).await;
        let (rest, _) = page(&world, &boss, task_id, next).await;
        let told = head.iter().chain(&rest);
        let offered = told.filter(|one| one.what == What::Offered);
        assert_eq!(offered.count(), 2, "page by page too");
    })
    .await;
}

async fn page(
    world: &World,
    reader: &Actor,
    task_id: i64,
    cursor: Option<String>,
) -> (Vec<Entry>, Option<String>) {
    let limit = if cursor.is_none() { 2 } else { 200 };
    let window = Window { limit, cursor };
    let page = timeline::timeline(&world.store, reader, task_id, window).await;
    let page = page.expect("a page");
    (page.items, page.next_cursor)
}
