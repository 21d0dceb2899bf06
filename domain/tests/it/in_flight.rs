//! What is still under way when somebody is erased or switched off: nothing of it stays.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Channel, Level, Permission},
    attachment,
    broadcast::{self, NewBroadcast},
    erase,
    error::Thing,
    geo::Point,
    leave,
    position::{self, PositionSource, Shared},
    report::{self, NewFile, NewReport, ReportKind, Source},
    task::life::Step,
    user,
};

use crate::support::{World, each, patrol, refusal, start};

async fn erases(world: &World, who: &Actor) -> Result<()> {
    let id = who.user_id.expect("an account");
    world
        .store
        .write(move |tx| {
            Box::pin(async move { erase::erase(tx, &Actor::system(Channel::Cli), id).await })
        })
        .await
}

async fn tells(world: &World, who: &Actor, task_id: i64, source: Source) -> Result<i64> {
    let file = NewFile {
        source,
        name: None,
        mime: "application/pdf".into(),
        bytes: Some(3),
    };
    let new = NewReport {
        kind: ReportKind::Document,
        file: Some(file),
        ..NewReport::text("lo que vi")
    };
    let who = who.clone();
    world
        .store
        .write(move |tx| Box::pin(async move { report::add(tx, &who, task_id, new).await }))
        .await
}

/// Somebody whose work is done, and the file of his that is still at Telegram.
async fn reporter(world: &World, boss: &Actor, telegram_id: i64) -> (Actor, i64) {
    let name = format!("Ana{telegram_id}");
    let ana = world.person(&name, Level::Agent, telegram_id).await;
    let task = world.begun(boss, &[&ana]).await;
    let told = tells(world, &ana, task.id, Source::Telegram("AgAC".into())).await;
    told.expect("told");
    let done = world.complete(&ana, task.id, Step::default()).await;
    done.expect("done");
    let files = world.all::<entity::attachment::Entity>().await;
    (ana, files.last().expect("hers").id)
}

/// The file has come from Telegram.
async fn comes(world: &World, id: i64, path: &str) -> Result<()> {
    let path = path.to_owned();
    world
        .store
        .write(move |tx| Box::pin(async move { attachment::stored(tx, id, path, 3).await }))
        .await
}

async fn has_files(world: &World) -> bool {
    !world.all::<entity::attachment::Entity>().await.is_empty()
}

/// Which files have to go.
async fn unwanted(world: &World) -> Vec<String> {
    let rows = world.all::<entity::file_removal::Entity>().await;
    rows.into_iter().map(|row| row.path).collect()
}

#[tokio::test]
async fn a_file_that_comes_after_its_person_was_erased_goes_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, file) = reporter(&world, &boss, 2).await;
        erases(&world, &ana).await.expect("erased");
        comes(&world, file, "evidence/late").await.expect("settled");
        assert!(!has_files(&world).await);
        assert_eq!(unwanted(&world).await, ["evidence/late"]);
        let lost = world
            .store
            .write(move |tx| Box::pin(async move { attachment::failed(tx, file).await }));
        lost.await.expect("there is nothing to settle");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_while_its_person_is_erased_goes_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        for round in 0..30 {
            let (ana, file) = reporter(&world, &boss, 100 + round).await;
            let path = format!("evidence/{round}");
            let (came, erased) = tokio::join!(comes(&world, file, &path), erases(&world, &ana));
            came.and(erased).expect("both come through");
            assert!(!has_files(&world).await, "round {round}");
            assert!(unwanted(&world).await.contains(&path), "round {round}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_somebody_brings_while_he_is_erased_goes_or_is_refused() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let task = world.patrol(&boss, &[]).await;
        for round in 0..30 {
            let name = format!("Eva{round}");
            let eva = world.person(&name, Level::Supervisor, 100 + round).await;
            let path = format!("uploads/{round}");
            let source = Source::Stored(path.clone());
            let (told, erased) =
                tokio::join!(tells(&world, &eva, task.id, source), erases(&world, &eva));
            erased.expect("erased");
            assert!(!has_files(&world).await, "round {round}");
            assert_eq!(unwanted(&world).await.contains(&path), told.is_ok());
            if told.is_err() {
                assert_eq!(
                    refusal(told),
                    Refusal::Inactive,
                    "whoever stored it removes it"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_brought_about_somebody_who_was_erased() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let agent_id = ana.agent_id.expect("an agent");
        let days = (start() + TimeDelta::days(1), start() + TimeDelta::days(2));
        let leave = world.leave(&boss, agent_id, days).await.expect("approved");
        erases(&world, &ana).await.expect("erased");
        let certificate = NewFile {
            source: Source::Stored("uploads/late".into()),
            name: None,
            mime: "application/pdf".into(),
            bytes: Some(3),
        };
        let brought = world.store.write(move |tx| {
            Box::pin(async move {
                let admin = Actor::system(Channel::Cli);
                leave::certify(tx, &admin, leave.id, certificate).await
            })
        });
        let missing = Refusal::missing(Thing::Leave);
        assert_eq!(refusal(brought.await), missing);
        assert!(!has_files(&world).await);
    })
    .await;
}

async fn switched_off(world: &World, who: &Actor) {
    let id = who.user_id.expect("an account");
    let off = user::disable(&world.store, &Actor::system(Channel::Cli), id).await;
    off.expect("switched off");
}

#[tokio::test]
async fn who_was_switched_off_since_he_was_looked_up_changes_nothing() {
    each(async |world: World| {
        let mut dora = world.person("Dora", Level::Supervisor, 1).await;
        dora.permissions.push(Permission::Broadcast);
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&dora, &[&ana]).await;
        switched_off(&world, &dora).await;
        let queued = world.all::<entity::outbox::Entity>().await.len();
        let sender = dora.clone();
        let sent = world.store.write(move |tx| {
            Box::pin(async move {
                let new = NewBroadcast {
                    text: Some("Prueba".into()),
                    ..NewBroadcast::default()
                };
                broadcast::send(tx, &sender, new).await
            })
        });
        assert_eq!(refusal(sent.await), Refusal::Inactive);
        let made = world.create(&dora, patrol(&[])).await;
        assert_eq!(refusal(made), Refusal::Inactive);
        assert!(world.all::<entity::broadcast::Entity>().await.is_empty());
        assert_eq!(world.all::<entity::task::Entity>().await.len(), 1);
        let after = world.all::<entity::outbox::Entity>().await.len();
        assert_eq!(after, queued, "nobody is told");

        switched_off(&world, &ana).await;
        let told = tells(&world, &ana, task.id, Source::Stored("uploads/x".into())).await;
        assert_eq!(refusal(told), Refusal::Inactive);
        for source in [PositionSource::Pin, PositionSource::Sos] {
            let shared = Shared {
                point: Point {
                    lat: -34.6,
                    lon: -58.4,
                },
                accuracy_m: None,
                source,
                at: world.store.now(),
            };
            let who = ana.clone();
            let kept = world
                .store
                .write(move |tx| Box::pin(async move { position::share(tx, &who, shared).await }));
            assert_eq!(refusal(kept.await), Refusal::Inactive);
        }
        assert!(world.all::<entity::position::Entity>().await.is_empty());
    })
    .await;
}
