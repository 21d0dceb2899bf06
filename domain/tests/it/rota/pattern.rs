//! Weekly patterns, over the edges at which clocks change.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use domain::{
    Refusal,
    actor::Level,
    error::ClashKind,
    shift::{self, Pattern, Rest},
};
use proptest::prelude::*;

use super::{id, planned, write};
use crate::support::{World, each, refusal};

const ZONES: [Tz; 5] = [
    chrono_tz::America::Argentina::Buenos_Aires,
    chrono_tz::Europe::Madrid,
    chrono_tz::America::New_York,
    chrono_tz::Australia::Lord_Howe,
    chrono_tz::Asia::Kathmandu,
];

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn pattern(
    agent_ids: Vec<i64>,
    from: NaiveDate,
    until: NaiveDate,
    hours: (NaiveTime, NaiveTime),
) -> Pattern {
    Pattern {
        agent_ids,
        weekdays: WEEK.to_vec(),
        start: hours.0,
        end: hours.1,
        zone: None,
        from,
        until,
        unit_id: None,
    }
}

fn clock(minutes: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).expect("within a day")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a literal")
}

proptest! {
    /// For any hours on any days of a year in any of the zones: the wall clock shows what was planned unless that
    /// time is skipped; a skipped time comes behind the gap, by no more than the gap; of a doubled one it is the first.
    #[test]
    fn plans_follow_the_wall_clock(
        zone in 0..ZONES.len(), first in 0u64..365, days in 0u64..40, start in 0u32..1440, end in 0u32..1440,
    ) {
        let zone = ZONES[zone];
        let from = day(2026, 1, 1) + chrono::Days::new(first);
        let mut wanted = pattern(vec![1], from, from + chrono::Days::new(days), (clock(start), clock(end)));
        wanted.zone = Some(zone);
        let shifts = wanted.shifts(chrono_tz::UTC);
        prop_assert_eq!(shifts.len() as u64, days + 1);
        for one in shifts {
            prop_assert!(one.ends_local > one.starts_local);
            for (local, at) in [(one.starts_local, one.starts_at), (one.ends_local, one.ends_at)] {
                let shown = at.with_timezone(&zone).naive_local();
                match zone.from_local_datetime(&local) {
                    chrono::LocalResult::Single(exact) => prop_assert_eq!(exact, at.with_timezone(&zone)),
                    chrono::LocalResult::Ambiguous(earlier, later) => {
                        prop_assert_eq!(earlier, at.with_timezone(&zone));
                        prop_assert!(earlier < later);
                    }
                    chrono::LocalResult::None => {
                        let moved = shown - local;
                        prop_assert!(moved > TimeDelta::zero() && moved <= TimeDelta::hours(1), "{} became {}", local, shown);
                    }
                }
            }
            let real = one.ends_at - one.starts_at;
            let wall = one.ends_local - one.starts_local;
            prop_assert!((real - wall).abs() <= TimeDelta::hours(1), "{} instead of {}", real, wall);
        }
    }
}

#[test]
fn a_night_over_the_change_of_clocks_is_longer_or_shorter() {
    let hours = |zone: Tz, from: NaiveDate| {
        let night = (clock(22 * 60), clock(6 * 60));
        let mut one = pattern(vec![1], from, from, night);
        one.zone = Some(zone);
        let shifts = one.shifts(chrono_tz::UTC);
        (shifts[0].ends_at - shifts[0].starts_at).num_minutes()
    };
    assert_eq!(hours(chrono_tz::Europe::Madrid, day(2026, 3, 28)), 7 * 60);
    assert_eq!(hours(chrono_tz::Europe::Madrid, day(2026, 10, 24)), 9 * 60);
    assert_eq!(hours(chrono_tz::America::New_York, day(2026, 3, 7)), 7 * 60);
    assert_eq!(
        hours(chrono_tz::Australia::Lord_Howe, day(2026, 10, 3)),
        450
    );
    assert_eq!(hours(chrono_tz::Asia::Kathmandu, day(2026, 3, 28)), 8 * 60);
}

#[tokio::test]
async fn conflicts_are_told_by_day_and_the_rest_is_planned_when_wanted() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        // The 24th from 09:00 to 17:00 in Buenos Aires.
        planned(&world, &boss, &ana, 45, 53).await;
        let span = (super::at(24 * 3), super::at(24 * 4));
        world.leave(&boss, id(&eva), span).await.expect("approved");
        let wanted = || {
            let people = vec![id(&ana), id(&eva)];
            let days = (day(2026, 11, 23), day(2026, 11, 26));
            pattern(people, days.0, days.1, (clock(480), clock(960)))
        };
        let seen = shift::preview_pattern(&world.store, &boss, wanted())
            .await
            .expect("a preview");
        let told: Vec<_> = seen
            .clashes
            .iter()
            .map(|one| (one.agent.as_str(), one.day.day(), one.because))
            .collect();
        assert_eq!(
            told,
            [
                ("Ana", 24, ClashKind::Shift),
                ("Eva", 25, ClashKind::Leave),
                ("Eva", 26, ClashKind::Leave)
            ]
        );
        assert_eq!(seen.planned.len(), 5);
        let all = wanted();
        let no = write!(world, boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            all,
            Rest::Nothing
        ));
        assert!(matches!(refusal(no), Refusal::ShiftClashes { clashes } if clashes.len() == 3));
        assert_eq!(world.all::<entity::shift::Entity>().await.len(), 1);
        let rest = wanted();
        let done = write!(world, boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            rest,
            Rest::Planned
        ));
        assert_eq!(done.expect("planned").planned.len(), 5);
        let rows = world.all::<entity::shift::Entity>().await;
        assert_eq!(rows.len(), 6);
        assert!(rows.iter().all(|row| row.unit_id == Some(world.unit_id)));
        let again = wanted();
        let nothing = write!(world, boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            again,
            Rest::Planned
        ));
        assert!(nothing.expect("all there already").planned.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nonsense_and_too_much_are_refused() {
    let world = World::sqlite().await;
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    let hours = (clock(480), clock(960));
    let backwards = pattern(vec![id(&ana)], day(2026, 12, 2), day(2026, 12, 1), hours);
    let endless = pattern(vec![id(&ana)], day(2026, 12, 1), day(2028, 12, 1), hours);
    let nobody = pattern(Vec::new(), day(2026, 12, 1), day(2026, 12, 2), hours);
    for wrong in [backwards, endless, nobody] {
        let no = shift::preview_pattern(&world.store, &boss, wrong).await;
        assert!(matches!(refusal(no), Refusal::Invalid { .. }));
    }
}
