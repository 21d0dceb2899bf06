//! Availability equals a plain model for random histories, and what time changes is told exactly once.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, actor::Level, agent, availability::Availability, task::life::Step, timer::Due,
};
use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::EntityTrait;

use super::{at, heard, id, planned, seq, until, write};
use crate::support::{World, each};

#[derive(Clone, Debug)]
enum Move {
    Shift(i64, i64),
    Leave(i64, i64),
    /// For so many hours, or until further notice.
    Away(Option<i64>),
    Back,
    Work,
    Done,
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let span = || (0i64..30, 1i64..10);
    let one = prop_oneof![
        span().prop_map(|(from, long)| Move::Shift(from, long)),
        span().prop_map(|(from, long)| Move::Leave(from, long)),
        proptest::option::of(1i64..6).prop_map(Move::Away),
        Just(Move::Back),
        Just(Move::Work),
        Just(Move::Done),
        (1i64..8).prop_map(Move::Wait),
    ];
    proptest::collection::vec(one, 1..14)
}

/// The rule of the product, told in lists.
#[derive(Default)]
struct Model {
    shifts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    leaves: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    away: Option<Option<DateTime<Utc>>>,
    works: bool,
}

impl Model {
    fn is(&self, now: DateTime<Utc>) -> Availability {
        let within = |spans: &[(DateTime<Utc>, DateTime<Utc>)]| {
            spans.iter().any(|(from, to)| *from <= now && now < *to)
        };
        if within(&self.leaves) {
            Availability::OnLeave
        } else if self.works {
            Availability::OnTask
        } else if self
            .away
            .is_some_and(|until| until.is_none_or(|until| now < until))
        {
            Availability::Unavailable
        } else if !self.shifts.is_empty() && !within(&self.shifts) {
            Availability::OffShift
        } else {
            Availability::Available
        }
    }
}

struct Story {
    world: World,
    boss: Actor,
    ana: Actor,
    model: Model,
    task: Option<i64>,
}

impl Story {
    async fn new(world: World) -> Self {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        Self {
            world,
            boss,
            ana,
            model: Model::default(),
            task: None,
        }
    }

    async fn step(&mut self, one: &Move) {
        let now = self.world.store.now();
        let span = |from: i64, long: i64| {
            (
                now + TimeDelta::hours(from),
                now + TimeDelta::hours(from + long),
            )
        };
        let agent_id = id(&self.ana);
        match one {
            Move::Shift(from, long) => {
                let span = span(*from, *long);
                if self.world.shift(&self.boss, agent_id, span).await.is_ok() {
                    self.model.shifts.push(span);
                }
            }
            Move::Leave(from, long) => {
                let span = span(*from, *long);
                let asked = self.world.leave(&self.boss, agent_id, span).await;
                if asked.is_ok() {
                    self.model.leaves.push(span);
                }
            }
            Move::Away(hours) => {
                let until = hours.map(|hours| now + TimeDelta::hours(hours));
                self.set(true, until).await;
                self.model.away = Some(until);
            }
            Move::Back => {
                self.set(false, None).await;
                self.model.away = None;
            }
            Move::Work => self.work().await,
            Move::Done => self.done().await,
            Move::Wait(hours) => {
                let hour = (now - at(0)).num_hours() + hours;
                until(&self.world, hour).await;
            }
        }
    }

    async fn set(&self, away: bool, until: Option<DateTime<Utc>>) {
        let agent_id = id(&self.ana);
        write!(self.world, self.ana, |tx, ana| agent::set_availability(
            tx, &ana, agent_id, away, None, until
        ))
        .expect("set");
    }

    async fn work(&mut self) {
        if self.task.is_some() {
            return;
        }
        let mut new = crate::support::patrol(&[&self.ana]);
        new.crew.override_reason = Some("Prueba".into());
        // Leave stands against it.
        let Ok(task) = self.world.create(&self.boss, new).await else {
            return;
        };
        let begun = self.world.start(&self.ana, task.id, Step::default()).await;
        self.task = Some(begun.expect("begun").id);
        self.model.works = true;
    }

    async fn done(&mut self) {
        if let Some(task_id) = self.task.take() {
            let done = self
                .world
                .complete(&self.ana, task_id, Step::default())
                .await;
            done.expect("done");
            self.model.works = false;
        }
    }

    async fn check(&self, told: &[Move]) {
        let now = self.world.store.now();
        let found = agent::find(&self.world.store, &self.boss, id(&self.ana)).await;
        let is = found.expect("seen").availability;
        assert_eq!(is, self.model.is(now), "after {told:?}");
        let last = heard(&self.world, id(&self.ana), 0).await.pop();
        if let Some(last) = last {
            assert_eq!(last, is, "what the board heard last, after {told:?}");
        }
    }
}

async fn live(world: World, moves: &[Move]) {
    let mut story = Story::new(world).await;
    for (number, one) in moves.iter().enumerate() {
        story.step(one).await;
        story.check(&moves[..=number]).await;
    }
}

/// As many stories on each database as keep the test short.
const STORIES: u32 = 48;

#[test]
fn availability_is_the_plain_rule_for_any_history() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: STORIES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tried = runner.run(&moves(), |moves| {
        runtime.block_on(each(async |world: World| live(world, &moves).await));
        Ok(())
    });
    tried.expect("the same everywhere");
}

#[tokio::test]
async fn time_alone_is_told_once_per_change_though_two_processes_look() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        planned(&world, &boss, &ana, 2, 10).await;
        planned(&world, &boss, &ana, 10, 12).await;
        world
            .leave(&boss, id(&ana), (at(4), at(6)))
            .await
            .expect("approved");
        let since = seq(&world).await;
        let other = world.other_process().await;
        for hour in 1..14 {
            world.store.clock().set(at(hour));
            let (one, two) = tokio::join!(work(&world.store), work(&other));
            assert!(one + two <= 1, "at {hour}: {one} and {two}");
        }
        assert_eq!(
            heard(&world, id(&ana), since).await,
            [
                Availability::Available,
                Availability::OnLeave,
                Availability::Available,
                Availability::OffShift
            ],
            "one shift that follows another is no change"
        );
    })
    .await;
}

/// Does what is due; how much of it tells of availability: who is missing is another matter.
async fn work(store: &domain::Store) -> usize {
    let due = domain::timer::claim(store, 10).await.expect("timers");
    for claim in &due {
        domain::timer::run(store, claim).await.expect("it runs");
    }
    let told = due
        .iter()
        .filter(|claim| !matches!(claim.due, Due::Missing { .. }));
    told.count()
}

#[tokio::test]
async fn that_somebody_cannot_is_known_beside_what_decides_until_it_is_over() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.begun(&boss, &[&ana]).await;
        let (agent_id, ends) = (id(&ana), at(1));
        let why = Some("Comida".to_owned());
        write!(world, ana, |tx, ana| agent::set_availability(
            tx,
            &ana,
            agent_id,
            true,
            why,
            Some(ends)
        ))
        .expect("set");
        let seen = async || {
            let found = agent::find(&world.store, &boss, agent_id).await;
            found.expect("seen")
        };
        let now = seen().await;
        assert_eq!(
            (now.availability, now.unavailable),
            (Availability::OnTask, true)
        );
        assert_eq!(
            (now.reason.as_deref(), now.until),
            (Some("Comida"), Some(ends))
        );
        world.store.clock().set(ends);
        let then = seen().await;
        assert_eq!(
            (then.availability, then.unavailable),
            (Availability::OnTask, false)
        );
        assert_eq!((then.reason, then.until), (None, None));
    })
    .await;
}

#[tokio::test]
async fn a_timer_that_comes_late_still_tells_what_has_changed() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let one = planned(&world, &boss, &ana, 2, 10).await;
        let since = seq(&world).await;
        world.store.clock().set(at(11));
        world.run_timers().await;
        assert!(
            heard(&world, id(&ana), since).await.is_empty(),
            "off shift before and after"
        );
        let now = domain::shift::find(&world.store, &ana, one.id)
            .await
            .expect("hers");
        assert_eq!(now.status, domain::shift::ShiftStatus::Ended);
        assert!(
            super::told(&world, 2).await.is_empty(),
            "nobody is asked after the end"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_start_at_once_one_asks_whoever_has_no_timer() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let other = world.other_process().await;
        for round in 0..20 {
            let chat = 100 + round;
            let name = format!("Ana{round}");
            let ana = world.person(&name, Level::Agent, chat).await;
            planned(&world, &boss, &ana, 1, 9).await;
        }
        let gone = entity::timer::Entity::delete_many();
        let gone = gone.exec(world.store.writer()).await;
        gone.expect("as an earlier release left it");
        world.store.clock().set(at(1));
        let (one, two) = tokio::join!(
            domain::timer::start(&world.store),
            domain::timer::start(&other)
        );
        one.and(two).expect("both are up");
        for chat in 100..120 {
            let told = super::told(&world, chat).await;
            assert_eq!(told.len(), 1, "{told:?}");
        }
    })
    .await;
}
