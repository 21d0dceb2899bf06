//! Lists, figures, the board and reminders agree about what is late, whatever happened before.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    late,
    outbox::Notice,
    page::Window,
    remind::{self, Reminder},
    stats,
    task::{
        Status, Task,
        create::{NewTask, When},
        edit::TaskPatch,
        life::Step,
        list::{self, TaskFilter},
    },
};
use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::EntityTrait;

use crate::{
    rota::{at, until, write},
    support::{World, each, patrol},
};

struct Post {
    world: World,
    boss: Actor,
    ana: Actor,
    id: i64,
}

impl Post {
    /// A patrol that begins in an hour, until a named hour or for as long as its kind lasts, which is one hour.
    async fn new(world: World, end: Option<i64>) -> Self {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let new = NewTask {
            planned_start: When::At(at(1)),
            planned_end: end.map(|hour| When::At(at(hour))),
            ..patrol(&[&ana])
        };
        let id = world.create(&boss, new).await.expect("made").id;
        Self {
            world,
            boss,
            ana,
            id,
        }
    }

    async fn task(&self) -> Task {
        self.world.task(&self.boss, self.id).await
    }

    /// Whether it is late, by everybody's word.
    async fn is_late(&self) -> bool {
        let (store, now) = (&self.world.store, self.world.store.now());
        let filter = TaskFilter {
            late: true,
            ..TaskFilter::default()
        };
        let listed = list::list(store, &self.boss, filter, Window::first(5)).await;
        let listed = listed.expect("a page").items.len();
        let figures = stats::overview(store, &self.boss).await.expect("figures");
        let task = self.task().await;
        let late = late::from(&task).is_some_and(|from| from <= now);
        let told = (listed == 1, figures.late == 1);
        assert_eq!(told, (late, late), "list and figures of {task:?} at {now}");
        late
    }

    async fn heard(&self, chat: i64, what: Reminder) -> Vec<DateTime<Utc>> {
        let rows = self.world.all::<entity::outbox::Entity>().await;
        let told = rows.into_iter().filter(|row| row.chat_id == chat);
        told.filter(|row| {
            let notice = serde_json::from_value(row.notice.clone()).expect("a notice");
            matches!(notice, Notice::Reminder { what: one, .. } if one == what)
        })
        .map(|row| row.created_at)
        .collect()
    }
}

#[tokio::test]
async fn after_a_pause_the_board_and_the_reminder_say_late_at_the_same_moment() {
    each(async |world: World| {
        let post = Post::new(world, None).await;
        until(&post.world, 1).await;
        let (world, id) = (&post.world, post.id);
        let begun = world.start(&post.ana, id, Step::default()).await;
        begun.expect("begun");
        world.wait(TimeDelta::minutes(30));
        let rain = Step::because("Lluvia");
        world.pause(&post.ana, id, rain).await.expect("paused");
        until(world, 4).await;
        assert!(!post.is_late().await, "half an hour of work is left");
        let on = world.resume(&post.ana, id, Step::default()).await;
        on.expect("resumed");
        let half = at(4) + TimeDelta::minutes(30);
        world.store.clock().set(half - TimeDelta::seconds(1));
        world.run_timers().await;
        assert!(!post.is_late().await);
        until(world, 5).await;
        assert!(post.is_late().await);
        assert_eq!(post.heard(1, Reminder::Running).await, [half]);
    })
    .await;
}

#[tokio::test]
async fn a_reminder_is_judged_again_when_it_is_worded() {
    each(async |world: World| {
        let post = Post::new(world, Some(2)).await;
        let (world, id) = (&post.world, post.id);
        let still = async |who: &Actor, what| {
            let found = remind::still(&world.store, who, id, what).await;
            found.expect("an answer").is_some()
        };
        world.store.clock().set(at(1) - TimeDelta::minutes(40));
        assert!(still(&post.ana, Reminder::Soon).await);
        assert!(!still(&post.ana, Reminder::Near).await, "not yet");
        let eva = world.person("Eva", Level::Agent, 3).await;
        let crew = crate::support::crew(&[&eva]);
        world.assign(&post.boss, id, crew).await.expect("replaced");
        assert!(!still(&post.ana, Reminder::Soon).await, "none of hers");
        assert!(still(&eva, Reminder::Soon).await);
        let later = TaskPatch {
            planned_start: Some(When::At(at(3))),
            planned_end: Some(Some(When::At(at(4)))),
            ..TaskPatch::default()
        };
        world.edit(&post.boss, id, later).await.expect("moved");
        assert!(!still(&eva, Reminder::Soon).await, "in more than two hours");

        world.store.clock().set(at(3) + TimeDelta::minutes(10));
        assert!(still(&eva, Reminder::NotStarted).await);
        let begun = world.start(&eva, id, Step::default()).await;
        begun.expect("begun");
        assert!(!still(&eva, Reminder::NotStarted).await);
        assert!(!still(&eva, Reminder::Running).await, "in its time");
        world.store.clock().set(at(4));
        assert!(still(&eva, Reminder::Running).await);
        assert!(still(&post.boss, Reminder::Running).await);
        let more = write!(world, eva, |tx, eva| remind::extend(tx, &eva, id));
        more.expect("extended");
        assert!(!still(&eva, Reminder::Running).await, "it has more time");
        world.store.clock().set(at(28));
        assert!(still(&eva, Reminder::Stalled).await);
        let done = world.complete(&eva, id, Step::default()).await;
        done.expect("done");
        for what in Reminder::ALL {
            assert!(!still(&eva, what).await, "{what:?} of what is done");
        }
    })
    .await;
}

#[tokio::test]
async fn windows_of_an_earlier_release_get_their_pauses_once() {
    each(async |world: World| {
        let post = Post::new(world, None).await;
        let (world, id) = (&post.world, post.id);
        world.store.clock().set(at(1));
        let begun = world.start(&post.ana, id, Step::default()).await;
        let end = begun.expect("begun").window_end.expect("a window");
        let named = NewTask {
            planned_end: Some(When::At(at(3))),
            ..patrol(&[])
        };
        let named = world.create(&post.boss, named).await.expect("made");
        let paused = entity::task::Entity::update_many()
            .col_expr(entity::task::Column::PausedSeconds, 600.into())
            .col_expr(entity::task::Column::Status, "in_progress".into())
            .exec(world.store.writer())
            .await;
        paused.expect("as an earlier release left them");
        for _ in 0..2 {
            domain::timer::start(&world.store).await.expect("started");
        }
        let now = post.task().await.window_end;
        assert_eq!(now, Some(end + TimeDelta::minutes(10)));
        let other = world.task(&post.boss, named.id).await.window_end;
        assert_eq!(other, Some(at(3)), "by the clock");
    })
    .await;
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Start,
    Pause,
    Resume,
    Done,
    Reopen,
    Extend,
    /// Up to so many quarters of an hour.
    Wait(i64),
}

fn moves() -> impl Strategy<Value = (Option<i64>, Vec<Move>)> {
    let one = prop_oneof![
        Just(Move::Start),
        Just(Move::Pause),
        Just(Move::Resume),
        Just(Move::Done),
        Just(Move::Reopen),
        Just(Move::Extend),
        (1i64..9).prop_map(Move::Wait),
        (1i64..9).prop_map(Move::Wait),
    ];
    (
        proptest::option::of(2i64..5),
        proptest::collection::vec(one, 1..16),
    )
}

impl Post {
    /// What does not fit is refused, and changes nothing.
    async fn step(&self, one: Move) {
        let (world, id) = (&self.world, self.id);
        let done = match one {
            Move::Start => world.start(&self.ana, id, Step::default()).await.is_ok(),
            Move::Pause => {
                let step = Step::because("Lluvia");
                world.pause(&self.ana, id, step).await.is_ok()
            }
            Move::Resume => world.resume(&self.ana, id, Step::default()).await.is_ok(),
            Move::Done => world.complete(&self.ana, id, Step::default()).await.is_ok(),
            Move::Reopen => {
                let step = Step::because("Faltó algo");
                world.reopen(&self.boss, id, step).await.is_ok()
            }
            Move::Extend => {
                let more = write!(world, self.ana, |tx, ana| remind::extend(tx, &ana, id));
                more.is_ok()
            }
            Move::Wait(quarters) => {
                self.pass(TimeDelta::minutes(15 * quarters)).await;
                true
            }
        };
        if done {
            world.run_timers().await;
        }
    }

    async fn pass(&self, time: TimeDelta) {
        let end = self.world.store.now() + time;
        while let Some(next) = domain::timer::next(&self.world.store)
            .await
            .expect("timers")
        {
            if next > end {
                break;
            }
            self.world
                .store
                .clock()
                .set(next.max(self.world.store.now()));
            self.world.run_timers().await;
        }
        self.world.store.clock().set(end);
    }

    async fn live(self, moves: &[Move]) {
        // Whether work ran late at some time, and whether it should have begun.
        let (mut ran_late, mut waited) = (false, false);
        for (number, one) in moves.iter().enumerate() {
            self.step(*one).await;
            let late = self.is_late().await;
            match self.task().await.status {
                Status::InProgress => ran_late |= late,
                Status::Scheduled => waited |= late,
                _ => {}
            }
            let told = (
                self.heard(1, Reminder::Running).await.len(),
                self.heard(1, Reminder::NotStarted).await.len(),
            );
            let wanted = (usize::from(ran_late), usize::from(waited));
            assert_eq!(told, wanted, "after {:?}", &moves[..=number]);
        }
    }
}

/// As many stories on each database as keep the test short.
const STORIES: u32 = 48;

#[test]
fn everybody_agrees_about_what_is_late_for_any_history() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: STORIES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tried = runner.run(&moves(), |(end, moves)| {
        runtime.block_on(each(async |world: World| {
            Post::new(world, end).await.live(&moves).await;
        }));
        Ok(())
    });
    tried.expect("the same everywhere");
}
