//! What is said about the time of a task is said once, whoever is at it and whatever happens in between.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Store,
    actor::Level,
    outbox::Notice,
    remind::{self, Reminder},
    task::{
        create::{NewTask, When},
        life::Step,
    },
    timer,
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    rota::{at, until, write},
    support::{World, each, patrol, refusal},
};

struct Post {
    world: World,
    boss: Actor,
    ana: Actor,
}

impl Post {
    async fn of(world: World) -> Self {
        Self {
            boss: world.person("Silva", Level::Supervisor, 1).await,
            ana: world.person("Ana", Level::Agent, 2).await,
            world,
        }
    }

    /// From one hour after the start to the next.
    async fn planned(&self) -> i64 {
        let new = NewTask {
            planned_start: When::At(at(1)),
            planned_end: Some(When::At(at(2))),
            ..patrol(&[&self.ana])
        };
        self.world.create(&self.boss, new).await.expect("made").id
    }

    async fn started(&self) -> i64 {
        let id = self.planned().await;
        until(&self.world, 1).await;
        let done = self.world.start(&self.ana, id, Step::default()).await;
        done.expect("begun").id
    }

    /// What was said, to whom and when, in this order.
    async fn said(&self) -> Vec<(Reminder, i64, DateTime<Utc>)> {
        let rows = self.world.all::<entity::outbox::Entity>().await;
        let told = rows.into_iter().filter_map(|row| {
            match serde_json::from_value(row.notice).expect("a notice") {
                Notice::Reminder { what, .. } => Some((what, row.chat_id, row.created_at)),
                _ => None,
            }
        });
        told.collect()
    }

    async fn heard(&self, chat: i64, what: Reminder) -> Vec<DateTime<Utc>> {
        let said = self.said().await.into_iter();
        said.filter(|(one, to, _)| (*one, *to) == (what, chat))
            .map(|(.., at)| at)
            .collect()
    }
}

fn minutes(hour: i64, minutes: i64) -> DateTime<Utc> {
    at(hour) + TimeDelta::minutes(minutes)
}

#[tokio::test]
async fn a_pause_does_not_make_a_supervisor_hear_again_what_he_knows() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let id = post.started().await;
        until(&post.world, 3).await;
        assert_eq!(post.heard(1, Reminder::Running).await, [at(2)]);
        assert_eq!(post.heard(2, Reminder::Running).await, [at(2), at(3)]);
        let step = Step::because("Lluvia");
        let done = post.world.pause(&post.ana, id, step).await;
        done.expect("paused");
        until(&post.world, 5).await;
        assert_eq!(post.heard(2, Reminder::Running).await, [at(2), at(3)]);
        let done = post.world.resume(&post.ana, id, Step::default()).await;
        done.expect("resumed");
        until(&post.world, 6).await;
        assert_eq!(post.heard(1, Reminder::Running).await, [at(2)]);
        let heard = post.heard(2, Reminder::Running).await;
        assert_eq!(heard, [at(2), at(3), at(6)]);
    })
    .await;
}

#[tokio::test]
async fn half_an_hour_more_is_half_an_hour_however_often_it_is_tapped() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let id = post.started().await;
        until(&post.world, 2).await;
        for _ in 0..2 {
            let end = write!(post.world, post.ana, |tx, ana| remind::extend(tx, &ana, id));
            assert_eq!(end.expect("extended"), minutes(2, 30));
        }
        post.world.store.clock().set(minutes(2, 29));
        post.world.run_timers().await;
        assert_eq!(post.heard(2, Reminder::Running).await, [at(2)]);
        until(&post.world, 3).await;
        assert_eq!(post.heard(1, Reminder::Running).await, [at(2)]);
        assert_eq!(
            post.heard(2, Reminder::Running).await,
            [at(2), minutes(2, 30)]
        );
        let late = post.world.complete(&post.ana, id, Step::default()).await;
        late.expect("completed");
        let more = write!(post.world, post.ana, |tx, ana| remind::extend(tx, &ana, id));
        refusal(more);
    })
    .await;
}

#[tokio::test]
async fn another_hour_moves_what_is_said() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let id = post.planned().await;
        let patch = domain::task::edit::TaskPatch {
            planned_start: Some(When::At(at(3))),
            planned_end: Some(Some(When::At(at(4)))),
            ..Default::default()
        };
        let done = post.world.edit(&post.boss, id, patch).await;
        done.expect("moved");
        until(&post.world, 4).await;
        let said: Vec<_> = post.said().await;
        let wanted = [
            (Reminder::Soon, 2, minutes(2, 20)),
            (Reminder::Near, 2, minutes(2, 50)),
            (Reminder::NotStarted, 1, minutes(3, 10)),
            (Reminder::NotStarted, 2, minutes(3, 10)),
        ];
        assert_eq!(said, wanted);
    })
    .await;
}

#[tokio::test]
async fn of_several_processes_one_reminds() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.planned().await;
        let other = post.world.other_process().await;
        post.world.store.clock().set(minutes(0, 20));
        let due = timer::claim(&post.world.store, 50).await.expect("timers");
        // The claim of the first has run out, the second has it too, and both do it.
        post.world.wait(TimeDelta::minutes(1));
        let again = timer::claim(&other, 50).await.expect("timers");
        assert!(!due.is_empty() && due.len() == again.len());
        let run = async |store: &Store, claims: &[timer::Claim]| {
            for claim in claims {
                timer::run(store, claim).await.expect("it runs");
            }
        };
        tokio::join!(run(&post.world.store, &due), run(&other, &again));
        assert_eq!(post.heard(2, Reminder::Soon).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_an_earlier_release_left_open_is_wound_up_once() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.planned().await;
        let rows = entity::timer::Entity::delete_many();
        let db = post.world.store.writer();
        rows.exec(db).await.expect("as an earlier release had none");
        let other = post.world.other_process().await;
        let started = tokio::join!(timer::start(&post.world.store), timer::start(&other));
        started.0.and(started.1).expect("started");
        until(&post.world, 2).await;
        for what in [Reminder::Soon, Reminder::Near, Reminder::NotStarted] {
            assert_eq!(post.heard(2, what).await.len(), 1, "{what:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn timers_of_a_newer_release_are_left_to_it() {
    each(async |world: World| {
        let now = world.store.now();
        let row = entity::timer::ActiveModel {
            kind: Set("tomorrow".into()),
            subject: Set("1".into()),
            data: Set(serde_json::json!({ "kind": "tomorrow", "wish": 1 })),
            due_at: Set(now - TimeDelta::hours(1)),
            status: Set(entity::timer::TimerStatus::Waiting),
            tries: Set(0),
            created_at: Set(now),
            ..Default::default()
        };
        world.insert(row).await;
        assert_eq!(timer::next(&world.store).await.expect("an answer"), None);
        timer::start(&world.store).await.expect("started");
        world.wait(TimeDelta::minutes(5));
        assert!(world.run_timers().await > 0, "our own still run");
        let rows = world.all::<entity::timer::Entity>().await;
        let foreign = rows.iter().find(|row| row.kind == "tomorrow");
        let foreign = foreign.expect("still there");
        assert_eq!(foreign.status, entity::timer::TimerStatus::Waiting);
        assert_eq!((foreign.tries, foreign.claimed_until), (0, None));
    })
    .await;
}
