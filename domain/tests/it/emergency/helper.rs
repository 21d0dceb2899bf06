//! Whoever comes to a call and calls for help himself is not counted on there, until he says anew that he goes.

use super::*;

const SILVA: i64 = 90;

/// Silva commands, Ana calls and needs one, Bob goes, and Eva could.
struct Scene {
    world: World,
    boss: Actor,
    bob: Actor,
    first: i64,
}

impl Scene {
    async fn begin(world: World) -> Self {
        let boss = world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        world.standing("Eva", 3, 200.0).await;
        let first = world.sos(&ana, here()).await.id;
        entity::emergency::Entity::update_many()
            .col_expr(
                entity::emergency::Column::Crew,
                sea_orm::sea_query::Expr::value(1),
            )
            .exec(world.store.writer())
            .await
            .expect("a row");
        world.goes(&bob, first).await.expect("he comes");
        world.wait(TimeDelta::seconds(10));
        Self {
            world,
            boss,
            bob,
            first,
        }
    }

    /// Bob calls for help himself.
    async fn calls(&self, drill: bool) -> Emergency {
        let call = NewEmergency { drill, ..here() };
        let own = self.world.sos(&self.bob, call).await;
        self.world.run_timers().await;
        own
    }

    /// That call has ended.
    async fn is_safe(&self, own: &Emergency) {
        let over = self.world.resolves(&self.boss, own.id, Some("Hecho")).await;
        over.expect("done");
        self.world.run_timers().await;
    }

    /// How many can be counted on, and whether they are enough.
    async fn going(&self) -> (usize, EmergencyStatus) {
        let now = self.world.emergency(self.first).await;
        (now.going(), now.status)
    }

    async fn rung(&self) -> usize {
        let card = Notice::Emergency {
            emergency_id: self.first,
            ring: true,
        };
        let told = self.world.notices(2).await;
        told.iter().filter(|(_, one)| *one == card).count()
    }
}

#[tokio::test]
async fn whoever_calls_himself_is_not_counted_on_until_he_says_anew_that_he_goes() {
    each(async |world: World| {
        let scene = Scene::begin(world).await;
        assert_eq!(scene.going().await, (1, EmergencyStatus::Answered));
        let since = scene.world.store.now();
        let own = scene.calls(false).await;
        assert_eq!(scene.going().await, (0, EmergencyStatus::Active));
        let now = scene.world.emergency(scene.first).await;
        let codes: Vec<_> = now.takers().map(|one| one.own_call.clone()).collect();
        assert_eq!(codes, std::slice::from_ref(&own.code));
        assert_eq!(now.nobody_since, Some(since));
        assert_eq!(names(&now, OfferState::Offered), ["Eva"]);
        for _ in 0..3 {
            scene.world.wait(TimeDelta::seconds(30));
            scene.world.run_timers().await;
        }
        let told = scene.world.notices(SILVA).await;
        let nobody = |one: &(Lane, Notice)| {
            matches!(one.1, Notice::EmergencyEscalated { emergency_id, .. } if emergency_id == scene.first)
        };
        assert!(told.iter().any(nobody), "nobody goes to the first");
        scene.world.delivers().await;
        let before = scene.rung().await;
        scene.is_safe(&own).await;
        assert_eq!(scene.rung().await, before + 1, "does he go?");
        assert_eq!(scene.going().await, (0, EmergencyStatus::Active));
        let again = scene.world.goes(&scene.bob, scene.first).await;
        assert_eq!(again.expect("said"), Coming::Taken);
        assert_eq!(scene.going().await, (1, EmergencyStatus::Answered));
    })
    .await;
}

#[tokio::test]
async fn who_says_it_while_he_calls_counts_once_his_call_is_over() {
    each(async |world: World| {
        let scene = Scene::begin(world).await;
        let own = scene.calls(false).await;
        let again = scene.world.goes(&scene.bob, scene.first).await;
        again.expect("said");
        assert_eq!(scene.going().await, (0, EmergencyStatus::Active));
        scene.is_safe(&own).await;
        assert_eq!(scene.going().await, (1, EmergencyStatus::Answered));
    })
    .await;
}

#[tokio::test]
async fn a_practised_call_of_his_own_changes_nothing() {
    each(async |world: World| {
        let scene = Scene::begin(world).await;
        let own = scene.calls(true).await;
        assert_eq!(scene.going().await, (1, EmergencyStatus::Answered));
        scene.is_safe(&own).await;
        assert_eq!(scene.going().await, (1, EmergencyStatus::Answered));
    })
    .await;
}
