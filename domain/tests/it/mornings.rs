//! Supervisors hear at eight by their own wall, also when the clocks change in the night before.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::{actor::Level, outbox::Notice, timer};

use crate::{
    rota::until,
    support::{World, each, start},
};

/// Nights in which clocks change, forwards or back, by an hour or half of one; and one in which they never do.
const NIGHTS: [(Tz, (i32, u32, u32)); 6] = [
    (chrono_tz::Europe::Madrid, (2027, 3, 28)),
    (chrono_tz::America::New_York, (2027, 11, 7)),
    (chrono_tz::Australia::Lord_Howe, (2027, 4, 4)),
    (chrono_tz::Australia::Lord_Howe, (2027, 10, 3)),
    (chrono_tz::America::Santiago, (2027, 9, 5)),
    (chrono_tz::America::Argentina::Buenos_Aires, (2027, 3, 28)),
];

const BOSS: i64 = 1;

/// Noon never comes twice and is never skipped.
fn noon(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
    let at = zone.from_local_datetime(&day.and_time(noon)).single();
    at.expect("once a day").to_utc()
}

/// What the wall showed when each overview of a morning was said.
async fn overviews(world: &World, zone: Tz) -> Vec<NaiveDateTime> {
    let rows = world.all::<entity::outbox::Entity>().await;
    let overview = |row: &&entity::outbox::Model| {
        let notice = serde_json::from_value(row.notice.clone()).expect("a notice");
        row.chat_id == BOSS && matches!(notice, Notice::Digest { unit_id: None })
    };
    rows.iter()
        .filter(overview)
        .map(|row| row.created_at.with_timezone(&zone).naive_local())
        .collect()
}

#[tokio::test]
async fn it_is_eight_in_the_morning_whatever_the_clocks_do() {
    for (zone, (year, month, day)) in NIGHTS {
        each(async |mut world: World| {
            world.person("Silva", Level::Supervisor, BOSS).await;
            world.store = world.process_in(zone).await;
            let night = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
            let days = [night - Days::new(1), night, night + Days::new(1)];
            world.store.clock().set(noon(night - Days::new(2), zone));
            timer::start(&world.store).await.expect("wound up");
            // The half of an hour that some clocks change by comes after noon too.
            let end = noon(night + Days::new(1), zone) - start();
            until(&world, end.num_hours() + 1).await;
            let eight = NaiveTime::from_hms_opt(8, 0, 0).expect("a time");
            assert_eq!(
                overviews(&world, zone).await,
                days.map(|day| day.and_time(eight)),
                "{zone}"
            );
        })
        .await;
    }
}
