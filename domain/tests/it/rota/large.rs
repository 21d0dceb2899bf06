//! Plans as large as they may be.

use chrono::{NaiveDate, NaiveTime, Weekday};
use domain::{
    actor::Level,
    outbox::{self, Message},
    shift::{self, Pattern, Rest},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::write;
use crate::support::{World, each, start};

/// As many shifts as a pattern may plan.
const MANY: i64 = 2000;

async fn force(world: &World) -> Vec<i64> {
    let numbers: Vec<i64> = (1..=MANY).collect();
    for some in numbers.chunks(500) {
        let agents = some.iter().map(|number| entity::agent::ActiveModel {
            id: Set(10_000 + number),
            name: Set(format!("Efectivo {number}")),
            active: Set(true),
            version: Set(1),
            created_at: Set(start()),
            updated_at: Set(start()),
            ..Default::default()
        });
        let links = some.iter().map(|number| entity::agent_unit::ActiveModel {
            agent_id: Set(10_000 + number),
            unit_id: Set(world.unit_id),
        });
        let db = world.store.writer();
        let made = entity::agent::Entity::insert_many(agents).exec(db).await;
        made.expect("agents");
        let made = entity::agent_unit::Entity::insert_many(links)
            .exec_without_returning(db)
            .await;
        made.expect("their unit");
    }
    (1..=MANY).map(|number| 10_000 + number).collect()
}

#[tokio::test]
async fn the_largest_pattern_is_planned_on_both_databases() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let agent_ids = force(&world).await;
        let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a Tuesday");
        let all = Pattern {
            agent_ids,
            weekdays: vec![Weekday::Tue],
            start: clock(8),
            end: clock(16),
            zone: None,
            from: day,
            until: day,
            unit_id: None,
        };
        let done = write!(world, boss, |tx, boss| shift::plan_pattern(
            tx,
            &boss,
            all,
            Rest::Nothing
        ));
        assert_eq!(
            done.expect("planned").planned.len(),
            usize::try_from(MANY).expect("a few")
        );
        let events = world.all::<entity::event::Entity>().await;
        let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert!(
            seqs.windows(2).all(|two| two[1] == two[0] + 1),
            "numbered without a gap"
        );
        let count = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
        assert_eq!(
            (count("shifts_changed"), count("agent_availability_changed")),
            (2000, 2000)
        );
    })
    .await;
}

#[tokio::test]
async fn many_messages_are_stored_at_once() {
    each(async |world: World| {
        let all = (0..5000).map(|chat| Message::reply(chat, None, json!("Hola")));
        let all: Vec<Message> = all.collect();
        let pushed = world.store.write(move |tx| {
            let all = all.clone();
            Box::pin(async move { outbox::push(tx, all).await })
        });
        pushed.await.expect("stored");
        assert_eq!(world.all::<entity::outbox::Entity>().await.len(), 5000);
    })
    .await;
}
