//! What leaves late: judged again by its reader's duty; and a reminder counts on the day on which it leaves.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    assignment::Answer,
    digest, lease,
    outbox::{self, Notice, Outcome, Settled},
    remind::{self, Reminder},
    shift,
    task::{
        Priority, Task,
        create::{NewTask, When},
    },
};
use entity::nudge_day;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    rota::id,
    support::{World, each, patrol, start},
};

fn minute(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

/// Begins at that minute.
async fn planned(world: &World, boss: &Actor, who: &Actor, begins: i64, urgent: bool) -> Task {
    let mut new = NewTask {
        priority: urgent.then_some(Priority::Critical),
        planned_start: When::At(minute(begins)),
        planned_end: Some(When::At(minute(begins + 10))),
        ..patrol(&[who])
    };
    new.crew.override_reason = Some("Prueba".into());
    let task = world.create(boss, new).await.expect("created");
    let taken = world.answer(who, task.id, Answer::Acknowledge).await;
    taken.expect("taken");
    task
}

/// When the reminder of a task was put on its way.
async fn pushed(world: &World, task: &Task) -> Option<DateTime<Utc>> {
    let soon = Notice::Reminder {
        task_id: task.id,
        what: Reminder::Soon,
    };
    let rows = world.all::<entity::outbox::Entity>().await;
    rows.into_iter()
        .find(|row| serde_json::from_value(row.notice.clone()).ok().as_ref() == Some(&soon))
        .map(|row| row.created_at)
}

async fn bears(world: &World, who: &Actor, task: &Task, since: DateTime<Utc>) -> bool {
    remind::bears(&world.store, who, task, since)
        .await
        .expect("the database answers")
}

/// Telegram takes everything that waits.
async fn telegram_takes(world: &World) {
    let span = Duration::from_secs(60);
    let lease = lease::take(&world.store, "sender".into(), "us".into(), span);
    let fence = lease.await.expect("a lease").expect("free");
    loop {
        let taken = outbox::claim(&world.store, fence.clone(), 100, Vec::new()).await;
        let taken = taken.expect("messages");
        if taken.is_empty() {
            return;
        }
        let settled = taken.into_iter().map(|message| Settled {
            message,
            outcome: Outcome::Sent { message_id: None },
            shown: None,
        });
        outbox::settle_all(&world.store, fence.clone(), settled.collect())
            .await
            .expect("settled");
    }
}

#[tokio::test]
async fn nobody_hears_it_after_his_shift_because_it_was_delayed() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        for who in [&ana, &beto] {
            let span = (minute(-60), minute(30));
            world.shift(&boss, id(who), span).await.expect("planned");
        }
        let calm = planned(&world, &boss, &ana, 60, false).await;
        let grave = planned(&world, &boss, &beto, 60, true).await;
        world.store.clock().set(minute(20));
        world.run_timers().await;
        let since = pushed(&world, &calm).await.expect("on her shift");
        assert!(bears(&world, &ana, &calm, since).await);
        world.store.clock().set(minute(31));
        let holds = remind::still(&world.store, &ana, calm.id, Reminder::Soon).await;
        assert!(holds.expect("an answer").is_some(), "it is still true");
        assert!(!bears(&world, &ana, &calm, since).await);
        assert!(bears(&world, &beto, &grave, since).await);
    })
    .await;
}

#[tokio::test]
async fn it_counts_on_the_day_on_which_it_leaves() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let user_id = ana.user_id.expect("an account");
        // Midnight on the wall of Buenos Aires is minute 720.
        let task = planned(&world, &boss, &ana, 740, false).await;
        telegram_takes(&world).await;
        world.store.clock().set(minute(700));
        world.run_timers().await;
        let since = pushed(&world, &task).await.expect("on its way");
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        let used = async |day: NaiveDate| {
            let rows = world.all::<nudge_day::Entity>().await;
            let hers = rows
                .iter()
                .find(|row| row.user_id == user_id && row.day == day);
            hers.map_or(0, |row| row.used)
        };
        assert_eq!((used(day(22)).await, used(day(23)).await), (1, 0));

        world.store.clock().set(minute(721));
        assert!(bears(&world, &ana, &task, since).await);
        let full = nudge_day::ActiveModel {
            user_id: Set(user_id),
            day: Set(day(23)),
            used: Set(5),
        };
        world.insert(full).await;
        assert!(!bears(&world, &ana, &task, since).await, "she heard enough");
        let four = nudge_day::ActiveModel {
            user_id: Set(user_id),
            day: Set(day(23)),
            used: Set(4),
        };
        let four = nudge_day::Entity::update(four).exec(world.store.writer());
        four.await.expect("one less");
        telegram_takes(&world).await;
        assert_eq!((used(day(22)).await, used(day(23)).await), (0, 5));
    })
    .await;
}

/// A supervisor who is an agent too, on his shift until minute 30.
async fn working_supervisor(world: &World) -> Actor {
    let root = world.person("Root", Level::Admin, 9).await;
    let silva = world.person("Silva", Level::Agent, 1).await;
    let span = (minute(-60), minute(30));
    let shift = world.shift(&root, id(&silva), span).await;
    shift.expect("planned");
    Actor {
        level: Level::Supervisor,
        ..silva
    }
}

#[tokio::test]
async fn an_overview_is_not_said_after_his_shift_or_hours_later() {
    each(async |world: World| {
        let boss = working_supervisor(&world).await;
        let desk = world.person("Marta", Level::Supervisor, 2).await;
        let since = minute(20);
        let bears = async |who: &Actor| {
            let answer = digest::bears(&world.store, who, since).await;
            answer.expect("the database answers")
        };
        world.store.clock().set(minute(29));
        assert!(bears(&boss).await && bears(&desk).await);
        world.store.clock().set(minute(31));
        assert!(!bears(&boss).await, "he has gone home");
        assert!(bears(&desk).await);
        world.store.clock().set(minute(20 + 240));
        assert!(!bears(&desk).await, "it changed hours ago");
    })
    .await;
}

#[tokio::test]
async fn who_is_missing_is_not_said_after_his_shift() {
    each(async |world: World| {
        let boss = working_supervisor(&world).await;
        let desk = world.person("Marta", Level::Supervisor, 2).await;
        let ana = world.person("Ana", Level::Agent, 3).await;
        let span = (minute(0), minute(120));
        let shift = world.shift(&desk, id(&ana), span).await.expect("planned");
        let named = async |who: &Actor| {
            let unit = Some(world.unit_id);
            let missing = shift::missing(&world.store, who, unit, shift.starts_at).await;
            missing.expect("the database answers").len()
        };
        world.store.clock().set(minute(29));
        assert_eq!((named(&boss).await, named(&desk).await), (1, 1));
        world.store.clock().set(minute(31));
        assert_eq!((named(&boss).await, named(&desk).await), (0, 1));
    })
    .await;
}
