//! Accounts, links, sessions and what is counted about everybody.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result, Store,
    actor::{Channel, Level, Permission},
    agent,
    catalogue::{self, Pack},
    enrolment::{self, Caller, Enrolled, Invitation},
    error::Problem,
    kind::{self, KindPatch},
    login,
    page::Window,
    session::{self, Origin},
    stats,
    task::Status,
    unit::{self, Key},
    user::{self, Filter, NewUser, User, UserPatch},
};

use crate::support::{World, each, refusal};

const PASSWORD: &str = "cuatro palabras sueltas juntas";

fn system() -> Actor {
    Actor::system(Channel::Cli)
}

async fn person(store: &Store, username: &str, level: Level, unit: &str) -> User {
    let new = NewUser {
        units: vec![Key::Name(unit.into())],
        ..NewUser::named(username, username, level)
    };
    user::create(store, &system(), new).await.expect("a user")
}

async fn acting(store: &Store, user: &User) -> Actor {
    Actor::of_user(store, user.id, Channel::Api)
        .await
        .expect("it answers")
        .expect("he is active")
}

async fn invite(store: &Store, actor: &Actor, id: i64) -> Result<Invitation> {
    let actor = actor.clone();
    store
        .write(move |tx| Box::pin(async move { enrolment::invite(tx, &actor, id).await }))
        .await
}

async fn enrol(store: &Store, code: &str, telegram_id: i64) -> Result<Enrolled> {
    let code = code.to_owned();
    let caller = Caller {
        telegram_id,
        username: Some("ana".into()),
        lang: Some("pt".into()),
    };
    store
        .write(move |tx| Box::pin(async move { enrolment::enrol(tx, &code, caller).await }))
        .await
}

#[tokio::test]
async fn level_one_makes_the_agent_and_new_names_found_units() {
    each(async |world: World| {
        let new = NewUser {
            units: vec![
                Key::Name("Norte".into()),
                Key::Name("NORTE".into()),
                Key::Id(world.unit_id),
            ],
            badge: Some("A7".into()),
            permissions: vec![Permission::Broadcast],
            ..NewUser::named("Juan.Perez", "Juan  Pérez", Level::Agent)
        };
        let user = user::create(&world.store, &system(), new)
            .await
            .expect("a user");
        assert_eq!(
            (user.username.as_str(), user.name.as_str()),
            ("juan.perez", "Juan Pérez")
        );
        assert_eq!(user.units.len(), 2);
        assert_eq!(user.badge.as_deref(), Some("A7"));
        let agent = agent::find(&world.store, &system(), user.agent_id.expect("an agent"))
            .await
            .expect("it is there");
        assert_eq!((agent.name.as_str(), agent.units.len()), ("Juan Pérez", 2));
        let again = user::create(
            &world.store,
            &system(),
            NewUser::named("juan.perez", "Otro", Level::Agent),
        )
        .await;
        assert_eq!(
            refusal(again),
            Refusal::Taken {
                field: "username".into()
            }
        );
        let badge = NewUser {
            badge: Some("A7".into()),
            ..NewUser::named("otro", "Otro", Level::Agent)
        };
        let taken = user::create(&world.store, &system(), badge).await;
        assert_eq!(
            refusal(taken),
            Refusal::Taken {
                field: "badge".into()
            }
        );
        assert!(
            user::by_username(&world.store, "otro")
                .await
                .expect("it answers")
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn only_admins_make_and_change_accounts() {
    each(async |world: World| {
        let store = &world.store;
        let boss = person(store, "jefa", Level::Supervisor, "Centro").await;
        let one = person(store, "uno", Level::Agent, "Centro").await;
        let far = person(store, "lejos", Level::Agent, "Norte").await;
        let actor = acting(store, &boss).await;
        let made = user::create(
            store,
            &actor,
            NewUser::named("nueva", "Nueva", Level::Agent),
        )
        .await;
        assert_eq!(refusal(made), Refusal::NotAllowed);
        let rename = UserPatch {
            name: Some("Otro".into()),
            ..UserPatch::default()
        };
        assert_eq!(
            refusal(user::patch(store, &actor, one.id, rename.clone()).await),
            Refusal::NotAllowed
        );
        let unseen = refusal(user::patch(store, &actor, far.id, rename.clone()).await);
        assert!(matches!(unseen, Refusal::NotFound { .. }));
        let seen = user::list(store, &actor, &Filter::default(), &Window::default())
            .await
            .expect("a list");
        let names: Vec<&str> = seen
            .items
            .iter()
            .map(|user| user.username.as_str())
            .collect();
        assert_eq!(names, ["jefa", "uno"]);
        let own = UserPatch {
            email: Some("jefa@muni.gob.ar".into()),
            ..UserPatch::default()
        };
        assert_eq!(
            user::patch(store, &actor, boss.id, own)
                .await
                .expect("his own")
                .email
                .as_deref(),
            Some("jefa@muni.gob.ar")
        );
        let rise = UserPatch {
            level: Some(Level::Admin),
            ..UserPatch::default()
        };
        assert_eq!(
            refusal(user::patch(store, &actor, boss.id, rise).await),
            Refusal::NotAllowed
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_on_an_old_version_changes_nothing() {
    each(async |world: World| {
        let user = person(&world.store, "uno", Level::Agent, "Centro").await;
        let to = |name: &str| UserPatch {
            name: Some(name.into()),
            version: Some(user.version),
            ..UserPatch::default()
        };
        let changed = user::patch(&world.store, &system(), user.id, to("Primero"))
            .await
            .expect("the first wins");
        let second = user::patch(&world.store, &system(), user.id, to("Segundo")).await;
        assert_eq!(
            refusal(second),
            Refusal::Stale {
                version: changed.version
            }
        );
        let agent = agent::find(&world.store, &system(), changed.agent_id.expect("an agent"))
            .await
            .expect("it is there");
        assert_eq!(agent.name, "Primero");
    })
    .await;
}

#[tokio::test]
async fn who_is_switched_off_is_out_everywhere() {
    each(async |world: World| {
        let store = &world.store;
        let user = person(store, "uno", Level::Agent, "Centro").await;
        let id = user.id;
        let invitation = invite(store, &system(), id).await.expect("a link");
        let opened = store
            .write(move |tx| {
                Box::pin(async move { session::open(tx, id, Origin::default()).await })
            })
            .await
            .expect("a session");
        assert!(
            session::authenticate(store, &opened.session_id)
                .await
                .expect("it answers")
                .is_some()
        );
        user::disable(store, &system(), id).await.expect("it works");
        assert!(
            session::authenticate(store, &opened.session_id)
                .await
                .expect("it answers")
                .is_none()
        );
        let living = session::living(store, std::slice::from_ref(&opened.session_id))
            .await
            .expect("it answers");
        assert!(living.is_empty());
        assert!(enrol(store, &invitation.code, 7).await.is_err());
        assert_eq!(
            refusal(invite(store, &system(), id).await),
            Refusal::Inactive
        );
        let free = agent::list(
            store,
            &system(),
            agent::AgentFilter::default(),
            Window::default(),
        )
        .await
        .expect("a list");
        assert!(free.items.iter().all(|agent| agent.user_id != Some(id)));
    })
    .await;
}

#[tokio::test]
async fn supervisors_invite_agents_of_their_units_only() {
    each(async |world: World| {
        let store = &world.store;
        let boss = person(store, "jefa", Level::Supervisor, "Centro").await;
        let peer = person(store, "par", Level::Supervisor, "Centro").await;
        let near = person(store, "uno", Level::Agent, "Centro").await;
        let far = person(store, "lejos", Level::Agent, "Norte").await;
        let actor = acting(store, &boss).await;
        assert!(invite(store, &actor, near.id).await.is_ok());
        assert_eq!(
            refusal(invite(store, &actor, peer.id).await),
            Refusal::NotAllowed
        );
        assert!(matches!(
            refusal(invite(store, &actor, far.id).await),
            Refusal::NotFound { .. }
        ));
    })
    .await;
}

#[tokio::test]
async fn passwords_open_sessions_that_last_while_used() {
    each(async |world: World| {
        let store = &world.store;
        let new = NewUser {
            password: Some(PASSWORD.into()),
            ..NewUser::named("ana", "Ana", Level::Supervisor)
        };
        user::create(store, &system(), new).await.expect("a user");
        let wrong = login::login(store, "ana", "otra cosa que no es", Origin::default()).await;
        assert_eq!(refusal(wrong), Refusal::BadCredentials);
        let opened = login::login(store, " ANA ", PASSWORD, Origin::default())
            .await
            .expect("she is in");
        store.clock().advance(TimeDelta::days(29));
        assert!(
            session::authenticate(store, &opened.session_id)
                .await
                .expect("it answers")
                .is_some()
        );
        store.clock().advance(TimeDelta::days(29));
        assert!(
            session::authenticate(store, &opened.session_id)
                .await
                .expect("use prolonged it")
                .is_some()
        );
        store.clock().advance(TimeDelta::days(31));
        assert!(
            session::authenticate(store, &opened.session_id)
                .await
                .expect("it answers")
                .is_none()
        );
        let common = NewUser {
            password: Some("contraseña1234".into()),
            ..NewUser::named("eva", "Eva", Level::Agent)
        };
        let refused = refusal(user::create(store, &system(), common).await);
        assert_eq!(refused, Refusal::invalid("password", Problem::TooCommon));
    })
    .await;
}

#[tokio::test]
async fn a_pack_can_be_seeded_again_and_keeps_what_was_changed() {
    each(async |world: World| {
        let seed = async |pack| {
            let write = world
                .store
                .write(move |tx| Box::pin(async move { catalogue::seed(tx, pack).await }));
            write.await.expect("it is seeded")
        };
        seed(Pack::Police).await;
        let kinds = kind::list(&world.store).await.expect("a list");
        let raid = kinds
            .iter()
            .find(|kind| kind.code == "allanamiento")
            .expect("it is there")
            .id;
        let patch = KindPatch {
            crew: Some(9),
            ..KindPatch::default()
        };
        world
            .store
            .write(move |tx| Box::pin(async move { kind::patch(tx, &system(), raid, patch).await }))
            .await
            .expect("it is changed");
        seed(Pack::Police).await;
        seed(Pack::Municipal).await;
        let after = kind::list(&world.store).await.expect("a list");
        assert_eq!(
            after
                .iter()
                .filter(|kind| kind.code == "emergencia")
                .count(),
            1
        );
        assert_eq!(
            after
                .iter()
                .find(|kind| kind.id == raid)
                .map(|kind| kind.crew),
            Some(9)
        );
    })
    .await;
}

#[tokio::test]
async fn figures_are_those_of_ones_scope() {
    each(async |world: World| {
        let store = &world.store;
        let boss = world.person("Jefa", Level::Supervisor, 1).await;
        let one = world.person("Uno", Level::Agent, 2).await;
        let far = acting(
            store,
            &person(store, "lejos", Level::Supervisor, "Norte").await,
        )
        .await;
        world.patrol(&boss, &[&one]).await;
        let figures = stats::overview(store, &boss).await.expect("figures");
        assert_eq!(figures.tasks[&Status::Scheduled], 1);
        assert_eq!(
            (
                figures.unanswered,
                figures.late,
                figures.agents["available"]
            ),
            (1, 0, 1)
        );
        let none = stats::overview(store, &far).await.expect("figures");
        assert_eq!(
            (
                none.tasks[&Status::Scheduled],
                none.unanswered,
                none.agents["available"]
            ),
            (0, 0, 0)
        );
        store.clock().advance(TimeDelta::minutes(11));
        assert_eq!(
            stats::overview(store, &boss).await.expect("figures").late,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn units_are_seen_by_those_who_belong_to_them() {
    each(async |world: World| {
        let store = &world.store;
        let boss = world.person("Jefa", Level::Supervisor, 1).await;
        store
            .write(|tx| Box::pin(async move { unit::create(tx, &system(), "Norte").await }))
            .await
            .expect("a unit");
        let own = unit::list(store, &boss, &Window::default())
            .await
            .expect("a list");
        assert_eq!(own.items.len(), 1);
        let all = unit::list(store, &system(), &Window::first(1))
            .await
            .expect("a list");
        let next = Window {
            limit: 1,
            cursor: all.next_cursor,
        };
        let rest = unit::list(store, &system(), &next).await.expect("a list");
        assert_eq!(
            (all.items[0].name.as_str(), rest.items[0].name.as_str()),
            ("Centro", "Norte")
        );
        let taken = store
            .write(|tx| Box::pin(async move { unit::create(tx, &system(), "Norte").await }))
            .await;
        assert_eq!(
            refusal(taken),
            Refusal::Taken {
                field: "name".into()
            }
        );
    })
    .await;
}
