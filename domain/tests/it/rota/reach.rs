//! How far plans reach: into which units, and how far from now.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    error::Problem,
    leave::{self, NewLeave},
    shift::{self, NewShift, Pattern, Rest, Shift, ShiftPatch},
};

use super::{at, id, new_shift, planned, write};
use crate::support::{World, each, refusal};

async fn create(world: &World, by: &Actor, new: NewShift) -> Result<Shift> {
    write!(world, by, |tx, by| shift::create(tx, &by, new))
}

fn weekly(who: &Actor, unit_id: Option<i64>, from: NaiveDate, until: NaiveDate) -> Pattern {
    let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
    Pattern {
        agent_ids: vec![id(who)],
        weekdays: vec![Weekday::Tue],
        start: clock(22),
        end: clock(6),
        zone: None,
        from,
        until,
        unit_id,
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

#[tokio::test]
async fn nobody_plans_into_a_unit_that_is_neither_his_nor_the_agents() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let root = world.person("Root", Level::Admin, 9).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let (far, second) = (world.unit("Sur").await, world.unit("Norte").await);
        world.belongs(id(&ana), second).await;
        let unknown = Refusal::invalid("unit_id", Problem::Unknown);
        let into = |unit_id, from| NewShift {
            unit_id: Some(unit_id),
            ..new_shift(&ana, from, from + 2)
        };
        assert_eq!(refusal(create(&world, &boss, into(far, 1)).await), unknown);
        let hers = create(&world, &boss, into(second, 1)).await;
        let hers = hers.expect("the agent is of that unit");
        create(&world, &boss, into(world.unit_id, 4))
            .await
            .expect("his own");
        create(&world, &root, into(far, 8))
            .await
            .expect("an admin's");
        let patch = |unit_id| ShiftPatch {
            unit_id: Some(unit_id),
            ..ShiftPatch::default()
        };
        let (away, same) = (patch(far), patch(second));
        let no = write!(world, boss, |tx, boss| shift::edit(
            tx, &boss, hers.id, away
        ));
        assert_eq!(refusal(no), unknown);
        let yes = write!(world, boss, |tx, boss| shift::edit(
            tx, &boss, hers.id, same
        ));
        yes.expect("nothing new");

        let (first, last) = (day(2026, 12, 1), day(2026, 12, 31));
        let foreign = weekly(&ana, Some(far), first, last);
        let no = shift::preview_pattern(&world.store, &boss, foreign.clone()).await;
        assert_eq!(refusal(no), unknown);
        let no = write!(world, boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            foreign,
            Rest::Nothing
        ));
        assert_eq!(refusal(no), unknown);
        let seen =
            shift::preview_pattern(&world.store, &boss, weekly(&ana, Some(second), first, last));
        assert_eq!(seen.await.expect("a preview").planned.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn what_lies_years_away_or_lasts_for_weeks_is_refused() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let far = |field| Refusal::invalid(field, Problem::OutOfRange);
        let years = |number: i64| at(0) + TimeDelta::days(365 * number + 3);
        let one = planned(&world, &boss, &ana, 10, 18).await.id;
        let spans: [(DateTime<Utc>, DateTime<Utc>, &str); 5] = [
            (DateTime::<Utc>::MIN_UTC, at(2), "starts_at"),
            (at(1), DateTime::<Utc>::MAX_UTC, "ends_at"),
            (years(-11), years(-10), "starts_at"),
            (years(10), years(11), "ends_at"),
            (at(1), at(24 * 8), "ends_at"),
        ];
        for (starts_at, ends_at, field) in spans {
            let new = NewShift {
                starts_at,
                ends_at,
                ..new_shift(&ana, 0, 1)
            };
            assert_eq!(refusal(create(&world, &boss, new).await), far(field));
            let patch = ShiftPatch {
                starts_at: Some(starts_at),
                ends_at: Some(ends_at),
                ..ShiftPatch::default()
            };
            let no = write!(world, boss, |tx, boss| shift::edit(tx, &boss, one, patch));
            assert_eq!(refusal(no), far(field));
        }
        for (starts_at, ends_at, field) in &spans[..4] {
            let new = NewLeave {
                agent_id: id(&ana),
                starts_at: *starts_at,
                ends_at: *ends_at,
                ..NewLeave::default()
            };
            let no = write!(world, ana, |tx, ana| leave::request(tx, &ana, new));
            assert_eq!(refusal(no), far(field));
        }
        for (from, until) in [
            (NaiveDate::MIN, NaiveDate::MIN),
            (NaiveDate::MAX, NaiveDate::MAX),
            (NaiveDate::MIN, NaiveDate::MAX),
            (day(9990, 1, 1), day(9990, 1, 31)),
        ] {
            let wanted = weekly(&ana, None, from, until);
            let no = refusal(shift::preview_pattern(&world.store, &boss, wanted).await);
            assert!(matches!(no, Refusal::Invalid { .. }), "{no:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reason_has_an_end() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let ask = async |letters: usize| {
            let new = NewLeave {
                agent_id: id(&ana),
                starts_at: at(1),
                ends_at: at(2),
                reason: Some("ñ\u{301}".repeat(letters)),
                ..NewLeave::default()
            };
            write!(world, ana, |tx, ana| leave::request(tx, &ana, new))
        };
        ask(500).await.expect("long enough");
        let long = Refusal::invalid("reason", Problem::TooLong);
        assert_eq!(refusal(ask(501).await), long);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_planned_into_his_leave() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        world
            .leave(&boss, id(&ana), (at(10), at(20)))
            .await
            .expect("approved");
        let away = Refusal::OnLeave {
            agent_id: ana.agent_id,
            agent: "Ana".into(),
            until: at(20),
        };
        let no = create(&world, &boss, new_shift(&ana, 19, 25)).await;
        assert_eq!(refusal(no), away);
        let one = planned(&world, &boss, &ana, 20, 25).await.id;
        let earlier = ShiftPatch {
            starts_at: Some(at(19)),
            ..ShiftPatch::default()
        };
        let no = write!(world, boss, |tx, boss| shift::edit(tx, &boss, one, earlier));
        assert_eq!(refusal(no), away);
    })
    .await;
}
