//! The score of a drill stays what it was when it ended, also when another release ended it.

use entity::drill as drill_row;

use super::*;

impl World {
    async fn answered_drill(&self, dora: &Actor) -> i64 {
        let ana = self.person("Ana", Level::Agent, 1).await;
        self.person("Bob", Level::Agent, 2).await;
        let exercise = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = self.sends(dora, exercise).await.expect("sent");
        self.telegram_takes().await;
        self.wait(TimeDelta::seconds(20));
        self.replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        id
    }

    /// As when everybody who got it is forgotten.
    async fn forget_its_people(&self) {
        broadcast_answer::Entity::delete_many()
            .exec(self.store.writer())
            .await
            .expect("gone");
        broadcast_recipient::Entity::delete_many()
            .exec(self.store.writer())
            .await
            .expect("gone");
    }

    /// As a release before left it.
    async fn forget_scores(&self) {
        let none = Expr::value(Option::<serde_json::Value>::None);
        drill_row::Entity::update_many()
            .col_expr(drill_row::Column::Score, none)
            .exec(self.store.writer())
            .await
            .expect("as it was");
    }

    async fn told_score(&self, id: i64) -> drill::Score {
        let one = self.roll_call(id).await;
        drill::score(&self.store, &one).await.expect("there")
    }

    async fn only_score(&self) -> drill::Score {
        let drills = self.drills().await;
        drills[0].score().expect("it was held")
    }
}

#[tokio::test]
async fn forgetting_people_does_not_change_the_score_of_what_is_over() {
    each(async |world: World| {
        let dora = world.planner().await;
        let id = world.answered_drill(&dora).await;
        let running = world.only_score().await;
        assert_eq!((running.recipients, running.acknowledged), (2, 1));
        assert_eq!(running.of_all.half_seconds, Some(20));
        world.closes(&dora, id).await;
        world.forget_its_people().await;
        assert_eq!(world.only_score().await, running);
        assert_eq!(
            world.told_score(id).await,
            running,
            "whoever sent it is told the same"
        );
    })
    .await;
}

#[tokio::test]
async fn one_that_a_release_before_ended_gets_its_score_by_and_by() {
    each(async |world: World| {
        let dora = world.planner().await;
        let id = world.answered_drill(&dora).await;
        world.closes(&dora, id).await;
        world.forget_scores().await;
        let reckoned = world.only_score().await;
        assert_eq!(reckoned.acknowledged, 1, "until then it is reckoned");
        timer::start(&world.store).await.expect("set");
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
        world.forget_its_people().await;
        assert_eq!(world.only_score().await, reckoned);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_at_the_very_end_counts_for_the_kept_score_as_for_a_later_look() {
    each(async |world: World| {
        let dora = world.planner().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        for _ in 0..20 {
            let exercise = NewBroadcast {
                drill: true,
                ..words()
            };
            let id = world.sends(&dora, exercise).await.expect("sent");
            let (said, ()) = tokio::join!(
                world.replies(&ana, id, Reply::Acknowledged),
                world.closes(&dora, id)
            );
            said.expect("said");
            let kept = world.told_score(id).await;
            world.forget_scores().await;
            assert_eq!(world.told_score(id).await, kept);
        }
    })
    .await;
}
