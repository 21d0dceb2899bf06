//! Who is told first, and that a great number of people is written to page by page.

use chrono::DateTime;
use domain::{position::PositionSource, timer};
use entity::{card, last_position, shift};
use sea_orm::{ColumnTrait, QueryFilter};

use super::*;

const HERE: Point = Point {
    lat: -34.6,
    lon: -58.4,
};

/// As many as fill two pages, and some.
const CROWD: i64 = 1_201;
const FIRST: i64 = 10_000;

impl World {
    /// Seen lately, so many hundredths of a degree to the north.
    async fn seen(&self, who: &Actor, hundredths: i32) {
        let row = last_position::ActiveModel {
            agent_id: Set(who.agent_id.expect("an agent")),
            lat: Set(HERE.lat + f64::from(hundredths) / 100.0),
            lon: Set(HERE.lon),
            accuracy_m: Set(None),
            source: Set(PositionSource::Pin),
            recorded_at: Set(self.store.now()),
            refused_at: Set(None),
        };
        last_position::Entity::insert(row)
            .exec_without_returning(self.store.writer())
            .await
            .expect("a row");
    }

    /// A shift that begins tomorrow: off duty until then.
    async fn off_duty(&self, who: &Actor) {
        let at = |hours| -> DateTime<chrono::Utc> { start() + TimeDelta::hours(hours) };
        let row = shift::ActiveModel {
            agent_id: Set(who.agent_id.expect("an agent")),
            status: Set(shift::ShiftStatus::Planned),
            starts_local: Set(at(24).naive_utc()),
            starts_at: Set(at(24)),
            ends_local: Set(at(32).naive_utc()),
            ends_at: Set(at(32)),
            zone: Set("UTC".into()),
            created_at: Set(start()),
            ..Default::default()
        };
        self.insert(row).await;
    }

    /// The chats in the order in which the sender takes their messages.
    async fn taken(&self) -> Vec<i64> {
        let span = std::time::Duration::from_secs(600);
        let lease = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = lease.expect("a lease").expect("free");
        let mut chats = Vec::new();
        loop {
            let some = queue::claim(&self.store, fence.clone(), 2, vec![900]).await;
            let some = some.expect("messages");
            if some.is_empty() {
                return chats;
            }
            chats.extend(some.iter().map(|message| message.chat_id));
            let settled = some.into_iter().map(|message| Settled {
                message,
                outcome: Outcome::Sent { message_id: None },
                shown: None,
            });
            let settled = queue::settle_all(&self.store, fence.clone(), settled.collect()).await;
            settled.expect("settled");
        }
    }

    async fn calls_off(&self, by: &Actor, id: i64) {
        let by = by.clone();
        self.store
            .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &by, id).await }))
            .await
            .expect("called off");
    }

    /// The next round would ask everybody once more.
    async fn no_more_rounds(&self) {
        entity::timer::Entity::delete_many()
            .filter(entity::timer::Column::Kind.eq("broadcast_round"))
            .exec(self.store.writer())
            .await
            .expect("no round waits");
    }

    async fn forget_messages(&self) {
        outbox::Entity::delete_many()
            .exec(self.store.writer())
            .await
            .expect("nothing waits");
    }
}

#[tokio::test]
async fn those_on_duty_and_near_are_told_first_whatever_their_chats() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let off_near = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let off_far = world.person("Eva", Level::Agent, 3).await;
        let far = world.person("Leo", Level::Agent, 4).await;
        let near = world.person("Mia", Level::Agent, 5).await;
        for (one, hundredths) in [(&off_near, 1), (&off_far, 2), (&far, 30), (&near, 3)] {
            world.seen(one, hundredths).await;
        }
        for one in [&off_near, &off_far] {
            world.off_duty(one).await;
        }
        let here = NewBroadcast {
            place: Some(HERE),
            ..words()
        };
        let id = world.sends(&dora, here).await.expect("sent");
        let wanted: [i64; 5] = [5, 4, 2, 1, 3];
        assert_eq!(world.taken().await, wanted, "nobody saw chat 2");
        // Who is asked again is asked in the same order.
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        assert_eq!(world.rung(id).await, [wanted, wanted].concat());
        assert_eq!(world.taken().await, wanted);
        // The middle of a circle is a place too.
        let around = NewBroadcast {
            audience: Audience::Radius {
                lat: HERE.lat,
                lon: HERE.lon,
                radius_m: 50_000.0,
            },
            ..words()
        };
        world.sends(&dora, around).await.expect("sent");
        assert_eq!(world.taken().await, [5, 4, 1, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_crowd_is_asked_again_in_pages_also_when_the_process_dies_between_them() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.crowd(CROWD).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.forget_messages().await;
        world.wait(TimeDelta::seconds(61));
        let round = timer::claim(&world.store, 1).await.expect("timers");
        timer::run(&world.store, &round[0]).await.expect("it runs");
        assert_eq!(world.rung(id).await.len(), 500, "the first page");
        // Somebody takes the next page and dies; whoever comes after him finds it again.
        let lost = timer::claim(&world.store, 1).await.expect("timers");
        assert!(
            matches!(lost[0].due, timer::Due::BroadcastAsk { after, .. } if after > 0),
            "{lost:?}"
        );
        world.no_more_rounds().await;
        world.wait(TimeDelta::seconds(1));
        world.run_timers().await;
        assert_eq!(world.rung(id).await.len(), 500, "it is still his");
        world.wait(TimeDelta::seconds(2));
        world.run_timers().await;
        let mut rung = world.rung(id).await;
        rung.sort_unstable();
        assert_eq!(rung, (FIRST..FIRST + CROWD).collect::<Vec<_>>());
        let rows = world.all::<broadcast_recipient::Entity>().await;
        assert!(rows.iter().all(|row| row.rings == 1));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_any_more_by_a_page_that_comes_after_the_end() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.crowd(CROWD).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.forget_messages().await;
        world.wait(TimeDelta::seconds(61));
        let round = timer::claim(&world.store, 1).await.expect("timers");
        timer::run(&world.store, &round[0]).await.expect("it runs");
        let page = timer::claim(&world.store, 1).await.expect("timers");
        world.calls_off(&dora, id).await;
        timer::run(&world.store, &page[0]).await.expect("it runs");
        world.run_timers().await;
        assert_eq!(world.rung(id).await.len(), 500);
    })
    .await;
}

#[tokio::test]
async fn every_message_of_a_crowd_shows_the_end_once() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.crowd(CROWD).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let cards: Vec<_> = (FIRST..FIRST + CROWD)
            .map(|chat| card::ActiveModel {
                chat_id: Set(chat),
                subject: Set(format!("broadcast:{id}")),
                message_id: Set(1),
                hash: Set("h".into()),
                updated_at: Set(start()),
            })
            .collect();
        card::Entity::insert_many(cards)
            .exec_without_returning(world.store.writer())
            .await
            .expect("rows");
        world.forget_messages().await;
        world.calls_off(&dora, id).await;
        let end = Notice::Broadcast {
            broadcast_id: id,
            ring: false,
        };
        assert_eq!(world.told(&end).await.len(), 500, "the first page");
        world.run_timers().await;
        let told = world.told(&end).await;
        assert_eq!(told, (FIRST..FIRST + CROWD).collect::<Vec<_>>());
    })
    .await;
}
