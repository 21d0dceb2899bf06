//! Erasing somebody: nothing personal is left anywhere, the books and the chain over the record stay.

use std::{sync::Mutex, time::Duration};

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Level, Permission},
    audit::{seal::seal, verify::verify},
    emergency::{self, NewEmergency},
    erase::{self, files::remove_some},
    error::Thing,
    files::{FileError, Files},
    geo::Point,
    lease,
    outbox::{self, Notice, Outcome, Settled},
    position::{self, PositionSource, Shared},
    report::{self, NewFile, NewReport, ReportKind, Source},
    session::{self, Origin},
    task::life::Step,
    user::{self, UserPatch},
};
use entity::emergency_offer::OfferState;
use futures::future::BoxFuture;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::support::{World, each, refusal, start};

const NAME: &str = "Ana Zurita";
const CHAT: i64 = 770_077_001;
const SECRETS: [&str; 9] = [
    "Zurita",
    "zurita",
    "770077001",
    "lo que vi",
    "4555-0101",
    "placa-77",
    "telefono-de-ana",
    "-34.6123",
    "731.625",
];

/// How exactly his places were known.
const EXACT: Option<f64> = Some(731.625);

const SPOT: Point = Point {
    lat: -34.6123,
    lon: -58.4321,
};

/// Every row of every table, as text.
macro_rules! dump {
    ($world:expr, $($table:ident)+) => {{
        let mut text = String::new();
        $(for row in $world.all::<entity::$table::Entity>().await {
            text.push_str(&format!("{} {row:?}\n", stringify!($table)));
        })+
        text
    }};
}

async fn everything(world: &World) -> String {
    dump!(
        world,
        agent agent_unit assignment attachment audit broadcast broadcast_answer broadcast_recipient calendar card check_in
        check_in_person dialogue drill emergency emergency_offer emergency_topic enrolment event export former_assignment
        history inbox kept_answer last_position leave login_attempt nudge_day outbox position report session setting shift
        shift_swap suggestion task timer unavailability unit unit_group unit_member user
    )
}

async fn erases(world: &World, actor: &Actor, id: i64) -> Result<()> {
    let actor = actor.clone();
    world
        .store
        .write(move |tx| Box::pin(async move { erase::erase(tx, &actor, id).await }))
        .await
}

/// What somebody leaves behind in a day's work.
async fn works(world: &World, ana: &Actor, task_id: i64) {
    let who = ana.clone();
    let done = world.store.write(move |tx| {
        Box::pin(async move {
            let shared = Shared {
                point: SPOT,
                accuracy_m: None,
                source: PositionSource::Pin,
                at: tx.now(),
            };
            position::share(tx, &who, shared).await?;
            let file = NewFile {
                source: Source::Stored("1/photo.jpg".into()),
                name: Some("telefono-de-ana.jpg".into()),
                mime: "image/jpeg".into(),
                bytes: Some(3),
            };
            let told = NewReport {
                kind: ReportKind::Photo,
                text: Some("lo que vi".into()),
                place: Some(SPOT),
                at: None,
                file: Some(file),
            };
            report::add(tx, &who, task_id, told).await?;
            let origin = Origin {
                address: None,
                agent: Some("telefono-de-ana".into()),
                telegram_id: who.telegram_id,
            };
            session::open(tx, who.user_id.expect("an account"), origin).await?;
            let help = NewEmergency {
                place: Some(SPOT),
                ..NewEmergency::default()
            };
            emergency::raise(tx, &who, help).await
        })
    });
    done.await.expect("a day's work");
}

/// What stands about him elsewhere.
async fn kept_about(world: &World, ana: &Actor) {
    let user = entity::user::ActiveModel {
        id: Set(ana.user_id.expect("an account")),
        phone: Set(Some("11 4555-0101".into())),
        telegram_username: Set(Some("ana_zurita".into())),
        ..Default::default()
    };
    let agent = entity::agent::ActiveModel {
        id: Set(ana.agent_id.expect("an agent")),
        badge: Set(Some("placa-77".into())),
        ..Default::default()
    };
    let db = world.store.writer();
    let known = entity::user::Entity::update(user).exec(db).await;
    known.expect("kept");
    let badge = entity::agent::Entity::update(agent).exec(db).await;
    badge.expect("kept");
    let talk = entity::dialogue::ActiveModel {
        chat_id: Set(CHAT),
        name: Set("create".into()),
        version: Set(1),
        state: Set(serde_json::json!({ "title": "lo que vi" })),
        nonce: Set(1),
        updated_at: Set(start()),
    };
    world.insert(talk).await;
    let away = entity::unavailability::ActiveModel {
        agent_id: Set(ana.agent_id.expect("an agent")),
        starts_at: Set(start()),
        reason: Set(Some("lo que vi".into())),
        said_by: Set(ana.user_id),
        ..Default::default()
    };
    world.insert(away).await;
    asked_before(world, ana).await;
    exactly_known(world, ana).await;
}

/// Why he was put on a task, and why he could not, before he was asked anew.
async fn asked_before(world: &World, ana: &Actor) {
    let calls = world.all::<entity::emergency::Entity>().await;
    let before = entity::former_assignment::ActiveModel {
        task_id: Set(calls[0].task_id.expect("a task")),
        agent_id: Set(ana.agent_id.expect("an agent")),
        state: Set(entity::assignment::AssignmentState::Declined),
        reason: Set(Some("lo que vi".into())),
        override_reason: Set(Some("lo que vi".into())),
        state_at: Set(start()),
        offered_at: Set(start()),
        ..Default::default()
    };
    world.insert(before).await;
}

/// He was thought of for an emergency, and the place of his own was said once more.
async fn exactly_known(world: &World, ana: &Actor) {
    let calls = world.all::<entity::emergency::Entity>().await;
    let thought_of = entity::emergency_offer::ActiveModel {
        emergency_id: Set(calls[0].id),
        agent_id: Set(ana.agent_id.expect("an agent")),
        ring: Set(1),
        state: Set(OfferState::Passed),
        position_accuracy_m: Set(EXACT),
        load: Set(0),
        rings: Set(0),
        at: Set(start()),
        ..Default::default()
    };
    world.insert(thought_of).await;
    let there = entity::task::ActiveModel {
        id: Set(calls[0].task_id.expect("a task")),
        place_accuracy_m: Set(EXACT),
        ..Default::default()
    };
    let said = entity::task::Entity::update(there).exec(world.store.writer());
    said.await.expect("kept");
}

async fn ends(world: &World, boss: &Actor) {
    let calls = world.all::<entity::emergency::Entity>().await;
    let (boss, id) = (boss.clone(), calls[0].id);
    let ended = world.store.write(move |tx| {
        Box::pin(async move { emergency::resolve(tx, &boss, id, Some("Prueba".into())).await })
    });
    ended.await.expect("ended");
}

async fn whole(world: &World) {
    let lease = lease::take(
        &world.store,
        "audit".into(),
        "one".into(),
        Duration::from_secs(30),
    );
    let fence = lease.await.expect("it answers").expect("it is free");
    seal(&world.store, &fence).await.expect("sealed");
    let proof = verify(&world.store, None).await.expect("read");
    assert_eq!((proof.broken, proof.unsealed), (None, 0));
}

#[tokio::test]
async fn nothing_personal_is_left_and_the_books_stay() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person(NAME, Level::Agent, CHAT).await;
        let mut admin = world.person("Raquel", Level::Admin, 3).await;
        admin.permissions.push(Permission::System);
        let id = ana.user_id.expect("an account");
        let task = world.begun(&boss, &[&ana]).await;
        works(&world, &ana, task.id).await;
        kept_about(&world, &ana).await;

        let open = refusal(erases(&world, &admin, id).await);
        let named = |codes: &[String]| codes.contains(&task.code) && codes.len() == 2;
        assert!(
            matches!(&open, Refusal::OpenWork { codes, shifts: 0 } if named(codes)),
            "{open:?}"
        );
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        ends(&world, &admin).await;
        let shift = (start() + TimeDelta::hours(1), start() + TimeDelta::hours(2));
        let agent_id = ana.agent_id.expect("an agent");
        world.shift(&boss, agent_id, shift).await.expect("planned");
        let planned = Refusal::OpenWork {
            codes: Vec::new(),
            shifts: 1,
        };
        assert_eq!(refusal(erases(&world, &admin, id).await), planned);
        world.wait(TimeDelta::hours(3));

        delivered(&world).await;
        let before = everything(&world).await;
        for secret in SECRETS {
            assert!(before.contains(secret), "{secret} is not looked for");
        }
        let acts = world.all::<entity::history::Entity>().await.len();
        let record = world.all::<entity::audit::Entity>().await;
        whole(&world).await;
        erases(&world, &admin, id).await.expect("erased");
        whole_again(&world, record.len()).await;

        let after = everything(&world).await;
        for secret in SECRETS {
            // The chat is still to be told.
            let waits = |row: &&str| secret == "770077001" && row.starts_with("outbox ");
            let left = after.lines().filter(|row| row.contains(secret));
            let left: Vec<&str> = left.filter(|row| !waits(row)).collect();
            assert!(left.is_empty(), "{secret}: {left:#?}");
        }
        parts(&world).await;
        let after = everything(&world).await;
        for secret in SECRETS {
            let left: Vec<&str> = after.lines().filter(|row| row.contains(secret)).collect();
            assert!(left.is_empty(), "{secret}: {left:#?}");
        }
        assert_eq!(world.all::<entity::history::Entity>().await.len(), acts);
        let work = world.all::<entity::assignment::Entity>().await;
        assert!(work.iter().any(|row| row.agent_id == agent_id));
        let away = world.all::<entity::unavailability::Entity>().await;
        assert!(away.iter().all(|row| row.ends_at.is_some()), "{away:?}");
        let task = world.task(&admin, task.id).await;
        assert_eq!(task.lead.map(|lead| lead.name), Some(erase::alias(id)));

        erases(&world, &admin, id).await.expect("again");
        let back = UserPatch {
            name: Some(NAME.into()),
            active: Some(true),
            ..UserPatch::default()
        };
        let refused = refusal(user::patch(&world.store, &admin, id, back).await);
        assert_eq!(refused, Refusal::Settled { what: Thing::User });
    })
    .await;
}

/// What others were told about him has arrived.
async fn delivered(world: &World) {
    let sent = "UPDATE outbox SET status = 'sent'";
    let done = world.store.writer().execute_unprepared(sent).await;
    done.expect("a statement");
}

/// The chat is told that it is tied to nobody any more, which is all that its number was still kept for.
async fn parts(world: &World) {
    let span = Duration::from_secs(30);
    let lease = lease::take(&world.store, "send:1".into(), "one".into(), span);
    let fence = lease.await.expect("it answers").expect("it is free");
    let taken = outbox::claim(&world.store, fence.clone(), 10, vec![]).await;
    let taken = taken.expect("the outbox can be read");
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken[0].chat_id, CHAT);
    assert!(matches!(taken[0].notice, Notice::Farewell { .. }));
    let arrived = taken.into_iter().map(|message| Settled {
        message,
        outcome: Outcome::Sent {
            message_id: Some(5),
        },
        shown: None,
    });
    outbox::settle_all(&world.store, fence, arrived.collect())
        .await
        .expect("it can be settled");
}

/// One entry more, and the chain still holds.
async fn whole_again(world: &World, entries: usize) {
    let record = world.all::<entity::audit::Entity>().await;
    let erased = record.iter().filter(|row| row.action == "user.erased");
    assert_eq!((record.len(), erased.count()), (entries + 1, 1));
    let proof = verify(&world.store, None).await.expect("read");
    assert_eq!((proof.broken, proof.unsealed), (None, 1));
}

#[tokio::test]
async fn only_admins_with_the_permission_erase_and_only_others() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let plain = world.person("Raquel", Level::Admin, 4).await;
        let permitted = |who: &Actor| {
            let mut who = who.clone();
            who.permissions.push(Permission::System);
            who
        };
        let id = ana.user_id.expect("an account");
        for who in [&plain, &permitted(&boss), &permitted(&ana)] {
            let refused = refusal(erases(&world, who, id).await);
            assert_eq!(refused, Refusal::NotAllowed, "{}", who.name);
        }
        let unseen = refusal(erases(&world, &permitted(&beto), id).await);
        assert_eq!(unseen, Refusal::missing(Thing::User));
        let admin = permitted(&plain);
        let himself = plain.user_id.expect("an account");
        let refused = refusal(erases(&world, &admin, himself).await);
        assert_eq!(refused, Refusal::NotAllowed);
        erases(&world, &admin, id).await.expect("erased");
    })
    .await;
}

/// A file store that is away at first.
#[derive(Default)]
struct Shy(Mutex<(bool, Vec<String>)>);

impl Files for Shy {
    fn put(&self, _: &str, _: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>> {
        Box::pin(async { Ok(()) })
    }

    fn get(&self, _: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>> {
        Box::pin(async { Ok(None) })
    }

    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>> {
        let mut state = self.0.lock().expect("nobody panics with it");
        let away = !std::mem::replace(&mut state.0, true);
        if !away {
            state.1.push(path.to_owned());
        }
        Box::pin(async move {
            match away {
                true => Err(FileError("away".into())),
                false => Ok(()),
            }
        })
    }
}

#[tokio::test]
async fn files_go_as_soon_as_they_can() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let mut admin = world.person("Raquel", Level::Admin, 3).await;
        admin.permissions.push(Permission::System);
        let task = world.begun(&boss, &[&ana]).await;
        works(&world, &ana, task.id).await;
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        ends(&world, &admin).await;
        let id = ana.user_id.expect("an account");
        erases(&world, &admin, id).await.expect("erased");
        let files = Shy::default();
        for gone in [0, 1, 0] {
            let removed = remove_some(&world.store, &files).await;
            assert_eq!(removed.expect("it answers"), gone);
        }
        let removed = files.0.lock().expect("nobody panics with it").1.clone();
        assert_eq!(removed, ["1/photo.jpg"]);
    })
    .await;
}
