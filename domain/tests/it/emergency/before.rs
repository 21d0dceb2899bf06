//! Whoever comes later gets what whoever called has sent before.

use domain::{
    Actor,
    actor::Level,
    assignment::Answer,
    broadcast::Attached,
    emergency,
    outbox::Notice,
    report::{self, NewReport},
};

use super::here;
use crate::support::{World, crew, each};

async fn sends(world: &World, by: &Actor, task_id: i64, file: Attached) {
    let by = by.clone();
    world
        .store
        .write(move |tx| Box::pin(async move { emergency::pass_on(tx, &by, task_id, file).await }))
        .await
        .expect("passed on");
}

/// The files that this chat gets, and how many words say before that they come.
async fn handed_on(world: &World, chat_id: i64) -> (Vec<String>, Vec<usize>) {
    let (mut files, mut words) = (Vec::new(), Vec::new());
    for (_, notice) in world.notices(chat_id).await {
        match notice {
            Notice::PassedOn { file, .. } => files.push(file.id().to_owned()),
            Notice::EmergencyBefore { count, .. } if files.is_empty() => words.push(count),
            _ => {}
        }
    }
    (files, words)
}

#[tokio::test]
async fn whoever_comes_later_gets_the_last_files() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        for number in 0..6 {
            sends(&world, &ana, task_id, Attached::Photo(number.to_string())).await;
        }
        sends(&world, &ana, task_id, Attached::Round("R".into())).await;
        assert_eq!(handed_on(&world, 2).await, (Vec::new(), Vec::new()));
        world.goes(&bob, call.id).await.expect("he comes");
        let last = ["2", "3", "4", "5", "R"].map(str::to_owned).to_vec();
        assert_eq!(handed_on(&world, 2).await, (last.clone(), vec![5]));
        // Whoever was put on it comes once he has said so.
        let both = crew(&[&bob, &eva]);
        world.assign(&boss, task_id, both).await.expect("his");
        let said = world.answer(&eva, task_id, Answer::Acknowledge).await;
        said.expect("said");
        assert_eq!(handed_on(&world, 3).await, (last.clone(), vec![5]));
        assert_eq!(handed_on(&world, 2).await.0, last, "once");
        assert!(handed_on(&world, 1).await.0.is_empty());
    })
    .await;
}

#[tokio::test]
async fn words_without_files_stand_on_the_cards_alone() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let by = ana.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    report::add(tx, &by, task_id, NewReport::text("en Güemes 1200")).await
                })
            })
            .await
            .expect("kept");
        world.goes(&bob, call.id).await.expect("he comes");
        assert_eq!(handed_on(&world, 2).await, (Vec::new(), Vec::new()));
        let words = emergency::words_on(&world.store, task_id).await;
        assert_eq!(words.expect("read").as_deref(), Some("en Güemes 1200"));
    })
    .await;
}
