//! Shifts over the edges at which clocks change: stored by the wall, on duty by the clock of the world.

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
    Weekday,
};
use chrono_tz::Tz;
use domain::{
    Actor,
    actor::Level,
    agent,
    availability::Availability,
    shift::{self, Pattern, Rest},
};
use proptest::{prelude::*, test_runner::TestRunner};

use super::{id, write};
use crate::support::{World, each};

/// Nights in which clocks change, forwards or back, by an hour or half of one; and one in which they never do.
const EDGES: [(Tz, (i32, u32, u32)); 8] = [
    (chrono_tz::Europe::Madrid, (2027, 3, 28)),
    (chrono_tz::Europe::Madrid, (2027, 10, 31)),
    (chrono_tz::America::New_York, (2027, 3, 14)),
    (chrono_tz::America::New_York, (2027, 11, 7)),
    (chrono_tz::Australia::Lord_Howe, (2027, 4, 4)),
    (chrono_tz::Australia::Lord_Howe, (2027, 10, 3)),
    (chrono_tz::America::Santiago, (2027, 4, 4)),
    (chrono_tz::America::Argentina::Buenos_Aires, (2027, 3, 28)),
];

/// Where the clocks change, and from when to when work goes on every day, in quarters of an hour: often just then.
fn weeks() -> impl Strategy<Value = (usize, u32, u32)> {
    let quarters = || prop_oneof![0u32..96, 4u32..16];
    (0..EDGES.len(), quarters(), quarters())
}

fn clock(quarters: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(quarters / 4, quarters % 4 * 15, 0).expect("within a day")
}

/// The moment of a wall clock, told without the product: one that is skipped lies as far behind the gap's end as it
/// lay behind its start, of one that comes twice the first counts.
fn moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            let before = local - TimeDelta::hours(3);
            let before_gap = zone.from_local_datetime(&before).earliest();
            let before_gap = before_gap.expect("no gap lasts for three hours");
            before_gap.to_utc() + (local - before)
        }
    }
}

struct Week {
    world: World,
    boss: Actor,
    ana: Actor,
    zone: Tz,
    plan: Pattern,
}

impl Week {
    async fn of(world: World, (edge, from, to): (usize, u32, u32)) -> Self {
        let (zone, (year, month, day)) = EDGES[edge];
        let night = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let plan = Pattern {
            agent_ids: vec![id(&ana)],
            weekdays: [0, 1, 2, 3, 4, 5, 6]
                .map(|day| Weekday::try_from(day).expect("a day"))
                .into(),
            start: clock(from),
            end: clock(to),
            zone: Some(zone),
            from: night - Days::new(2),
            until: night + Days::new(1),
            unit_id: None,
        };
        Self {
            world,
            boss,
            ana,
            zone,
            plan,
        }
    }

    async fn planned(&self) -> Vec<entity::shift::Model> {
        let plan = self.plan.clone();
        let done = write!(self.world, self.boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            plan,
            Rest::Planned
        ));
        done.expect("planned");
        let mut rows = self.world.all::<entity::shift::Entity>().await;
        rows.sort_by_key(|row| row.starts_at);
        rows
    }

    /// What is stored is the wall, and the moments follow from it.
    fn by_the_wall(&self, rows: &[entity::shift::Model]) {
        for row in rows {
            assert_eq!(row.zone, self.zone.name());
            assert_eq!(row.starts_local.time(), self.plan.start, "{row:?}");
            assert_eq!(row.ends_local.time(), self.plan.end, "{row:?}");
            assert_eq!(
                row.starts_at,
                moment(row.starts_local, self.zone),
                "{row:?}"
            );
            assert_eq!(row.ends_at, moment(row.ends_local, self.zone), "{row:?}");
            assert!(row.starts_at < row.ends_at, "{row:?}");
        }
        let meet = rows
            .windows(2)
            .find(|two| two[0].ends_at > two[1].starts_at);
        assert!(meet.is_none(), "{meet:?}");
    }

    /// On duty from the first second to the last, and not before or after.
    async fn on_duty(&self, rows: &[entity::shift::Model]) {
        let second = TimeDelta::seconds(1);
        let edges = rows.iter().flat_map(|row| [row.starts_at, row.ends_at]);
        for now in edges.flat_map(|edge| [edge - second, edge]) {
            self.world.store.clock().set(now);
            let found = agent::find(&self.world.store, &self.boss, id(&self.ana)).await;
            let within = rows
                .iter()
                .any(|row| row.starts_at <= now && now < row.ends_at);
            let wanted = match within {
                true => Availability::Available,
                false => Availability::OffShift,
            };
            assert_eq!(found.expect("seen").availability, wanted, "at {now}");
        }
    }
}

/// As many stories on each database as keep the test short.
const STORIES: u32 = 48;

#[test]
fn shifts_across_dst_edges_in_several_zones() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: STORIES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tried = runner.run(&weeks(), |week| {
        prop_assume!(week.1 != week.2);
        runtime.block_on(each(async |world: World| {
            let week = Week::of(world, week).await;
            let rows = week.planned().await;
            week.by_the_wall(&rows);
            assert!((3..=4).contains(&rows.len()), "a day is missing: {rows:?}");
            week.on_duty(&rows).await;
        }));
        Ok(())
    });
    tried.expect("the same everywhere");
}
