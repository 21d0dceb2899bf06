//! A call for help that is practised is one of the history of drills, with a score that stays.

use domain::{
    drill::{self, Drill, DrillFilter, DrillStatus},
    page::Window,
};

use super::*;

impl World {
    async fn history(&self) -> Vec<Drill> {
        let system = Actor::system(Channel::Cli);
        let any = DrillFilter::default();
        let page = drill::list(&self.store, &system, any, Window::first(50)).await;
        page.expect("listed").items
    }
}

fn practised() -> NewEmergency {
    NewEmergency {
        place: Some(HERE),
        drill: true,
        ..NewEmergency::default()
    }
}

#[tokio::test]
async fn a_practised_call_has_a_score_that_its_people_cannot_change_any_more() {
    each(async |world: World| {
        let people = world.six().await;
        let chief = world.person("Zoe", Level::Admin, 900).await;
        let id = world.sos(&people[4], practised()).await.id;
        let asked = world.emergency(id).await.asked as i64;
        assert!(asked >= 3, "{asked} were asked");
        world.wait(TimeDelta::seconds(10));
        world.goes(&people[0], id).await.expect("said");
        world.wait(TimeDelta::seconds(20));
        world.cannot(&people[1], id).await.expect("said");
        let running = world.history().await.remove(0);
        assert_eq!(running.status, DrillStatus::Held);
        assert_eq!((running.audience, running.ends_at), (None, None));
        let call = running.call.expect("the call");
        assert_eq!((call.id, call.status), (id, EmergencyStatus::Active));
        assert_eq!(
            (call.score.recipients, call.score.acknowledged),
            (asked, 2),
            "so far"
        );
        world
            .resolves(&chief, id, Some("Practicado"))
            .await
            .expect("ended");
        entity::emergency_offer::Entity::delete_many()
            .exec(world.store.writer())
            .await
            .expect("gone");
        let over = world.history().await.remove(0);
        let call = over.call.as_ref().expect("the call");
        assert_eq!(call.status, EmergencyStatus::Resolved);
        assert!(call.ended_at.is_some());
        let score = over.score().expect("kept");
        assert_eq!(
            (score.recipients, score.reached, score.acknowledged),
            (asked, 2, 2)
        );
        assert_eq!(score.of_reached.half_seconds, Some(10));
        assert_eq!(score.of_reached.most_seconds, Some(30));
        assert_eq!(score.first_coming_seconds, Some(10));
        world.sos(&people[5], here()).await;
        assert_eq!(world.history().await.len(), 1, "a real one is no drill");
    })
    .await;
}

#[tokio::test]
async fn one_that_was_taken_back_stays_with_nobody_asked() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&ana, practised()).await.id;
        let by = ana.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move { emergency::withdraw(tx, &by, id, "Listo").await })
            })
            .await
            .expect("taken back");
        let history = world.history().await;
        let call = history[0].call.as_ref().expect("it had left");
        assert_eq!(call.status, EmergencyStatus::Cancelled);
        assert_eq!(history[0].score().map(|score| score.recipients), Some(0));
    })
    .await;
}
