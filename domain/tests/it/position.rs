//! Where people are is taken only when it may be, not too often, and forgotten in time.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    geo::Point,
    inbox::{self, Arrival},
    kept,
    page::Window,
    position::{self, Move, PositionSource, Shared},
    task::{Place, Task, create::NewTask, edit::TaskPatch, life::Step},
    timer::{self, Due},
};

use crate::{
    rota::{at, id, planned, write},
    support::{World, each, patrol, refusal},
};

async fn shares(world: &World, who: &Actor) -> Result<bool> {
    shares_at(world, who, world.store.now(), -34.6).await
}

/// A move of a live location, by Telegram's clock.
async fn shares_at(world: &World, who: &Actor, at: DateTime<Utc>, lat: f64) -> Result<bool> {
    let shared = Shared {
        point: Point { lat, lon: -58.4 },
        accuracy_m: Some(12.0),
        source: PositionSource::Live,
        at,
    };
    write!(world, who, |tx, who| position::share(tx, &who, shared))
}

async fn last(world: &World, who: &Actor) -> Option<(f64, DateTime<Utc>)> {
    let latest = position::latest(&world.store, vec![id(who)]).await;
    let latest = latest.expect("the database answers").remove(&id(who));
    latest.map(|last| (last.point.lat, last.at))
}

async fn stops(world: &World, who: &Actor) -> bool {
    let told = write!(world, who, |tx, who| position::stop(tx, &who));
    told.expect("an answer")
}

async fn kept(world: &World) -> Vec<entity::position::Model> {
    let mut rows = world.all::<entity::position::Entity>().await;
    rows.sort_by_key(|row| row.recorded_at);
    rows
}

#[tokio::test]
async fn it_is_taken_on_shift_or_on_a_task_and_refused_once_otherwise() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        planned(&world, &boss, &ana, 1, 2).await;
        assert_eq!(
            refusal(shares(&world, &ana).await),
            Refusal::PositionUnwanted
        );
        assert!(!stops(&world, &ana).await, "nothing went on");
        // Being away by hand opens nothing off shift.
        let me = id(&ana);
        let away = write!(world, ana, |tx, ana| domain::agent::set_availability(
            tx, &ana, me, true, None, None
        ));
        away.expect("away");
        assert_eq!(
            refusal(shares(&world, &ana).await),
            Refusal::PositionUnwanted
        );

        world.store.clock().set(at(1));
        assert!(shares(&world, &ana).await.expect("on shift"));
        world.store.clock().set(at(2));
        assert_eq!(
            refusal(shares(&world, &ana).await),
            Refusal::PositionUnwanted
        );
        assert!(stops(&world, &ana).await, "said once");
        assert!(!stops(&world, &ana).await);

        let new = NewTask {
            crew: domain::assignment::Crew {
                override_reason: Some("Prueba".into()),
                ..crate::support::crew(&[&ana])
            },
            ..patrol(&[])
        };
        let task = world.create(&boss, new).await.expect("made");
        assert_eq!(
            refusal(shares(&world, &ana).await),
            Refusal::PositionUnwanted
        );
        let begun = world.start(&ana, task.id, Step::default()).await;
        begun.expect("begun");
        assert!(shares(&world, &ana).await.expect("on a task"));
        let rows = kept(&world).await;
        let tasks: Vec<_> = rows.iter().map(|row| row.task_id).collect();
        assert_eq!(tasks, [None, Some(task.id)]);
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        refusal(shares(&world, &ana).await);
        assert!(
            stops(&world, &ana).await,
            "said anew after it was taken again"
        );
    })
    .await;
}

#[tokio::test]
async fn after_a_backlog_the_newest_counts_and_nothing_lies_in_the_future() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.wait(TimeDelta::hours(1));
        let now = world.store.now();
        let ago = |seconds| now - TimeDelta::seconds(seconds);
        // Handled in the same second, out of order.
        for (seconds, lat, taken) in [(60, -1.0, true), (10, -2.0, true), (30, -3.0, false)] {
            let done = shares_at(&world, &ana, ago(seconds), lat).await;
            assert_eq!(done.expect("on shift"), taken, "{seconds} s ago");
        }
        assert_eq!(last(&world, &ana).await, Some((-2.0, ago(10))));
        let ahead = shares_at(&world, &ana, now + TimeDelta::hours(3), -4.0).await;
        assert!(ahead.expect("on shift"));
        assert_eq!(
            last(&world, &ana).await,
            Some((-4.0, now)),
            "bounded by now"
        );
        world.wait(TimeDelta::seconds(5));
        assert!(
            shares(&world, &ana).await.expect("on shift"),
            "time goes on"
        );

        // What counts is when he was there, not when it is handled.
        let eva = world.person("Eva", Level::Agent, 3).await;
        planned(&world, &boss, &eva, 2, 3).await;
        world.store.clock().set(at(2) + TimeDelta::minutes(1));
        let before = shares_at(&world, &eva, at(2) - TimeDelta::minutes(1), -5.0).await;
        assert_eq!(refusal(before), Refusal::PositionUnwanted);
        world.store.clock().set(at(3) + TimeDelta::minutes(1));
        let within = shares_at(&world, &eva, at(3) - TimeDelta::minutes(1), -6.0).await;
        assert!(within.expect("he was on shift"));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_only_asked_is_not_on_a_task() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        planned(&world, &boss, &eva, 20, 21).await;
        let task = world.begun(&boss, &[&ana]).await;
        let mut both = crate::support::crew(&[&ana, &eva]);
        both.override_reason = Some("Prueba".into());
        let done = world.assign(&boss, task.id, both).await;
        done.expect("offered");
        assert_eq!(
            refusal(shares(&world, &eva).await),
            Refusal::PositionUnwanted
        );
        let answer = domain::assignment::Answer::Acknowledge;
        world.answer(&eva, task.id, answer).await.expect("taken");
        assert!(shares(&world, &eva).await.expect("on the task"));
        assert_eq!(kept(&world).await[0].task_id, Some(task.id));
    })
    .await;
}

#[tokio::test]
async fn where_somebody_was_last_is_forgotten_after_thirty_days_too() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        timer::start(&world.store).await.expect("started");
        assert!(shares(&world, &ana).await.expect("taken"));
        world.wait(TimeDelta::days(15));
        assert!(shares(&world, &eva).await.expect("taken"));
        world.wait(TimeDelta::days(15) + TimeDelta::hours(1));
        world.run_timers().await;
        assert_eq!(last(&world, &ana).await, None);
        assert!(last(&world, &eva).await.is_some());
        // Something that lay somewhere for a month does not come back either.
        let old = shares_at(&world, &ana, at(0), -1.0).await;
        assert!(!old.expect("on shift"));
        assert_eq!(last(&world, &ana).await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_is_kept_in_five_seconds() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        for round in 1..=3 {
            let all = (0..20).map(|_| shares(&world, &ana));
            let taken = futures::future::join_all(all).await;
            let taken = taken
                .into_iter()
                .filter(|done| *done.as_ref().expect("no refusal"));
            assert_eq!(taken.count(), 1);
            world.wait(TimeDelta::seconds(4));
            assert!(!shares(&world, &ana).await.expect("too soon"));
            world.wait(TimeDelta::seconds(1));
            assert_eq!(kept(&world).await.len(), round);
        }
    })
    .await;
}

#[tokio::test]
async fn pins_are_kept_no_more_often_and_a_call_for_help_always() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let pins = async |source, metres| {
            let shared = Shared {
                point: Point {
                    lat: -34.6,
                    lon: -58.4,
                },
                accuracy_m: Some(metres),
                source,
                at: world.store.now(),
            };
            let kept = write!(world, ana, |tx, ana| position::share(tx, &ana, shared));
            kept.expect("no refusal")
        };
        assert!(pins(PositionSource::Pin, 20.0).await);
        world.wait(TimeDelta::seconds(4));
        assert!(!pins(PositionSource::Pin, 30.0).await, "too soon");
        assert!(pins(PositionSource::Sos, 40.0).await);
        world.wait(TimeDelta::seconds(5));
        assert!(pins(PositionSource::Pin, 50.0).await);
        let rows = kept(&world).await;
        let known: Vec<_> = rows.iter().map(|row| row.accuracy_m).collect();
        assert_eq!(known, [Some(20.0), Some(40.0), Some(50.0)]);
    })
    .await;
}

#[tokio::test]
async fn a_pin_gives_way_to_a_live_location_that_still_moves() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let pins = async |source, lat| {
            let shared = Shared {
                point: Point { lat, lon: -58.4 },
                accuracy_m: None,
                source,
                at: world.store.now(),
            };
            let kept = write!(world, ana, |tx, ana| position::share(tx, &ana, shared));
            kept.expect("no refusal")
        };
        let lat = async || last(&world, &ana).await.map(|(lat, _)| lat);
        assert!(pins(PositionSource::Pin, -34.1).await, "nothing better");
        world.wait(TimeDelta::minutes(1));
        assert!(shares(&world, &ana).await.expect("on shift"));
        world.wait(TimeDelta::minutes(4));
        assert!(!pins(PositionSource::Pin, -34.2).await, "picked on a map");
        assert_eq!(lat().await, Some(-34.6));
        world.wait(TimeDelta::minutes(1));
        assert!(pins(PositionSource::Pin, -34.3).await, "it has ended");
        world.wait(TimeDelta::seconds(5));
        assert!(pins(PositionSource::Pin, -34.4).await, "over a pin");
        world.wait(TimeDelta::seconds(5));
        assert!(shares(&world, &ana).await.expect("on shift"));
        assert!(pins(PositionSource::Sos, -34.5).await, "a call for help");
        assert_eq!(lat().await, Some(-34.5));
    })
    .await;
}

#[tokio::test]
async fn after_thirty_days_only_the_ends_of_tasks_remain() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        timer::start(&world.store).await.expect("started");
        let walk = async |times: usize| {
            for _ in 0..times {
                assert!(shares(&world, &ana).await.expect("taken"));
                world.wait(TimeDelta::seconds(5));
            }
        };
        walk(600).await;
        let task = world.begun(&boss, &[&ana]).await;
        walk(700).await;
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        walk(1).await;
        let ends: Vec<_> = {
            let rows = kept(&world).await;
            let mut of_task = rows.iter().filter(|row| row.task_id.is_some());
            let first = of_task.next().map(|row| row.id);
            [first, of_task.next_back().map(|row| row.id)].into()
        };
        world.wait(TimeDelta::days(29));
        walk(3).await;
        world.run_timers().await;
        assert_eq!(kept(&world).await.len(), 1304, "exact for thirty days");
        world.wait(TimeDelta::days(1));
        for _ in 0..3 {
            world.wait(TimeDelta::hours(1));
            world.run_timers().await;
        }
        let rows = kept(&world).await;
        let left: Vec<_> = rows.iter().map(|row| Some(row.id)).collect();
        assert_eq!(left[..2], ends, "{left:?}");
        assert_eq!(left.len(), 5);
        let waiting = world.all::<entity::timer::Entity>().await;
        let trims = waiting
            .iter()
            .filter(|row| row.kind == "trim" && row.status == entity::timer::TimerStatus::Waiting);
        assert_eq!(trims.count(), 1, "{:?} comes again", Due::Trim);
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_what_is_kept_and_who_looked() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world.begun(&boss, &[&ana]).await;
        let at = world.store.now();
        assert!(shares(&world, &ana).await.expect("taken"));
        for who in [&ana, &boss] {
            let way = position::history(&world.store, who, id(&ana), Window::first(5)).await;
            assert_eq!(way.expect("in scope").items.len(), 1);
        }
        let kept = kept::mine(&world.store, &ana).await.expect("an account");
        assert_eq!((kept.name.as_str(), kept.tasks), ("Ana", 1));
        assert_eq!(kept.units, ["Centro"]);
        let positions = &kept.positions;
        assert_eq!((positions.count, positions.oldest), (1, Some(at)));
        assert_eq!(kept.seen, [("Silva".to_owned(), at)]);
        let his = kept::mine(&world.store, &boss).await.expect("an account");
        assert_eq!((his.positions.count, his.seen.len()), (0, 0));
    })
    .await;
}

/// Moves to these latitudes, by updates of these numbers.
pub async fn arrived(world: &World, moves: &[(i64, i64, f64)]) -> Vec<Move> {
    let arrivals = moves.iter().map(|(update_id, telegram_id, _)| Arrival {
        update_id: *update_id,
        actor: *telegram_id,
        kind: "edited_message".into(),
        payload: "{}".into(),
    });
    let received = inbox::receive(&world.store, 1, arrivals.collect()).await;
    received.expect("the inbox takes them");
    let claims = inbox::claim(&world.store, 1, 100).await.expect("claimed");
    let of = |(update_id, telegram_id, lat): &(i64, i64, f64)| {
        let claim = claims.iter().find(|claim| claim.update_id == *update_id);
        let point = Point {
            lat: *lat,
            lon: -58.4,
        };
        Move {
            inbox_id: claim.expect("one in flight for each").id,
            telegram_id: *telegram_id,
            shared: Shared {
                point,
                accuracy_m: None,
                source: PositionSource::Live,
                at: world.store.now(),
            },
        }
    };
    moves.iter().map(of).collect()
}

#[tokio::test]
async fn many_moves_are_kept_together_as_each_is_by_itself() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let mut people = Vec::new();
        for (name, telegram_id) in [("Ana", 2), ("Beto", 3), ("Caro", 4)] {
            people.push(world.person(name, Level::Agent, telegram_id).await);
        }
        let [ana, beto, caro] = &people[..] else {
            panic!("three were made")
        };
        planned(&world, &boss, caro, 1, 2).await;
        let task = world.create(&boss, patrol(&[beto])).await;
        let task = task.expect("made").id;
        let begun = world.start(beto, task, Step::default()).await;
        begun.expect("begun");

        // Caro is off shift, and nobody knows 99.
        let all = [(10, 2, -1.0), (11, 3, -2.0), (12, 4, -3.0), (13, 99, -4.0)];
        let moves = arrived(&world, &all).await;
        let share = async |moves: &[Move]| {
            let handled = position::share_all(&world.store, moves.to_vec()).await;
            handled.expect("the database answers")
        };
        let mut handled = share(&moves).await;
        handled.sort_unstable();
        assert_eq!(handled, [moves[0].inbox_id, moves[1].inbox_id]);
        let now = world.store.now();
        assert_eq!(last(&world, ana).await, Some((-1.0, now)));
        assert_eq!(last(&world, beto).await, Some((-2.0, now)));
        assert_eq!(last(&world, caro).await, None);
        let tasks = kept(&world).await.into_iter().map(|row| row.task_id);
        assert_eq!(
            tasks.collect::<BTreeSet<_>>(),
            BTreeSet::from([None, Some(task)])
        );
        let told = world.all::<entity::event::Entity>().await;
        let told = told
            .iter()
            .filter(|event| event.kind == "agent_position_changed");
        assert_eq!(told.count(), 2);

        assert!(share(&moves).await.is_empty(), "they were handled before");
        // The same people again, too soon: handled, and not kept.
        world.wait(TimeDelta::seconds(2));
        let again = arrived(&world, &[(20, 2, -5.0), (21, 3, -6.0)]).await;
        assert_eq!(share(&again).await.len(), 2);
        assert_eq!(kept(&world).await.len(), 2);
        assert_eq!(last(&world, ana).await, Some((-1.0, now)));
    })
    .await;
}

#[tokio::test]
async fn the_pin_of_a_task_is_as_exact_as_it_was_until_it_moves() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let place = |lat, label: &str| Place {
            point: Some(Point { lat, lon: -58.4 }),
            label: Some(label.into()),
            accuracy_m: None,
        };
        let new = NewTask {
            place: Some(Place {
                accuracy_m: Some(12.5),
                ..place(-34.6, "Plaza")
            }),
            ..patrol(&[])
        };
        let task = world.create(&boss, new).await.expect("created");
        let known = |task: &Task| task.place.as_ref().and_then(|place| place.accuracy_m);
        assert_eq!(known(&task), Some(12.5));
        for (other, accuracy) in [
            (place(-34.6, "Plaza Moreno"), Some(12.5)),
            (place(-34.7, "Plaza Moreno"), None),
        ] {
            let patch = TaskPatch {
                place: Some(Some(other)),
                ..TaskPatch::default()
            };
            let now = world.edit(&boss, task.id, patch).await.expect("changed");
            assert_eq!(known(&now), accuracy);
        }
    })
    .await;
}
