//! Whoever heard of somebody's silence hears how it ended; that somebody is well is said only when he said so.

use domain::{check_in::Ending, emergency::NewEmergency};
use sea_orm::ConnectionTrait;

use crate::support::crew;

use super::{help::somewhere, *};

/// Nothing is heard of Ana until lead and command know.
async fn she_is_silent(world: &World, boss: &Actor, lead: &Actor, task_id: i64) {
    world.checks(boss, task_id, 20).await.expect("his unit");
    world.hears().await;
    world.says(lead, Said::Well).await;
    for _ in 0..3 {
        world.wait(TimeDelta::seconds(120));
        world.hears().await;
    }
    let told = world.all::<entity::check_in_told::Entity>().await;
    assert!(told.len() >= 2, "{told:?}");
}

async fn ending(world: &World, who: &Actor) -> Ending {
    let agent_id = who.agent_id.expect("an agent");
    let id = world.check().await.id;
    let found = check_in::ending(&world.store, id, &[agent_id]).await;
    found.expect("read").expect("a check")
}

async fn stops(world: &World, by: &Actor, task_id: i64) {
    let by = by.clone();
    let stopped = world
        .store
        .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &by, task_id).await }));
    assert!(stopped.await.expect("he may"));
}

#[tokio::test]
async fn who_ended_it_is_told_to_those_who_knew_of_the_silence() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        she_is_silent(&world, &boss, &lead, task.id).await;
        stops(&world, &boss, task.id).await;
        assert_eq!(world.hears().await, [(LEAD, OVER)], "he did it himself");
        let said = ending(&world, &ana).await;
        assert_eq!((said.by.as_deref(), said.himself), (Some("Silva"), false));
        assert_eq!(
            (said.names, said.at),
            (vec!["Ana".into()], Some(world.store.now()))
        );
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Over);
        assert_eq!(world.hears().await, [], "it is over");
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_task_is_no_answer() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        she_is_silent(&world, &boss, &lead, task.id).await;
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        assert_eq!(world.hears().await, [(BOSS, OVER)]);
        let roll = world.roll(&boss, task.id).await;
        assert!(
            roll.people
                .iter()
                .all(|one| one.agent_id != ana.agent_id.unwrap_or_default()
                    || one.state == PersonState::Waiting)
        );
        assert!(
            world
                .all::<entity::check_in_told::Entity>()
                .await
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_ends_it_without_an_answer_is_not_said_to_be_well() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        world.is_alone(&ana, 30).await;
        world.hears().await;
        for minutes in [30, 2, 2] {
            world.wait(TimeDelta::minutes(minutes));
            world.hears().await;
        }
        let (by, agent_id) = (ana.clone(), ana.agent_id.expect("an agent"));
        let stopped = world.store.write(move |tx| {
            Box::pin(async move { check_in::stop_alone(tx, &by, agent_id).await })
        });
        assert!(stopped.await.expect("his own"));
        assert_eq!(world.hears().await, [(BOSS, OVER)]);
        let said = ending(&world, &ana).await;
        assert!(said.himself && said.names.is_empty(), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_the_task_unheard_is_told_as_such() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        she_is_silent(&world, &boss, &lead, task.id).await;
        let without = world.assign(&boss, task.id, crew(&[&lead])).await;
        without.expect("released");
        world.wait(TimeDelta::minutes(14));
        assert_eq!(
            world.hears().await,
            [(LEAD, ASK), (LEAD, OVER), (BOSS, OVER)]
        );
        let said = ending(&world, &ana).await;
        assert_eq!(
            (said.at, said.by, said.names),
            (None, None, vec!["Ana".into()])
        );
    })
    .await;
}

#[tokio::test]
async fn help_is_heard_by_those_who_knew_of_the_silence() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        she_is_silent(&world, &boss, &lead, task.id).await;
        assert!(matches!(
            world.says(&ana, Said::Help).await,
            Answered::Help { .. }
        ));
        assert_eq!(world.hears().await, [(LEAD, HELP), (BOSS, HELP)]);
    })
    .await;
}

#[tokio::test]
async fn help_reaches_somebody_in_command_who_can_hear() {
    each(async |world: World| {
        let (boss, _, ana, task) = under_way(&world).await;
        let north = world.unit("Norte").await;
        world.member("Rojas", Level::Admin, Some(900), north).await;
        // Somebody is asked to come, so that the call itself does not go up.
        let eva = world.person("Eva", Level::Agent, 4).await;
        for one in [&ana, &eva] {
            somewhere(&world, one).await;
        }
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.blocks(BOSS, true).await;
        world.says(&ana, Said::Help).await;
        let told = world.all::<entity::outbox::Entity>().await;
        let mut his = told.iter().filter(|row| row.chat_id == 900);
        let called = his.any(|row| row.notice["notice"] == "emergency");
        assert!(called, "by the call itself, in place of who cannot hear");
        assert_eq!(world.hears().await, [(LEAD, HELP)]);
    })
    .await;
}

#[tokio::test]
async fn whoever_telegram_took_no_call_for_hears_of_the_help() {
    each(async |world: World| {
        let (boss, _, ana, task) = under_way(&world).await;
        let north = world.unit("Norte").await;
        world.member("Rojas", Level::Admin, Some(900), north).await;
        somewhere(&world, &ana).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.blocks(BOSS, true).await;
        // Nobody is free to come: her call goes up to him at once, and Telegram refuses the message.
        let caller = ana.clone();
        let called = world.store.write(move |tx| {
            Box::pin(async move { emergency::raise(tx, &caller, NewEmergency::default()).await })
        });
        called.await.expect("a call for help never fails");
        let refused = "UPDATE outbox SET status = 'failed' WHERE chat_id = 900";
        let done = world.store.writer().execute_unprepared(refused).await;
        assert!(done.expect("a statement").rows_affected() > 0);
        world.says(&ana, Said::Help).await;
        assert_eq!(world.hears().await, [(LEAD, HELP), (900, HELP)]);
    })
    .await;
}
