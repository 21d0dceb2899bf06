//! Single shifts: scope, overlaps, changes, and many planners at once.

use domain::{
    Error, Refusal,
    actor::Level,
    agent,
    availability::Availability,
    error::{Problem, Thing},
    page::Window,
    shift::{self, ShiftFilter, ShiftPatch, ShiftStatus},
};
use futures::future::join_all;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};

use super::{at, end, id, new_shift, plan, planned, waits, write};
use crate::support::{World, each, refusal};

#[tokio::test]
async fn shifts_touch_but_never_overlap() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let first = planned(&world, &boss, &ana, 10, 18).await;
        assert_eq!(first.unit.as_ref().map(|unit| unit.id), Some(world.unit_id));
        for (from, to) in [(9, 11), (11, 12), (17, 19), (9, 19)] {
            let no = refusal(plan(&world, &boss, &ana, from, to).await);
            assert_eq!(
                no,
                Refusal::ShiftOverlap {
                    agent_id: ana.agent_id,
                    agent: Some("Ana".into())
                }
            );
        }
        planned(&world, &boss, &ana, 2, 10).await;
        planned(&world, &boss, &ana, 18, 20).await;
        assert!(waits(&world, "shifts:2").await, "she is told, once");
    })
    .await;
}

#[tokio::test]
async fn only_what_has_not_begun_is_moved_or_removed() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let (one, two) = (
            planned(&world, &boss, &ana, 10, 18).await.id,
            planned(&world, &boss, &ana, 20, 28).await.id,
        );
        let patch = |from, to| ShiftPatch {
            starts_at: Some(at(from)),
            ends_at: Some(at(to)),
            ..ShiftPatch::default()
        };
        let onto = patch(17, 21);
        let no = write!(world, boss, |tx, boss| shift::edit(tx, &boss, two, onto));
        let overlap = Refusal::ShiftOverlap {
            agent_id: ana.agent_id,
            agent: None,
        };
        assert_eq!(refusal(no), overlap);
        let beside = patch(18, 26);
        let moved = write!(world, boss, |tx, boss| shift::edit(tx, &boss, two, beside));
        assert_eq!(moved.expect("moved").starts_at, at(18));
        let no = write!(world, ana, |tx, ana| shift::remove(tx, &ana, two));
        assert_eq!(refusal(no), Refusal::missing(Thing::Shift));

        super::until(&world, 11).await;
        let no = write!(world, boss, |tx, boss| shift::remove(tx, &boss, one));
        assert_eq!(refusal(no), Refusal::Settled { what: Thing::Shift });
        write!(world, boss, |tx, boss| shift::remove(tx, &boss, two)).expect("removed");
        let left = shift::list(
            &world.store,
            &boss,
            ShiftFilter::default(),
            Window::default(),
        )
        .await;
        let left = left.expect("shifts").items;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].status, ShiftStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_his_only_shift_from_the_plan_is_off_shift() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        write!(world, boss, |tx, boss| shift::remove(tx, &boss, hers)).expect("removed");
        for (who, expected) in [
            (&ana, Availability::OffShift),
            (&eva, Availability::Available),
        ] {
            let seen = agent::find(&world.store, &boss, id(who)).await;
            let seen = seen.expect("of his unit");
            assert_eq!(seen.availability, expected, "{}", who.name);
        }
        // Its hour has come, although nobody has noted it yet.
        let next = planned(&world, &boss, &ana, 20, 28).await.id;
        world.store.clock().set(at(21));
        let no = write!(world, boss, |tx, boss| shift::remove(tx, &boss, next));
        assert_eq!(refusal(no), Refusal::Settled { what: Thing::Shift });
    })
    .await;
}

#[tokio::test]
async fn other_units_are_neither_planned_nor_seen() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        let eva = world.member("Eva", Level::Agent, Some(3), far).await;
        let root = world.person("Root", Level::Admin, 9).await;
        let no = refusal(plan(&world, &boss, &eva, 1, 2).await);
        let unknown = Refusal::invalid("agent_id", Problem::Unknown);
        assert_eq!(no, unknown);
        let no = refusal(plan(&world, &boss, &eva, 2, 1).await).into_fields();
        let fields: Vec<&str> = no.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["agent_id", "ends_at"]);
        planned(&world, &root, &eva, 1, 2).await;
        for (who, seen) in [(&boss, 0), (&eva, 1), (&root, 1)] {
            let page = shift::list(&world.store, who, ShiftFilter::default(), Window::default());
            assert_eq!(
                page.await.expect("shifts").items.len(),
                seen,
                "{}",
                who.name
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_plan_the_same_hours_one_wins() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let other = world.other_process().await;
        for round in 0..20 {
            let ana = world
                .person(&format!("Ana{round}"), Level::Agent, 100 + round)
                .await;
            let tries = (0..8).map(|number| {
                let store = if number % 2 == 0 {
                    &world.store
                } else {
                    &other
                };
                let (boss, new) = (boss.clone(), new_shift(&ana, 1 + number % 3, 9));
                store.write(move |tx| Box::pin(async move { shift::create(tx, &boss, new).await }))
            });
            let done = join_all(tries).await;
            let won = done.iter().filter(|one| one.is_ok()).count();
            assert_eq!(won, 1, "round {round}: {done:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_an_overlap_and_it_is_a_refusal() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let first = planned(&world, &boss, &ana, 10, 18).await;
        let row = |from: i64, to: i64| entity::shift::ActiveModel {
            agent_id: Set(id(&ana)),
            status: Set(ShiftStatus::Planned),
            starts_local: Set(at(from).naive_utc()),
            starts_at: Set(at(from)),
            ends_local: Set(at(to).naive_utc()),
            ends_at: Set(at(to)),
            zone: Set("UTC".into()),
            created_at: Set(at(0)),
            ..Default::default()
        };
        let db = world.store.writer();
        let overlap = Refusal::ShiftOverlap {
            agent_id: None,
            agent: None,
        };
        for (from, to) in [(12, 13), (9, 11), (17, 19), (8, 20), (10, 18)] {
            let error = row(from, to).insert(db).await.map_err(Error::from);
            assert_eq!(refusal(error), overlap, "{from} to {to}");
        }
        let next = row(18, 20).insert(db).await.expect("right after it");
        row(13, 13).insert(db).await.expect("of no length");
        let longer = entity::shift::ActiveModel {
            id: Set(next.id),
            starts_at: Set(at(17)),
            ..Default::default()
        };
        let error = longer.update(db).await.map_err(Error::from);
        assert_eq!(refusal(error), overlap);
        let evas = planned(&world, &boss, &eva, 16, 17).await;
        let given = entity::shift::ActiveModel {
            id: Set(evas.id),
            agent_id: Set(id(&ana)),
            ..Default::default()
        };
        let error = given.update(db).await.map_err(Error::from);
        assert_eq!(refusal(error), overlap);
        let shorter = entity::shift::ActiveModel {
            id: Set(first.id),
            ends_at: Set(at(16)),
            ..Default::default()
        };
        shorter.update(db).await.expect("shorter");
    })
    .await;
}

/// SQLite had no guard in earlier releases.
#[tokio::test]
async fn of_shifts_that_overlap_already_each_can_be_ended() {
    let world = World::sqlite().await;
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    let first = planned(&world, &boss, &ana, 1, 9).await;
    let db = world.store.writer();
    let unguarded = db.execute_unprepared("DROP TRIGGER tr_shifts_overlap_insert");
    unguarded.await.expect("no guard");
    let over_it = entity::shift::ActiveModel {
        agent_id: Set(id(&ana)),
        status: Set(ShiftStatus::Planned),
        starts_local: Set(at(5).naive_utc()),
        starts_at: Set(at(5)),
        ends_local: Set(at(12).naive_utc()),
        ends_at: Set(at(12)),
        zone: Set("UTC".into()),
        created_at: Set(at(0)),
        ..Default::default()
    };
    let second = over_it.insert(db).await.expect("an overlap");
    super::until(&world, 6).await;
    for shift_id in [second.id, first.id] {
        let ended = end(&world, &ana, shift_id, None).await.expect("ended");
        assert_eq!(ended.ends_at, at(6));
    }
}

#[tokio::test]
async fn a_shift_that_is_moved_waits_for_its_agent_anew() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let one = planned(&world, &boss, &ana, 10, 18).await.id;
        super::until(&world, 9).await;
        world.wait(chrono::TimeDelta::minutes(40));
        super::present(&world, &ana, one).await.expect("there");
        let longer = ShiftPatch {
            ends_at: Some(at(19)),
            ..ShiftPatch::default()
        };
        let moved = write!(world, boss, |tx, boss| shift::edit(tx, &boss, one, longer));
        assert!(moved.expect("longer").present_at.is_some());
        let later = ShiftPatch {
            starts_at: Some(at(12)),
            ..ShiftPatch::default()
        };
        let moved = write!(world, boss, |tx, boss| shift::edit(tx, &boss, one, later));
        assert_eq!(moved.expect("later").present_at, None);
    })
    .await;
}
