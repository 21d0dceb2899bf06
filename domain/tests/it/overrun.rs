//! Work is past its time by what its kind really takes, counted from when it really began and without its pauses; what
//! somebody named is by the clock. What ended is judged as it would have been while it ran.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    figures::{self, Period},
    late,
    outbox::Notice,
    remind::Reminder,
    task::{
        Task,
        create::{NewTask, When},
        edit::TaskPatch,
        life::Step,
    },
};

use crate::{
    rota::{at, until},
    support::{World, each, patrol},
};

struct Post {
    world: World,
    boss: Actor,
    ana: Actor,
}

fn minutes(hour: i64, minutes: i64) -> DateTime<Utc> {
    at(hour) + TimeDelta::minutes(minutes)
}

impl Post {
    async fn of(world: World) -> Self {
        Self {
            boss: world.person("Silva", Level::Supervisor, 1).await,
            ana: world.person("Ana", Level::Agent, 2).await,
            world,
        }
    }

    /// Five patrols of half an hour, by which the next ones are judged.
    async fn known(&self) {
        for _ in 0..5 {
            let task = self.world.begun(&self.boss, &[&self.ana]).await;
            self.world.wait(TimeDelta::minutes(30));
            let done = self.world.complete(&self.ana, task.id, Step::default());
            done.await.expect("done");
        }
        until(&self.world, 3).await;
    }

    async fn planned(&self, hour: i64) -> Task {
        let new = NewTask {
            planned_start: When::At(at(hour)),
            ..patrol(&[&self.ana])
        };
        self.world.create(&self.boss, new).await.expect("made")
    }

    async fn late_from(&self, id: i64) -> Option<DateTime<Utc>> {
        late::from(&self.world.task(&self.boss, id).await)
    }

    /// When a chat was told that work takes too long.
    async fn heard(&self, chat: i64) -> Vec<DateTime<Utc>> {
        let rows = self.world.all::<entity::outbox::Entity>().await;
        let told = rows.into_iter().filter(|row| row.chat_id == chat);
        told.filter(|row| {
            let notice = serde_json::from_value(row.notice.clone()).expect("a notice");
            matches!(
                notice,
                Notice::Reminder {
                    what: Reminder::Running,
                    ..
                }
            )
        })
        .map(|row| row.created_at)
        .collect()
    }

    /// How many ended by when they should, of how many.
    async fn on_time(&self) -> (u64, u64) {
        let period = Period::last(&self.world.store, 2);
        let told = figures::of_scope(&self.world.store, &self.boss, period).await;
        let total = told.expect("figures").total;
        (total.on_time, total.timed)
    }
}

#[tokio::test]
async fn what_begins_late_is_past_its_time_by_how_long_it_really_runs() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.known().await;
        let (world, id) = (&post.world, post.planned(4).await.id);
        until(world, 5).await;
        let begun = world.start(&post.ana, id, Step::default()).await;
        begun.expect("an hour late");
        assert_eq!(post.late_from(id).await, Some(minutes(5, 30)));
        world.store.clock().set(minutes(5, 10));
        let rain = Step::because("Lluvia");
        world.pause(&post.ana, id, rain).await.expect("paused");
        until(world, 6).await;
        assert_eq!(post.late_from(id).await, None, "twenty minutes are left");
        let on = world.resume(&post.ana, id, Step::default()).await;
        on.expect("resumed");
        assert_eq!(post.late_from(id).await, Some(minutes(6, 20)));
        until(world, 8).await;
        assert_eq!(post.heard(1).await, [minutes(6, 20)], "once");
        let hourly = [minutes(6, 20), minutes(7, 20)];
        assert_eq!(post.heard(2).await, hourly);
    })
    .await;
}

#[tokio::test]
async fn an_end_that_somebody_named_counts_by_the_clock_whatever_the_kind_takes() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.known().await;
        let (world, id) = (&post.world, post.planned(4).await.id);
        until(world, 4).await;
        let begun = world.start(&post.ana, id, Step::default()).await;
        begun.expect("begun");
        let named = TaskPatch {
            planned_end: Some(Some(When::At(at(6)))),
            ..TaskPatch::default()
        };
        world.edit(&post.boss, id, named).await.expect("named");
        until(world, 5).await;
        let rain = Step::because("Lluvia");
        world.pause(&post.ana, id, rain).await.expect("paused");
        assert_eq!(post.late_from(id).await, Some(at(6)), "in a pause too");
        assert!(post.heard(1).await.is_empty(), "three in four take less");
    })
    .await;
}

#[tokio::test]
async fn what_ended_in_a_pause_is_on_time_by_the_work_that_was_done() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.known().await;
        let before = post.on_time().await;
        assert_eq!(before, (5, 5));
        let (world, id) = (&post.world, post.planned(3).await.id);
        let begun = world.start(&post.ana, id, Step::default()).await;
        begun.expect("begun");
        world.store.clock().set(minutes(3, 20));
        let rain = Step::because("Lluvia");
        world.pause(&post.ana, id, rain).await.expect("paused");
        until(world, 7).await;
        assert_eq!(post.late_from(id).await, None);
        let done = world.complete(&post.ana, id, Step::default()).await;
        done.expect("done");
        assert_eq!(post.on_time().await, (6, 6), "twenty minutes of work");
    })
    .await;
}

#[tokio::test]
async fn what_was_said_to_have_begun_only_at_its_end_is_judged_from_then_on() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.known().await;
        let world = &post.world;
        let ids = [post.planned(4).await.id, post.planned(5).await.id];
        until(world, 7).await;
        for (id, began, on_time) in [(ids[0], minutes(6, 45), 6), (ids[1], minutes(6, 15), 6)] {
            let told = Step {
                started_at: Some(began),
                ..Step::default()
            };
            let done = world.complete(&post.ana, id, told).await.expect("done");
            assert_eq!(done.window_end, Some(began + TimeDelta::minutes(30)));
            assert_eq!(post.on_time().await.0, on_time, "begun {began}");
        }
    })
    .await;
}
