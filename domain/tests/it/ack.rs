//! Every request for an answer has a deadline, and silence an owner.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    agent,
    assignment::{self, Answer, AssignmentState},
    lease,
    outbox::{self, Notice, Outcome, Settled},
    reach,
    task::{
        Priority, Task,
        create::{NewTask, When},
        edit::TaskPatch,
    },
};

use crate::support::{World, each, patrol};

impl World {
    /// Sends all that is queued; returns who was told what.
    pub(crate) async fn delivers(&self) -> Vec<(i64, Notice)> {
        let span = Duration::from_secs(3600);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("leases").expect("it is ours");
        let mut told = Vec::new();
        loop {
            let batch = outbox::claim(&self.store, fence.clone(), 50, Vec::new()).await;
            let batch = batch.expect("messages");
            if batch.is_empty() {
                return told;
            }
            told.extend(batch.iter().map(|one| (one.chat_id, one.notice.clone())));
            let sent = batch.into_iter().map(|message| Settled {
                message,
                outcome: Outcome::Sent { message_id: None },
                shown: None,
            });
            outbox::settle_all(&self.store, fence.clone(), sent.collect())
                .await
                .expect("settled");
        }
    }

    /// Who was told something about an answer: neither a card nor a reminder.
    async fn tells(&self) -> Vec<(i64, Notice)> {
        let mut told = self.delivers().await;
        let other = |one: &Notice| matches!(one, Notice::Card { .. } | Notice::Reminder { .. });
        told.retain(|(_, notice)| !other(notice));
        told.sort_by_key(|(chat_id, _)| *chat_id);
        told
    }

    async fn waiting_timers(&self) -> usize {
        let timers = self.all::<entity::timer::Entity>().await;
        let waits = |row: &&entity::timer::Model| {
            row.kind == "ack" && row.status == entity::timer::TimerStatus::Waiting
        };
        timers.iter().filter(waits).count()
    }

    async fn reached(&self, chat_id: i64, can_be: bool) {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if can_be {
                        reach::regained(tx, chat_id).await
                    } else {
                        reach::lost(tx, chat_id).await
                    }
                })
            })
            .await
            .expect("recorded");
    }
}

fn pressing(priority: Priority, agents: &[&Actor]) -> NewTask {
    NewTask {
        priority: Some(priority),
        ..patrol(agents)
    }
}

fn is_ring(told: &(i64, Notice), chat: i64) -> bool {
    told.0 == chat && matches!(told.1, Notice::Card { ring: true, .. })
}

const LEAD: i64 = 1;
const ANA: i64 = 2;
const BOSS: i64 = 10;
const DEPUTY: i64 = 11;

/// A lead, who has answered, Ana, who has not, and those who answer for them.
async fn one_is_silent(world: &World, priority: Priority) -> (Actor, Actor, Task) {
    let boss = world.person("Silva", Level::Supervisor, BOSS).await;
    world.person("Sosa", Level::Supervisor, DEPUTY).await;
    let north = world.unit("Norte").await;
    world
        .member("Otro", Level::Supervisor, Some(12), north)
        .await;
    let lead = world.person("Beto", Level::Agent, LEAD).await;
    let ana = world.person("Ana", Level::Agent, ANA).await;
    let task = world
        .create(&boss, pressing(priority, &[&lead, &ana]))
        .await;
    let task = task.expect("created");
    world
        .answer(&lead, task.id, Answer::Acknowledge)
        .await
        .expect("answered");
    (boss, ana, task)
}

#[tokio::test]
async fn the_deadline_follows_the_priority() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let seconds = [900, 900, 300, 120, 60];
        for (chat, (priority, seconds)) in (100..).zip(Priority::ALL.into_iter().zip(seconds)) {
            let ana = world
                .person(&format!("Ana{chat}"), Level::Agent, chat)
                .await;
            let task = world.create(&boss, pressing(priority, &[&ana])).await;
            task.expect("created");
            let rows = world.all::<entity::assignment::Entity>().await;
            let due = rows.last().and_then(|row| row.ack_due_at);
            let expected = world.store.now() + TimeDelta::seconds(seconds);
            assert_eq!(due, Some(expected), "{priority:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_task_that_becomes_pressing_waits_no_longer_than_such_a_task() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let task = world.create(&boss, pressing(Priority::Low, &[&ana])).await;
        let task = task.expect("created");
        world.delivers().await;
        world.wait(TimeDelta::seconds(30));
        for (priority, seconds) in [(Priority::Critical, 60), (Priority::Low, 60)] {
            let patch = TaskPatch {
                priority: Some(priority),
                ..TaskPatch::default()
            };
            let changed = world.edit(&boss, task.id, patch).await;
            changed.expect("changed");
            let rows = world.all::<entity::assignment::Entity>().await;
            let due = world.store.now() + TimeDelta::seconds(seconds);
            assert_eq!(rows[0].ack_due_at, Some(due), "{priority:?}");
        }
        assert_eq!(world.waiting_timers().await, 1);
        world.delivers().await;
        world.wait(TimeDelta::seconds(60));
        world.run_timers().await;
        assert!(world.delivers().await.iter().any(|one| is_ring(one, ANA)));
    })
    .await;
}

#[tokio::test]
async fn silence_rings_again_and_then_is_told_once() {
    each(async |world: World| {
        let (boss, ana, task) = one_is_silent(&world, Priority::Critical).await;
        let mut rings = 0;
        for _ in 0..world.store.rules().ack.rings {
            let told = world.delivers().await;
            rings += told.iter().filter(|one| is_ring(one, ANA)).count();
            assert!(
                told.iter()
                    .all(|(_, notice)| matches!(notice, Notice::Card { .. }))
            );
            world.wait(TimeDelta::seconds(59));
            assert_eq!(world.run_timers().await, 0, "not before its time");
            world.wait(TimeDelta::seconds(1));
            assert_eq!(world.run_timers().await, 1);
        }
        assert_eq!(rings, 3, "at the offer and twice again");
        let silent = Notice::NoAnswer {
            task_id: task.id,
            agent_id: ana.agent_id.expect("an agent"),
        };
        let owners = [LEAD, BOSS, DEPUTY].map(|chat| (chat, silent.clone()));
        assert_eq!(world.tells().await, owners);
        world.wait(TimeDelta::hours(5));
        world.run_timers().await;
        assert_eq!(world.tells().await, []);
        let late = world.answer(&ana, task.id, Answer::Acknowledge).await;
        late.expect("better late than never");
        let states = world.task(&boss, task.id).await;
        let states = states.assignments.into_iter().map(|one| one.state);
        assert!(states.eq([AssignmentState::Acknowledged; 2]));
    })
    .await;
}

#[tokio::test]
async fn an_answer_ends_the_waiting() {
    each(async |world: World| {
        let (_, ana, task) = one_is_silent(&world, Priority::Urgent).await;
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.run_timers().await, 1);
        assert_eq!(world.waiting_timers().await, 1);
        world
            .answer(&ana, task.id, Answer::EnRoute)
            .await
            .expect("answered");
        assert_eq!(world.waiting_timers().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_bot_is_told_at_once_and_a_return_is_asked_anew() {
    each(async |world: World| {
        let (_, ana, task) = one_is_silent(&world, Priority::High).await;
        world.delivers().await;
        world.reached(ANA, false).await;
        assert_eq!(world.waiting_timers().await, 0);
        let gone = Notice::Unreachable {
            task_id: task.id,
            agent_id: ana.agent_id.expect("an agent"),
        };
        let owners = [LEAD, BOSS, DEPUTY].map(|chat| (chat, gone.clone()));
        assert_eq!(world.tells().await, owners);
        world.reached(ANA, false).await;
        assert_eq!(world.tells().await, [], "once");
        world.reached(ANA, true).await;
        assert_eq!(world.waiting_timers().await, 1);
        let told = world.delivers().await;
        assert!(told.iter().any(|one| is_ring(one, ANA)));
    })
    .await;
}

#[tokio::test]
async fn a_decline_needs_a_reason_and_is_told_to_those_who_answer_for_the_task() {
    each(async |world: World| {
        let (_, ana, task) = one_is_silent(&world, Priority::Medium).await;
        world.delivers().await;
        let decline = |reason: &str| Answer::Decline {
            reason: reason.into(),
        };
        let empty = world.answer(&ana, task.id, decline(" ")).await;
        assert_eq!(crate::support::refusal(empty), domain::Refusal::NeedsReason);
        for _ in 0..2 {
            let again = world.answer(&ana, task.id, decline("sin móvil")).await;
            again.expect("a double tap is harmless");
        }
        let no = Notice::Declined {
            task_id: task.id,
            agent_id: ana.agent_id.expect("an agent"),
        };
        let owners = [LEAD, BOSS, DEPUTY].map(|chat| (chat, no.clone()));
        assert_eq!(world.tells().await, owners);
    })
    .await;
}

#[tokio::test]
async fn a_lead_who_declines_hands_over_to_the_next_who_can_hear() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let beto = world.person("Beto", Level::Agent, LEAD).await;
        let dora = world
            .member("Dora", Level::Agent, None, world.unit_id)
            .await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let task = world.patrol(&boss, &[&beto, &dora, &ana]).await;
        let no = Answer::Decline {
            reason: "enfermo".into(),
        };
        let task = world.answer(&beto, task.id, no).await.expect("declined");
        assert_eq!(task.lead.map(|lead| lead.name), Some("Ana".into()));
    })
    .await;
}

#[tokio::test]
async fn who_says_at_work_that_he_cannot_is_heard_of_once_by_those_who_answer_for_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let beto = world.person("Beto", Level::Agent, LEAD).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let task = world.begun(&boss, &[&beto, &ana]).await;
        world.delivers().await;
        let agent_id = ana.agent_id.expect("an agent");
        for _ in 0..2 {
            let (who, why) = (ana.clone(), Some("Pinché una goma".to_owned()));
            let said = world.store.write(move |tx| {
                Box::pin(async move {
                    agent::set_availability(tx, &who, agent_id, true, why, None).await
                })
            });
            said.await.expect("said");
        }
        let task_id = task.id;
        let cannot = Notice::Unavailable { task_id, agent_id };
        let owners = [LEAD, BOSS].map(|chat| (chat, cannot.clone()));
        assert_eq!(world.tells().await, owners);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_accepted_and_cannot_begin_is_told_to_those_who_answer_for_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.person("Ana", Level::Agent, ANA).await;
        let now = world.store.now();
        let mut tasks = Vec::new();
        for hours in [1, 5, 30] {
            let planned = NewTask {
                planned_start: When::At(now + TimeDelta::hours(hours)),
                ..patrol(&[&ana])
            };
            let task = world.create(&boss, planned).await.expect("planned");
            tasks.push(task);
        }
        for task in [&tasks[0], &tasks[2]] {
            let yes = world.answer(&ana, task.id, Answer::Acknowledge).await;
            yes.expect("accepted");
        }
        world.delivers().await;
        let (soon, agent_id) = (tasks[0].clone(), ana.agent_id.expect("an agent"));
        let (who, until) = (ana.clone(), Some(now + TimeDelta::hours(8)));
        let counting = world.store.write(move |tx| {
            Box::pin(async move {
                agent::set_availability(tx, &who, agent_id, true, None, until).await?;
                assignment::counting_on(tx, agent_id, until).await
            })
        });
        assert_eq!(counting.await.expect("said"), [soon.code]);
        let cannot = |task_id| (BOSS, Notice::Unavailable { task_id, agent_id });
        assert_eq!(world.tells().await, [cannot(soon.id)]);
        let (who, longer) = (ana.clone(), Some(now + TimeDelta::hours(40)));
        let said = world.store.write(move |tx| {
            Box::pin(async move {
                agent::set_availability(tx, &who, agent_id, true, None, longer).await
            })
        });
        said.await.expect("said");
        assert_eq!(world.tells().await, [cannot(tasks[2].id)]);
    })
    .await;
}
