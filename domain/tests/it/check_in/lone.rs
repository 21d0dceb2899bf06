//! One who works alone: asked until his time is over, looked for while he is silent, and listed.

use domain::shift::{self, HandOver};

use super::*;

#[tokio::test]
async fn one_who_works_alone_is_asked_until_his_time_is_over() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        world.is_alone(&ana, 30).await;
        assert_eq!(world.hears().await, [(ANA, ASK)], "what was agreed");
        world.wait(TimeDelta::minutes(30) - TimeDelta::seconds(1));
        assert_eq!(world.hears().await, []);
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(BOSS, PHONES)], "nobody leads her");
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(BOSS, WELL)]);
        world.wait(TimeDelta::hours(12));
        world.hears().await;
        // She was asked at the very end: her silence is followed to those in command first.
        for _ in 0..4 {
            world.wait(TimeDelta::seconds(120));
            world.hears().await;
        }
        assert_eq!(world.check().await.status, CheckInStatus::Active);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(BOSS, WELL)]);
        let row = world.check().await;
        assert_eq!(row.status, CheckInStatus::Ended);
        assert_eq!(row.end_reason, Some(CheckInEnd::TimeOver));
        world.wait(TimeDelta::hours(1));
        assert_eq!(world.hears().await, []);
    })
    .await;
}

#[tokio::test]
async fn silence_at_the_end_of_the_shift_is_not_forgotten() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let now = world.store.now();
        let hours = (now, now + TimeDelta::minutes(31));
        let shift = world.shift(&boss, ana.agent_id.expect("an agent"), hours);
        shift.await.expect("planned");
        world.run_timers().await;
        world.is_alone(&ana, 30).await;
        world.hears().await;
        world.wait(TimeDelta::minutes(30));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.wait(TimeDelta::minutes(1));
        world.hears().await;
        assert_eq!(world.check().await.status, CheckInStatus::Active);
        world.wait(TimeDelta::minutes(1));
        assert_eq!(world.hears().await, [(ANA, ASK)], "once more");
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        world.wait(TimeDelta::minutes(6));
        assert_eq!(world.hears().await, [], "nobody is asked after the shift");
        assert_eq!(world.lone(&boss).await.len(), 1, "but she is looked for");
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(BOSS, WELL)]);
        assert_eq!(world.check().await.status, CheckInStatus::Ended);
        assert!(world.lone(&boss).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_silent_himself_or_cannot_hear_is_not_who_is_told() {
    each(async |world: World| {
        let chief = world.person("Rojas", Level::Admin, 900).await;
        world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        world.blocks(BOSS, true).await;
        world.is_alone(&ana, 30).await;
        world.hears().await;
        for minutes in [30, 2] {
            world.wait(TimeDelta::minutes(minutes));
            world.hears().await;
        }
        world.wait(TimeDelta::minutes(2));
        let chat = chief.telegram_id.expect("linked");
        assert_eq!(
            world.hears().await,
            [(chat, PHONES)],
            "Silva has blocked the bot"
        );
    })
    .await;
}

#[tokio::test]
async fn working_alone_ends_with_the_shift() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let now = world.store.now();
        let hours = (now, now + TimeDelta::hours(4));
        let shift = world
            .shift(&boss, ana.agent_id.expect("an agent"), hours)
            .await;
        let shift = shift.expect("planned");
        world.run_timers().await;
        world.is_alone(&ana, 60).await;
        assert_eq!(world.check().await.until_at, Some(hours.1));
        world.wait(TimeDelta::hours(2));
        let he = ana.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move { shift::end(tx, &he, shift.id, HandOver::default()).await })
            })
            .await
            .expect("his own");
        assert_eq!(world.check().await.end_reason, Some(CheckInEnd::ShiftOver));
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_to_be_asked_again_has_been_heard_of() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        world.is_alone(&ana, 30).await;
        world.hears().await;
        for minutes in [30, 2, 2] {
            world.wait(TimeDelta::minutes(minutes));
            world.hears().await;
        }
        assert_eq!(world.lone(&boss).await, ["Ana"]);
        world.is_alone(&ana, 60).await;
        assert_eq!(world.hears().await, [(ANA, ASK), (BOSS, WELL)]);
        assert!(world.lone(&boss).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn those_who_work_alone_are_listed_for_whoever_is_responsible() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let other = world.unit("Sur").await;
        let stranger = world
            .member("Paz", Level::Supervisor, Some(11), other)
            .await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, LEAD).await;
        world.is_alone(&ana, 30).await;
        world.is_alone(&beto, 60).await;
        world.hears().await;
        for minutes in [30, 2, 2] {
            world.wait(TimeDelta::minutes(minutes));
            world.hears().await;
        }
        assert_eq!(world.lone(&boss).await, ["Ana"]);
        let names = async |by: &Actor, window: Window| {
            let alone = WatchFilter {
                alone: Some(true),
                silent: false,
            };
            let page = check_in::watched(&world.store, by, alone, window).await;
            let page = page.expect("a list");
            let names: Vec<String> = page.items.into_iter().map(|one| one.person.name).collect();
            (names, page.next_cursor)
        };
        let (first, cursor) = names(&boss, Window::first(1)).await;
        assert_eq!(first, ["Beto"], "the latest first");
        assert!(cursor.is_some());
        let next = Window { limit: 1, cursor };
        assert_eq!(names(&boss, next).await.0, ["Ana"]);
        assert_eq!(names(&ana, Window::default()).await.0, ["Ana"], "himself");
        assert!(names(&stranger, Window::default()).await.0.is_empty());
        let stop = async |by: &Actor| {
            let (by, agent_id) = (by.clone(), ana.agent_id.expect("an agent"));
            let stopped = world.store.write(move |tx| {
                Box::pin(async move { check_in::stop_alone(tx, &by, agent_id).await })
            });
            stopped.await
        };
        assert!(matches!(
            refusal(stop(&stranger).await),
            Refusal::NotFound { .. }
        ));
        assert!(stop(&boss).await.expect("his unit"));
        assert!(!stop(&boss).await.expect("again"), "it is over already");
        assert!(world.lone(&boss).await.is_empty());
    })
    .await;
}
