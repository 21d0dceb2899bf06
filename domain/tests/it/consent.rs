//! What somebody agrees to is taken down each time, and what he took back is not kept.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Channel, Level},
    attachment::{NewFile, Source},
    consent::{self, Purpose},
    enrolment::{self, Caller},
    error::Thing,
    geo::Point,
    kept,
    leave::{self, NewLeave},
    position::{self, PositionSource, Shared},
    report::{self, NewReport, ReportKind},
};
use patience::Deadline;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, TransactionTrait};

use crate::{
    position::arrived,
    support::{World, each, postgres_url, refusal, start},
    yielding::somebody_waits,
};

const LOCATION: [(Purpose, bool); 1] = [(Purpose::Location, false)];

async fn sets(world: &World, by: &Actor, of: &Actor, wanted: &[(Purpose, bool)]) -> Result<()> {
    let (by, id) = (by.clone(), of.user_id.expect("an account"));
    let wanted = wanted.to_vec();
    world
        .store
        .write(move |tx| Box::pin(async move { consent::set(tx, &by, id, &wanted).await }))
        .await
}

async fn stands(world: &World, who: &Actor) -> Vec<(Purpose, bool, bool)> {
    let id = who.user_id.expect("an account");
    let all = consent::of(&world.store, who, id).await.expect("his own");
    all.now
        .into_iter()
        .map(|one| (one.purpose, one.granted, one.since.is_some()))
        .collect()
}

async fn shares(world: &World, who: &Actor, source: PositionSource) -> Result<bool> {
    let who = who.clone();
    let shared = Shared {
        point: Point {
            lat: -34.6,
            lon: -58.4,
        },
        accuracy_m: None,
        source,
        at: world.store.now(),
    };
    world
        .store
        .write(move |tx| Box::pin(async move { position::share(tx, &who, shared).await }))
        .await
}

#[tokio::test]
async fn what_was_taken_back_is_not_kept_and_each_change_is() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let admin = world.person("Raquel", Level::Admin, 3).await;
        let both = [
            (Purpose::Location, true, false),
            (Purpose::Media, true, false),
        ];
        assert_eq!(stands(&world, &ana).await, both);
        assert!(
            shares(&world, &ana, PositionSource::Pin)
                .await
                .expect("kept")
        );
        assert_eq!(world.all::<entity::last_position::Entity>().await.len(), 1);

        sets(&world, &ana, &ana, &LOCATION).await.expect("his own");
        sets(&world, &ana, &ana, &LOCATION).await.expect("again");
        assert!(
            world
                .all::<entity::last_position::Entity>()
                .await
                .is_empty()
        );
        let purpose = Purpose::Location;
        for source in [PositionSource::Pin, PositionSource::Live] {
            let refused = refusal(shares(&world, &ana, source).await);
            assert_eq!(refused, Refusal::NoConsent { purpose });
        }
        let help = shares(&world, &ana, PositionSource::Sos).await;
        assert!(help.expect("a call for help has its place"));

        let yes = [(Purpose::Location, true)];
        let refused = refusal(sets(&world, &admin, &ana, &yes).await);
        assert_eq!(refused, Refusal::NotAllowed, "nobody agrees for another");
        sets(&world, &ana, &ana, &yes).await.expect("his own");
        sets(&world, &admin, &ana, &LOCATION).await.expect("noted");
        let id = ana.user_id.expect("an account");
        let all = consent::of(&world.store, &admin, id).await.expect("read");
        let said: Vec<_> = all
            .history
            .iter()
            .map(|one| (one.granted, one.by.as_ref().map(|by| by.name.as_str())))
            .collect();
        let ana_said = Some("Ana");
        assert_eq!(
            said,
            [(false, Some("Raquel")), (true, ana_said), (false, ana_said)]
        );
        let record = world.all::<entity::audit::Entity>().await;
        let noted = record.iter().filter(|row| row.action == "user.consent");
        assert_eq!(noted.count(), 3);
        let mine = kept::mine(&world.store, &ana).await.expect("an account");
        assert_eq!(mine.consents, all.now);
    })
    .await;
}

#[tokio::test]
async fn others_neither_read_nor_change_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let id = ana.user_id.expect("an account");
        for (who, expected) in [
            (&boss, Refusal::NotAllowed),
            (&beto, Refusal::missing(Thing::User)),
        ] {
            let read = consent::of(&world.store, who, id).await;
            assert_eq!(refusal(read), expected);
            assert_eq!(refusal(sets(&world, who, &ana, &LOCATION).await), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn pictures_need_consent_and_words_do_not() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&boss, &[&ana]).await;
        let no = [(Purpose::Media, false)];
        sets(&world, &ana, &ana, &no).await.expect("his own");
        let tells = async |kind: ReportKind| {
            let (who, id) = (ana.clone(), task.id);
            let new = NewReport {
                kind,
                ..NewReport::text("lo que vi")
            };
            let told = world
                .store
                .write(move |tx| Box::pin(async move { report::add(tx, &who, id, new).await }));
            told.await
        };
        tells(ReportKind::Text).await.expect("told");
        let purpose = Purpose::Media;
        for kind in [ReportKind::Photo, ReportKind::Video, ReportKind::Voice] {
            let refused = refusal(tells(kind).await);
            assert_eq!(refused, Refusal::NoConsent { purpose }, "{kind:?}");
        }
        assert_eq!(world.all::<entity::report::Entity>().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_certificate_that_is_a_picture_needs_consent_and_a_document_does_not() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let no = [(Purpose::Media, false)];
        sets(&world, &ana, &ana, &no).await.expect("his own");
        let starts_at = world.store.now() + TimeDelta::days(3);
        let asks = async |mime: &str| {
            let certificate = NewFile {
                source: Source::Stored("uploads/proof".into()),
                name: None,
                mime: mime.into(),
                bytes: Some(3),
            };
            let new = NewLeave {
                agent_id: ana.agent_id.expect("an agent"),
                starts_at,
                ends_at: starts_at + TimeDelta::days(1),
                certificate: Some(certificate),
                ..NewLeave::default()
            };
            let who = ana.clone();
            let asked = world
                .store
                .write(move |tx| Box::pin(async move { leave::request(tx, &who, new).await }));
            asked.await
        };
        let purpose = Purpose::Media;
        let refused = refusal(asks("image/jpeg").await);
        assert_eq!(refused, Refusal::NoConsent { purpose });
        let asked = asks("application/pdf")
            .await
            .expect("nothing was kept before");
        assert_eq!(asked.attachments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn accepting_the_link_is_agreeing_but_overrules_nothing() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        sets(&world, &ana, &ana, &LOCATION).await.expect("his own");
        let id = ana.user_id.expect("an account");
        let enrolled = world.store.write(move |tx| {
            Box::pin(async move {
                let system = Actor::system(Channel::Cli);
                let link = enrolment::invite(tx, &system, id).await?;
                let caller = Caller {
                    telegram_id: 22,
                    username: None,
                    lang: None,
                };
                enrolment::enrol(tx, &link.code, caller).await
            })
        });
        enrolled.await.expect("a link");
        let expected = [
            (Purpose::Location, false, true),
            (Purpose::Media, true, true),
        ];
        assert_eq!(stands(&world, &ana).await, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_place_outlives_the_consent_that_is_taken_back_meanwhile() {
    each(async |world: World| {
        let purpose = Purpose::Location;
        for round in 0..40 {
            let name = format!("Ana{round}");
            let ana = world.person(&name, Level::Agent, 100 + round).await;
            let moves = arrived(&world, &[(round, 100 + round, -34.6)]).await;
            let (said, pinned, moved) = tokio::join!(
                sets(&world, &ana, &ana, &LOCATION),
                shares(&world, &ana, PositionSource::Pin),
                position::share_all(&world.store, moves),
            );
            said.expect("her own");
            moved.expect("the database answers");
            if pinned.is_err() {
                assert_eq!(refusal(pinned), Refusal::NoConsent { purpose });
            }
            let left = world.all::<entity::last_position::Entity>().await;
            assert!(left.is_empty(), "round {round}: {left:?}");
        }
    })
    .await;
}

/// Somebody takes his consent back, and this is not committed yet.
async fn taking_back(world: &World, user_id: i64) -> sea_orm::DatabaseTransaction {
    let saying = world.store.writer().begin().await.expect("begun");
    let hold = format!("SELECT id FROM users WHERE id = {user_id} FOR UPDATE");
    saying.execute_unprepared(&hold).await.expect("held");
    let no = entity::consent::ActiveModel {
        user_id: Set(user_id),
        purpose: Set(Purpose::Location),
        granted: Set(false),
        at: Set(start()),
        changed_by: Set(None),
        channel: Set(Channel::Bot),
        ..Default::default()
    };
    let said = entity::consent::Entity::insert(no).exec_without_returning(&saying);
    said.await.expect("said");
    saying
}

/// As soon as somebody waits for it.
async fn commits(world: &World, saying: sea_orm::DatabaseTransaction) {
    let mut end = Deadline::after(Duration::from_secs(10));
    while !somebody_waits(world).await {
        assert!(!end.is_over(), "nobody waits");
    }
    saying.commit().await.expect("it was open");
}

#[tokio::test]
async fn who_keeps_a_place_waits_for_what_is_being_said_about_it() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    let saying = taking_back(&world, ana.user_id.expect("an account")).await;
    let pin = shares(&world, &ana, PositionSource::Pin);
    let (pinned, ()) = tokio::join!(pin, commits(&world, saying));
    let purpose = Purpose::Location;
    assert_eq!(refusal(pinned), Refusal::NoConsent { purpose });

    let beto = world.person("Beto", Level::Agent, 3).await;
    let moves = arrived(&world, &[(1, 3, -34.6)]).await;
    let saying = taking_back(&world, beto.user_id.expect("an account")).await;
    let sharing = position::share_all(&world.store, moves);
    let (moved, ()) = tokio::join!(sharing, commits(&world, saying));
    assert!(moved.expect("it answers").is_empty(), "he has to be told");
    assert!(world.all::<entity::position::Entity>().await.is_empty());
}
