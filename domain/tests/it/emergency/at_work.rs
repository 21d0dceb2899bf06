//! Whoever is at a call for help is not rung for other work; those in command hear it at once.

use domain::task::create::{NewTask, When};

use super::*;

const BOB: i64 = 2;
const BOSS: i64 = 90;

/// Bob has been asked for a patrol and lets the time for his answer pass: how often he was rung for it, and how often the boss
/// heard of it.
async fn lets_pass(world: &World) -> (usize, usize) {
    world.delivers().await;
    world.wait(TimeDelta::minutes(15));
    world.run_timers().await;
    let told = world.delivers().await;
    let rung = |(chat, notice): &&(i64, Notice)| {
        *chat == BOB && matches!(notice, Notice::Card { ring: true, .. })
    };
    let heard = |(chat, notice): &&(i64, Notice)| {
        *chat == BOSS && matches!(notice, Notice::NoAnswer { .. })
    };
    (
        told.iter().filter(rung).count(),
        told.iter().filter(heard).count(),
    )
}

#[tokio::test]
async fn whoever_comes_to_a_call_is_not_rung_for_other_work_and_command_hears_it_at_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", BOB, 100.0).await;
        let bob_id = bob.agent_id.expect("an agent");
        let code = emergency::at_work(&world.store, bob_id).await;
        assert_eq!(code.expect("looked up"), None);
        let call = world.sos(&ana, here()).await;
        world.goes(&bob, call.id).await.expect("he comes");
        let tomorrow = When::At(world.store.now() + TimeDelta::days(1));
        let new = NewTask {
            planned_start: tomorrow,
            ..patrol(&[&bob])
        };
        world.create(&boss, new).await.expect("planned");
        assert_eq!(lets_pass(&world).await, (0, 1));
        for who in [bob_id, ana.agent_id.expect("an agent")] {
            let code = emergency::at_work(&world.store, who).await;
            assert_eq!(code.expect("looked up"), call.code);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_was_at_a_call_that_is_over_is_rung_as_ever() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", BOB, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.goes(&bob, id).await.expect("he comes");
        let done = world.resolves(&boss, id, Some("Ya pasó")).await;
        done.expect("over");
        world.patrol(&boss, &[&bob]).await;
        assert_eq!(lets_pass(&world).await, (1, 0));
    })
    .await;
}
