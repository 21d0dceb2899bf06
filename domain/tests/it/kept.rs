//! Everything that is kept about a person goes to himself and to admins, and he learns who took it.

use domain::{
    Actor, Refusal,
    actor::Level,
    emergency::{self, NewEmergency},
    error::Thing,
    geo::Point,
    kept,
    report::{self, NewReport},
    session::{self, Origin},
    task::life::Step,
};
use entity::emergency_offer::OfferState;
use sea_orm::ActiveValue::Set;
use serde_json::Value;

use crate::support::{World, each, refusal, start};

async fn tells(world: &World, who: &Actor, task_id: i64, text: &str) {
    let (who, new) = (who.clone(), NewReport::text(text));
    let told = world.store.write(move |tx| {
        Box::pin(async move { report::add(tx, &who, task_id, new).await.map(drop) })
    });
    told.await.expect("told");
}

#[tokio::test]
async fn what_is_kept_goes_to_himself_and_admins_and_is_put_on_record() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let admin = world.person("Raquel", Level::Admin, 4).await;
        let task = world.begun(&boss, &[&ana, &beto]).await;
        tells(&world, &ana, task.id, "lo mío").await;
        tells(&world, &beto, task.id, "lo ajeno").await;
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        let ana_id = ana.user_id.expect("an account");
        let export = async |who: &Actor| kept::export(&world.store, who, ana_id).await;

        assert_eq!(refusal(export(&boss).await), Refusal::NotAllowed);
        let unseen = refusal(export(&beto).await);
        assert_eq!(unseen, Refusal::missing(Thing::User));
        let at = world.store.now();
        for who in [&ana, &admin] {
            let file = export(who).await.expect("allowed");
            let text = String::from_utf8(file).expect("it is text");
            assert!(
                text.contains("lo mío") && !text.contains("lo ajeno"),
                "{text}"
            );
            assert!(!text.contains("password"), "{text}");
            let file: Value = serde_json::from_str(&text).expect("it is JSON");
            assert_eq!(file["account"]["name"], "Ana");
            assert_eq!(file["agent"]["name"], "Ana");
            assert_eq!(file["tasks"][0]["code"], task.code.as_str());
            let acts = file["record"].as_array().expect("a list");
            assert!(
                acts.iter().any(|act| act["action"] == "task.report"),
                "{text}"
            );
        }
        let record = world.all::<entity::audit::Entity>().await;
        let taken: Vec<_> = record
            .iter()
            .filter(|row| row.action == "user.exported")
            .map(|row| (row.user_id, row.subject_kind.as_str(), row.subject_id))
            .collect();
        let by = |who: &Actor| (who.user_id, "user", Some(ana_id));
        assert_eq!(taken, [by(&ana), by(&admin)], "refused ones took nothing");
        let mine = kept::mine(&world.store, &ana).await.expect("an account");
        assert_eq!(mine.seen, [("Raquel".to_owned(), at)]);
        let his = kept::mine(&world.store, &beto).await.expect("an account");
        assert!(his.seen.is_empty(), "{:?}", his.seen);
    })
    .await;
}

/// He signs in by Telegram and calls for help; returns the id of the emergency.
async fn calls(world: &World, ana: &Actor) -> i64 {
    let who = ana.clone();
    let called = world.store.write(move |tx| {
        Box::pin(async move {
            let origin = Origin {
                telegram_id: who.telegram_id,
                ..Origin::default()
            };
            session::open(tx, who.user_id.expect("an account"), origin).await?;
            let help = NewEmergency {
                place: Some(Point {
                    lat: -34.6,
                    lon: -58.4,
                }),
                accuracy_m: Some(12.5),
                ..NewEmergency::default()
            };
            emergency::raise(tx, &who, help).await
        })
    });
    called.await.expect("called")
}

#[tokio::test]
async fn how_exactly_his_places_were_known_and_which_phone_signed_in_is_told_too() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let thought_of = entity::emergency_offer::ActiveModel {
            emergency_id: Set(calls(&world, &ana).await),
            agent_id: Set(ana.agent_id.expect("an agent")),
            ring: Set(1),
            state: Set(OfferState::Passed),
            position_accuracy_m: Set(Some(37.5)),
            load: Set(0),
            rings: Set(0),
            at: Set(start()),
            ..Default::default()
        };
        world.insert(thought_of).await;
        let file = kept::file(&world.store, &ana).await.expect("her own");
        let file: Value = serde_json::from_slice(&file).expect("it is JSON");
        assert_eq!(file["emergencies"][0]["place_accuracy_m"], 12.5);
        assert_eq!(file["calls"][0]["position_accuracy_m"], 37.5);
        assert_eq!(file["sessions"][0]["telegram_id"], 2);
    })
    .await;
}
