//! A task that is open again: who is back on it, who leads it, and who hears of those who are not.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    assignment::{Crew, Kept, NotBack},
    outbox::Notice,
    task::{News, Task, create::NewTask, life::Step},
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    rota::told,
    support::{World, crew, each, patrol, refusal, start},
};

/// Whether this chat was told that these did not come back.
async fn hears(world: &World, chat_id: i64, people: &[NotBack]) -> bool {
    let told = told(world, chat_id).await;
    told.iter()
        .any(|notice| matches!(notice, Notice::NotBack { people: of, .. } if of == people))
}

/// Whether this chat was told this of a task.
async fn news(world: &World, chat_id: i64, wanted: News) -> bool {
    let told = told(world, chat_id).await;
    told.iter()
        .any(|notice| matches!(notice, Notice::Task { what, .. } if *what == wanted))
}

fn kept(who: &Actor, kept: Kept) -> NotBack {
    let agent_id = who.agent_id.expect("an agent");
    NotBack { agent_id, kept }
}

/// Work of these that its lead, the first of them, has just completed.
async fn done(world: &World, boss: &Actor, people: &[&Actor]) -> Task {
    let task = world.begun(boss, people).await;
    let done = world.complete(people[0], task.id, Step::default()).await;
    done.expect("completed")
}

#[tokio::test]
async fn a_lead_whom_another_plan_keeps_leads_no_more_and_those_in_command_hear_why() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = done(&world, &boss, &[&ana]).await;
        let code = world.patrol(&boss, &[&ana]).await.code;
        let again = world.reopen(&ana, task.id, Step::default()).await;
        let again = again.expect("undone");
        let missing = [kept(&ana, Kept::Task { code })];
        assert_eq!(again.missing, ["Ana"]);
        assert_eq!(again.not_back, missing);
        assert_eq!((again.task.lead, again.known), (None, true));
        assert!(hears(&world, 1, &missing).await);
        assert!(!hears(&world, 2, &missing).await, "she reads the answer");
        let hers = world.complete(&ana, task.id, Step::default()).await;
        assert_eq!(refusal(hers), Refusal::NotLead { lead: None });
    })
    .await;
}

#[tokio::test]
async fn whoever_is_back_leads_in_the_stead_of_a_lead_who_is_not() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let task = done(&world, &boss, &[&ana, &beto]).await;
        world.patrol(&boss, &[&ana]).await;
        let again = world.reopen(&ana, task.id, Step::default()).await;
        let again = again.expect("undone");
        assert_eq!(again.missing, ["Ana"]);
        assert_eq!(again.task.lead.expect("somebody").name, "Beto");
        assert!(news(&world, 3, News::Lead).await);
        assert!(news(&world, 3, News::Reopened).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_at_other_work_hears_that_it_goes_on_without_him() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let carla = world.person("Carla", Level::Agent, 4).await;
        let task = done(&world, &boss, &[&ana, &beto, &carla]).await;
        let code = world.begun(&boss, &[&beto]).await.code;
        let off = entity::agent::ActiveModel {
            id: Set(carla.agent_id.expect("an agent")),
            active: Set(false),
            ..Default::default()
        };
        let off = entity::agent::Entity::update(off);
        off.exec(world.store.writer()).await.expect("switched off");
        let again = world.reopen(&ana, task.id, Step::default()).await;
        let again = again.expect("undone");
        let missing = [
            kept(&beto, Kept::Task { code }),
            kept(&carla, Kept::Removed),
        ];
        assert_eq!(again.not_back, missing);
        assert_eq!(again.task.lead.expect("she").name, "Ana");
        for (chat_id, told) in [(1, true), (2, false), (3, true), (4, false)] {
            assert_eq!(hears(&world, chat_id, &missing).await, told, "{chat_id}");
        }
        assert!(!news(&world, 3, News::Reopened).await, "he does not go");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_on_leave_is_not_rung_to_come_back() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = done(&world, &boss, &[&ana]).await;
        let until = start() + TimeDelta::hours(10);
        let agent_id = ana.agent_id.expect("an agent");
        let away = world.leave(&boss, agent_id, (start(), until)).await;
        away.expect("approved");
        let again = world.reopen(&boss, task.id, Step::because("Falta")).await;
        let again = again.expect("reopened");
        let missing = [kept(&ana, Kept::Leave { until })];
        assert_eq!(again.not_back, missing);
        assert_eq!((again.task.lead, again.known), (None, true));
        assert!(!hears(&world, 2, &missing).await);
        assert!(!news(&world, 2, News::Reopened).await);
    })
    .await;
}

#[tokio::test]
async fn who_did_not_come_back_is_named_again_when_it_is_opened_once_more() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = done(&world, &boss, &[&ana]).await;
        let until = start() + TimeDelta::hours(10);
        let agent_id = ana.agent_id.expect("an agent");
        let away = world.leave(&boss, agent_id, (start(), until)).await;
        away.expect("approved");
        let missing = [kept(&ana, Kept::Leave { until })];
        for _ in 0..2 {
            world.wait(TimeDelta::minutes(5));
            let again = world.reopen(&boss, task.id, Step::because("Falta")).await;
            assert_eq!(again.expect("reopened").not_back, missing);
            let end = world.complete(&boss, task.id, Step::because("Ya")).await;
            end.expect("ended with nobody on it");
        }
    })
    .await;
}

#[tokio::test]
async fn who_was_taken_off_after_he_came_back_is_no_former_one() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = done(&world, &boss, &[&ana]).await;
        world.wait(TimeDelta::minutes(5));
        let again = world.reopen(&boss, task.id, Step::because("Falta")).await;
        assert_eq!(again.expect("reopened").task.held().count(), 1);
        world.wait(TimeDelta::minutes(5));
        let off = world.assign(&boss, task.id, Crew::default()).await;
        off.expect("taken off");
        let end = world.complete(&boss, task.id, Step::because("Ya")).await;
        end.expect("ended with nobody on it");
        let again = world.reopen(&boss, task.id, Step::because("Falta")).await;
        let again = again.expect("reopened");
        assert!(again.not_back.is_empty() && again.task.held().count() == 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_said_to_be_told_while_nobody_in_command_can_be() {
    each(async |world: World| {
        let boss = world
            .member("Silva", Level::Supervisor, None, world.unit_id)
            .await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let hers = done(&world, &boss, &[&ana]).await;
        let his = done(&world, &boss, &[&beto]).await;
        world.patrol(&boss, &[&ana]).await;
        let code = world.patrol(&boss, &[&beto]).await.code;
        let again = world.reopen(&ana, hers.id, Step::default()).await;
        assert!(!again.expect("undone").known);
        world.person("Root", Level::Admin, 9).await;
        let again = world.reopen(&beto, his.id, Step::default()).await;
        assert!(again.expect("undone").known);
        assert!(hears(&world, 9, &[kept(&beto, Kept::Task { code })]).await);
    })
    .await;
}

#[tokio::test]
async fn a_lead_who_was_never_one_of_its_people_goes_on_until_he_is_away() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let new = NewTask {
            crew: Crew {
                lead_agent_id: ana.agent_id,
                ..crew(&[&beto])
            },
            ..patrol(&[])
        };
        let task = world.create(&boss, new).await.expect("created");
        let begun = world.start(&ana, task.id, Step::default()).await;
        begun.expect("begun");
        let finish = || world.complete(&ana, task.id, Step::default());
        finish().await.expect("completed");
        let again = world.reopen(&ana, task.id, Step::default()).await;
        let lead = again.expect("undone").task.lead;
        assert_eq!(lead.expect("she").name, "Ana");
        finish().await.expect("completed again");
        let away = (start(), start() + TimeDelta::hours(10));
        let agent_id = ana.agent_id.expect("an agent");
        let leave = world.leave(&boss, agent_id, away).await;
        leave.expect("approved");
        let again = world.reopen(&boss, task.id, Step::because("Falta")).await;
        let lead = again.expect("reopened").task.lead;
        assert_eq!(lead.expect("he").name, "Beto");
    })
    .await;
}
