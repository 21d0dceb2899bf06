//! On whoever is switched off nobody counts any more: what he had to do is given back, and those in command hear it.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    agent,
    assignment::Answer,
    check_in::{self, PersonState},
    leave::{self, LeaveStatus, NewLeave},
    outbox::Notice,
    page::Window,
    shift::ShiftStatus,
    swap::{self, NewSwap, SwapStatus},
    task::{
        AssignmentState, News,
        create::{NewTask, When},
        life::{self, Step},
        timeline::{self, What, Who},
    },
    user,
};

use crate::support::{World, each, patrol};

const ANA: i64 = 1;
const BETO: i64 = 2;
const BOSS: i64 = 10;

async fn switch_off(world: &World, who: &Actor) {
    switch_off_by(world, &Actor::system(Channel::Api), who).await;
}

async fn switch_off_by(world: &World, by: &Actor, who: &Actor) {
    let id = who.user_id.expect("an account");
    let off = user::disable(&world.store, by, id).await;
    off.expect("switched off");
}

/// How often this stands in the messages to a chat.
async fn heard(world: &World, chat: i64, what: &Notice) -> usize {
    let rows = world.all::<entity::outbox::Entity>().await;
    let his = rows.into_iter().filter(|row| row.chat_id == chat);
    let notices = his.map(|row| serde_json::from_value::<Notice>(row.notice).expect("one of ours"));
    notices.filter(|one| one == what).count()
}

fn id_of(who: &Actor) -> i64 {
    who.agent_id.expect("an agent")
}

#[tokio::test]
async fn his_tasks_go_on_without_him_and_those_in_command_hear_it_aloud() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
        let runs = world.begun(&boss, &[&ana, &beto]).await;
        let said = world.answer(&beto, runs.id, Answer::Acknowledge).await;
        said.expect("he comes");
        let planned = NewTask {
            planned_start: When::At(world.store.now() + TimeDelta::days(1)),
            ..patrol(&[&ana])
        };
        let planned = world.create(&boss, planned).await.expect("planned");
        let (by, id) = (boss.clone(), runs.id);
        let asked = world
            .store
            .write(move |tx| Box::pin(async move { check_in::start(tx, &by, id, 10).await }));
        asked.await.expect("everybody is asked");

        switch_off(&world, &ana).await;

        let now = world.task(&boss, runs.id).await;
        let held: Vec<i64> = now.held().map(|one| one.agent.agent_id).collect();
        assert_eq!(held, [id_of(&beto)]);
        let lead = now.lead.as_ref().map(|lead| lead.agent_id);
        assert_eq!(lead, Some(id_of(&beto)));
        let his = now.assignment_of(id_of(&ana)).expect("it stays known");
        assert_eq!(his.state, AssignmentState::Released);
        let tomorrow = world.task(&boss, planned.id).await;
        assert!(tomorrow.lead.is_none() && tomorrow.held().count() == 0);
        for task_id in [runs.id, planned.id] {
            let removed = Notice::Removed {
                task_id,
                agent_id: id_of(&ana),
            };
            assert_eq!(heard(&world, BOSS, &removed).await, 1);
            assert_eq!(heard(&world, ANA, &removed).await, 0);
        }
        let leads = Notice::Task {
            task_id: runs.id,
            what: News::Lead,
            by_user: None,
        };
        assert_eq!(heard(&world, BETO, &leads).await, 1);
        let roll = check_in::of_task(&world.store, &boss, runs.id).await;
        let roll = roll.expect("he sees it").expect("it goes on");
        let of_ana = roll.people.iter().find(|one| one.agent_id == id_of(&ana));
        assert_eq!(of_ana.map(|one| one.state), Some(PersonState::Released));

        switch_off(&world, &ana).await;
        let again = world.task(&boss, runs.id).await;
        assert_eq!(again.version, now.version, "said again, nothing changes");
    })
    .await;
}

#[tokio::test]
async fn shifts_leave_and_exchanges_of_his_are_waited_for_no_more() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
        let hours = |from: i64| {
            let starts_at = world.store.now() + TimeDelta::hours(from);
            (starts_at, starts_at + TimeDelta::hours(8))
        };
        let runs = world.shift(&boss, id_of(&ana), hours(0)).await;
        let next = world.shift(&boss, id_of(&ana), hours(24)).await;
        let last = world.shift(&boss, id_of(&ana), hours(72)).await;
        let of_beto = world.shift(&boss, id_of(&beto), hours(48)).await;
        let (runs, next) = (runs.expect("planned"), next.expect("planned"));
        let starts = vec![next.starts_at, last.expect("planned").starts_at];
        let offered = NewSwap {
            shift_id: of_beto.expect("planned").id,
            to_agent_id: id_of(&ana),
            ..NewSwap::default()
        };
        let (by, her) = (beto.clone(), ana.clone());
        let (starts_at, ends_at) = hours(120);
        let wanted = NewLeave {
            agent_id: id_of(&ana),
            starts_at,
            ends_at,
            ..NewLeave::default()
        };
        let asked = world.store.write(move |tx| {
            Box::pin(async move {
                swap::propose(tx, &by, offered).await?;
                leave::request(tx, &her, wanted).await
            })
        });
        asked.await.expect("asked");
        world.wait(TimeDelta::hours(3));
        let now = world.store.now();

        switch_off(&world, &ana).await;

        let shifts = world.all::<entity::shift::Entity>().await;
        let of = |id: i64| shifts.iter().find(|row| row.id == id);
        let ended = of(runs.id).expect("it was worked");
        assert_eq!(
            (ended.status, ended.ends_at, ended.ended_at),
            (ShiftStatus::Ended, now, Some(now))
        );
        assert!(of(next.id).is_none(), "nobody comes to it");
        let lost = Notice::ShiftsLost {
            agent_id: id_of(&ana),
            starts,
        };
        let told = (
            heard(&world, BOSS, &lost).await,
            heard(&world, BETO, &lost).await,
        );
        assert_eq!(told, (1, 0), "both shifts in one message");
        let leaves = world.all::<entity::leave::Entity>().await;
        assert_eq!(leaves[0].status, LeaveStatus::Cancelled);
        let wanted = leave::find(&world.store, &boss, leaves[0].id).await;
        assert!(wanted.expect("he sees it").is_dropped());
        let swaps = world.all::<entity::shift_swap::Entity>().await;
        assert_eq!(swaps[0].status, SwapStatus::Cancelled);
        let offered = swap::find(&world.store, &boss, swaps[0].id).await;
        let offered = offered.expect("he sees it");
        assert_eq!(offered.removed.as_deref(), Some("Ana"));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_took_back_himself_is_not_called_dropped() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let starts_at = world.store.now() + TimeDelta::days(5);
        let wanted = NewLeave {
            agent_id: id_of(&ana),
            starts_at,
            ends_at: starts_at + TimeDelta::days(1),
            ..NewLeave::default()
        };
        let (her, by) = (ana.clone(), boss.clone());
        let back = world.store.write(move |tx| {
            Box::pin(async move {
                let asked = leave::request(tx, &her, wanted).await?;
                leave::decide(tx, &by, asked.id, true, None).await?;
                leave::cancel(tx, &her, asked.id).await
            })
        });
        let back = back.await.expect("taken back");

        switch_off(&world, &ana).await;

        let now = leave::find(&world.store, &boss, back.id).await;
        let now = now.expect("he sees it");
        assert!(now.status == LeaveStatus::Cancelled && !now.is_dropped());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_on_a_task_that_has_lost_its_last_one() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let task = world.begun(&boss, &[&ana]).await;
        let (by, id) = (boss.clone(), task.id);
        let asked = world
            .store
            .write(move |tx| Box::pin(async move { check_in::start(tx, &by, id, 10).await }));
        asked.await.expect("she is asked");

        switch_off(&world, &ana).await;

        let roll = check_in::of_task(&world.store, &boss, task.id).await;
        let roll = roll.expect("he sees it").expect("it was there");
        assert!(!roll.running && roll.next_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_story_names_whoever_took_somebody_off() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let irene = world.person("Irene", Level::Admin, 20).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
        let task = world.begun(&boss, &[&ana, &beto]).await;
        world.wait(TimeDelta::minutes(1));
        switch_off_by(&world, &irene, &beto).await;
        world.wait(TimeDelta::minutes(1));
        let end = world.complete(&ana, task.id, Step::default()).await;
        end.expect("ended");

        let story = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let story = story.expect("a page").items;
        let let_go: Vec<_> = story
            .iter()
            .filter(|one| one.what == What::Released)
            .map(|one| (name(one.agent.as_ref()), name(one.actor.as_ref())))
            .collect();
        let all = [(Some("Beto"), Some("Irene")), (Some("Ana"), Some("Ana"))];
        assert_eq!(let_go, all);
    })
    .await;
}

fn name(who: Option<&Who>) -> Option<&str> {
    who.map(|one| one.name.as_str())
}

#[tokio::test]
async fn whoever_is_gone_or_cannot_is_not_called_free_when_a_task_ends() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let beto = world.person("Beto", Level::Agent, BETO).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let task = world.begun(&boss, &[&ana, &beto, &zoe]).await;
        let ids = [id_of(&ana), id_of(&beto), id_of(&zoe)];
        switch_off(&world, &zoe).await;
        let him = beto.clone();
        let freed = world.store.write(move |tx| {
            Box::pin(async move {
                agent::set_availability(tx, &him, ids[1], true, None, None).await?;
                life::complete(tx, &ana, task.id, Step::default()).await?;
                agent::released(tx, &ids).await
            })
        });
        assert_eq!(freed.await.expect("ended"), 1);
    })
    .await;
}
