//! What is over: by when it ended, whatever was created first, page by page.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    page::Window,
    task::{
        Status,
        life::Step,
        list::{self, TaskFilter},
    },
};

use crate::support::{World, each};

/// The numbers of all that is over, read in pages of two.
async fn history(world: &World, actor: &Actor, own: bool) -> Vec<i64> {
    let filter = TaskFilter {
        statuses: vec![Status::Completed, Status::Cancelled],
        own,
        ..TaskFilter::default()
    };
    let (mut ids, mut window) = (Vec::new(), Window::first(2));
    loop {
        let page = list::ended(&world.store, actor, filter.clone(), window).await;
        let page = page.expect("a page");
        ids.extend(page.items.iter().map(|task| task.id));
        match page.next_cursor {
            Some(_) => {
                window = Window {
                    limit: 2,
                    cursor: page.next_cursor,
                }
            }
            None => return ids,
        }
    }
}

#[tokio::test]
async fn the_history_goes_by_when_work_ended() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let mut tasks = Vec::new();
        for number in 0..5 {
            let name = format!("P{number}");
            let one = world.person(&name, Level::Agent, 2 + number).await;
            tasks.push((world.begun(&boss, &[&one]).await.id, one));
        }
        let open = world.patrol(&boss, &[]).await.id;
        // Three end at the same moment, before the first; the third is called off last.
        world.wait(TimeDelta::minutes(5));
        for number in [1, 3, 4] {
            let (id, one) = &tasks[number];
            let done = world.complete(one, *id, Step::default()).await;
            done.expect("completed");
        }
        world.wait(TimeDelta::minutes(5));
        let (first, ana) = &tasks[0];
        let done = world.complete(ana, *first, Step::default()).await;
        done.expect("completed");
        world.wait(TimeDelta::minutes(5));
        world
            .cancel(&boss, tasks[2].0, Step::because("Lluvia"))
            .await
            .expect("cancelled");

        let wanted: Vec<i64> = [2, 0, 4, 3, 1].map(|number: usize| tasks[number].0).into();
        assert_eq!(history(&world, &boss, false).await, wanted);
        assert_eq!(
            history(&world, &boss, true).await,
            wanted,
            "he created them"
        );
        assert_eq!(history(&world, ana, true).await, [*first]);
        assert!(!wanted.contains(&open));

        // What is taken up again is no history.
        world
            .reopen(&boss, *first, Step::because("Falta algo"))
            .await
            .expect("reopened");
        assert_eq!(
            history(&world, &boss, false).await,
            [&wanted[..1], &wanted[2..]].concat()
        );
    })
    .await;
}
