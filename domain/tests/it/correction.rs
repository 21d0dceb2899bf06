//! Whoever reported can correct it for as long as Telegram lets him, and nobody else can.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    correction,
    report::{self, About, NewReport},
    task::life::Step,
};

use crate::support::{World, each, refusal, start};

impl World {
    async fn reports(&self, by: &Actor, id: i64) -> Result<i64> {
        let (by, new) = (by.clone(), NewReport::text("Robo en Güemes 120"));
        let write = self
            .store
            .write(move |tx| Box::pin(async move { report::add(tx, &by, id, new).await }));
        write.await
    }

    async fn corrects(&self, by: &Actor, sent_at: DateTime<Utc>) -> Result<About> {
        let (by, text) = (by.clone(), "Güemes 1200".to_owned());
        let write = self.store.write(move |tx| {
            Box::pin(async move { correction::add(tx, &by, sent_at, text).await })
        });
        write.await
    }
}

#[tokio::test]
async fn whoever_was_released_corrects_what_he_reported() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, beto) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
        );
        let task = world.begun(&boss, &[&ana, &beto]).await;
        world.wait(TimeDelta::minutes(5));
        let sent_at = start() + TimeDelta::minutes(5);
        world.reports(&beto, task.id).await.expect("reported");
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("completed");
        world.wait(TimeDelta::hours(48));
        assert_eq!(
            refusal(world.reports(&beto, task.id).await),
            Refusal::NotAllowed,
            "another report"
        );
        let corrected = world.corrects(&beto, sent_at).await;
        assert_eq!(corrected.expect("his own"), About::Task(task.id));
        let kept = correction::kept(&world.store, &beto, sent_at).await;
        let text = kept.expect("read").and_then(|kept| kept.text);
        assert_eq!(text.as_deref(), Some("Güemes 1200"));
        for (who, at) in [(&ana, sent_at), (&boss, sent_at), (&beto, start())] {
            let refused = refusal(world.corrects(who, at).await);
            assert!(
                matches!(refused, Refusal::NotFound { .. }),
                "no report of {}: {refused:?}",
                who.name
            );
        }
        world.wait(TimeDelta::seconds(1));
        assert_eq!(
            refusal(world.corrects(&beto, sent_at).await),
            Refusal::NotAllowed,
            "too late"
        );
    })
    .await;
}
