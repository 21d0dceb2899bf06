//! Planning for many is no more to say than planning for few.

use domain::{
    Actor,
    actor::{Channel, Level},
    shift,
};

use super::{EAR, watch};
use crate::support::World;

/// Shifts that begin at once, so that planning also asks their people whether they are there.
#[tokio::test]
async fn planning_for_many_takes_as_many_statements_as_for_few() {
    let _alone = EAR.lock().await;
    watch::listen();
    let world = World::sqlite().await;
    let mut counts = Vec::new();
    // Who is missing is looked for once for all who begin together: the first winds the timer.
    for size in [1, 2, 40] {
        let mut agent_ids = Vec::new();
        for number in 0..size {
            let name = format!("P{size}x{number}");
            let one = world.person(&name, Level::Agent, 1000 * size + number);
            agent_ids.extend(one.await.agent_id);
        }
        watch::heard();
        let clock = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a Sunday");
        let pattern = shift::Pattern {
            agent_ids,
            weekdays: vec![chrono::Weekday::Sun],
            start: clock(11),
            end: clock(19),
            zone: None,
            from: today,
            until: today,
            unit_id: None,
        };
        let planned = world.store.write(move |tx| {
            let (admin, pattern) = (Actor::system(Channel::Cli), pattern.clone());
            Box::pin(
                async move { shift::plan_pattern(tx, &admin, pattern, shift::Rest::Nothing).await },
            )
        });
        let planned = planned.await.expect("planned").planned.len();
        assert_eq!(i64::try_from(planned).expect("a few"), size);
        counts.push(watch::heard().len());
    }
    let asked = world.all::<entity::outbox::Entity>().await;
    assert!(asked.len() >= 42, "{}", asked.len());
    assert_eq!(counts[1], counts[2], "statements for 2 and for 40");
}
