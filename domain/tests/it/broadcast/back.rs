//! After an outage of Telegram: everybody who owes an answer and has heard nothing is asked, once, page by page.

use domain::outbox::OutboxStatus;
use entity::timer;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};

use super::*;

impl World {
    pub(super) async fn crowd(&self, people: i64) {
        let rows: Vec<_> = (0..people)
            .map(|number| entity::user::ActiveModel {
                username: Set(format!("u{number}")),
                name: Set(format!("U{number}")),
                level: Set(1),
                permissions: Set(String::new()),
                telegram_id: Set(Some(10_000 + number)),
                active: Set(true),
                version: Set(1),
                created_at: Set(start()),
                updated_at: Set(start()),
                ..Default::default()
            })
            .collect();
        entity::user::Entity::insert_many(rows)
            .exec_without_returning(self.store.writer())
            .await
            .expect("rows");
    }

    async fn back(&self, id: i64, minutes: i64) -> Vec<i64> {
        let since = self.store.now() - TimeDelta::minutes(minutes);
        let before = self.rung(id).await;
        self.telegram_away(Some(since)).await;
        self.telegram_away(None).await;
        self.run_timers().await;
        self.rung(id).await.split_off(before.len())
    }

    /// Whatever waited is thrown away, as if it had never been.
    async fn forget_queue(&self) {
        outbox::Entity::delete_many()
            .exec(self.store.writer())
            .await
            .expect("nothing waits");
    }

    async fn heard(&self, chat: i64, minutes_ago: i64) {
        let at = self.store.now() - TimeDelta::minutes(minutes_ago);
        let user = self.all::<entity::user::Entity>().await;
        let user = user.iter().find(|one| one.telegram_id == Some(chat));
        broadcast_recipient::Entity::update_many()
            .col_expr(broadcast_recipient::Column::RungAt, Expr::value(at))
            .filter(broadcast_recipient::Column::UserId.eq(user.expect("somebody").id))
            .exec(self.store.writer())
            .await
            .expect("a row");
    }
}

#[tokio::test]
async fn many_are_asked_in_pages_and_nobody_twice() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.crowd(1_201).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.forget_queue().await;
        let mut asked = world.back(id, 5).await;
        asked.sort_unstable();
        assert_eq!(asked, (10_000..11_201).collect::<Vec<_>>());
        let pages = world.all::<timer::Entity>().await;
        let pages = pages.iter().filter(|one| one.kind == "broadcast_back");
        assert_eq!(pages.count(), 3, "500, 500 and 201");
        // Their rings wait: another outage adds none.
        assert!(world.back(id, 5).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_outage_counts_from_where_it_was_noted_and_a_hiccup_asks_nobody() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        world.wait(TimeDelta::seconds(1));
        let asked = async |seconds: i64| {
            let before = world.rung(id).await.len();
            world.telegram_away(Some(world.store.now())).await;
            world.wait(TimeDelta::seconds(seconds));
            // Each of these is another sender, which knows no more than what is written down.
            world.telegram_away(None).await;
            world.telegram_away(None).await;
            world.run_timers().await;
            world.rung(id).await.len() - before
        };
        assert_eq!(asked(20).await, 0, "a hiccup");
        assert_eq!(asked(30).await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_has_heard_it_since_is_left_alone_also_when_it_is_under_way() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        world.person("Eva", Level::Agent, 3).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        // Ana heard it again while the rest still waited; Bob's is on its way.
        for (chat, minutes_ago) in [(1, 1), (2, 20), (3, 20)] {
            world.heard(chat, minutes_ago).await;
        }
        let under_way = outbox::ActiveModel {
            lane: Set(domain::outbox::Lane::Broadcast),
            chat_id: Set(2),
            notice: Set(
                serde_json::json!({ "notice": "broadcast", "broadcast_id": id, "ring": true }),
            ),
            status: Set(OutboxStatus::Sending),
            tries: Set(1),
            created_at: Set(start()),
            ..Default::default()
        };
        world.insert(under_way).await;
        assert_eq!(world.back(id, 5).await, [3]);
    })
    .await;
}
