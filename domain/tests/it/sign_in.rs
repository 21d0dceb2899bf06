//! Signing in at the moment at which somebody is signed out: nothing that was proved before opens a session after it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Refusal, Result, Store,
    actor::{Channel, Level},
    enrolment::{self, Caller},
    erase,
    login::{self, Received, Signature},
    session::{self, Origin},
    user::{self, NewUser, UserPatch},
};
use patience::Deadline;
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::{
    support::{World, each, postgres_url, refusal},
    yielding::somebody_waits,
};

const PASSWORD: &str = "cuatro palabras sueltas juntas";

/// What ends all sessions of somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Unlinked,
    SwitchedOff,
    NewPassword,
    Everywhere,
    Erased,
}

const ENDS: [End; 5] = [
    End::Unlinked,
    End::SwitchedOff,
    End::NewPassword,
    End::Everywhere,
    End::Erased,
];

fn system() -> Actor {
    Actor::system(Channel::Cli)
}

/// Somebody with a password and a Telegram account.
struct Somebody {
    id: i64,
    name: String,
    telegram_id: i64,
}

async fn somebody(store: &Store, telegram_id: i64) -> Somebody {
    let name = format!("ana{telegram_id}");
    let new = NewUser {
        password: Some(PASSWORD.into()),
        ..NewUser::named(&name, "Ana", Level::Supervisor)
    };
    let user = user::create(store, &system(), new).await.expect("a user");
    link(store, user.id, telegram_id).await;
    Somebody {
        id: user.id,
        name,
        telegram_id,
    }
}

async fn link(store: &Store, id: i64, telegram_id: i64) {
    let linked = store.write(move |tx| {
        Box::pin(async move {
            let link = enrolment::invite(tx, &system(), id).await?;
            let caller = Caller {
                telegram_id,
                username: None,
                lang: None,
            };
            enrolment::enrol(tx, &link.code, caller).await
        })
    });
    linked.await.expect("a link");
}

async fn change(store: &Store, id: i64, patch: UserPatch) -> Result<()> {
    user::patch(store, &system(), id, patch).await.map(drop)
}

fn active(active: bool) -> UserPatch {
    UserPatch {
        active: Some(active),
        ..UserPatch::default()
    }
}

async fn ends(store: &Store, end: End, id: i64) -> Result<()> {
    match end {
        End::SwitchedOff => return change(store, id, active(false)).await,
        End::NewPassword => {
            let patch = UserPatch {
                password: Some(PASSWORD.into()),
                ..UserPatch::default()
            };
            return change(store, id, patch).await;
        }
        End::Unlinked | End::Everywhere | End::Erased => {}
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                match end {
                    End::Unlinked => user::unlink_telegram(tx, &system(), id).await.map(drop),
                    End::Erased => erase::erase(tx, &system(), id).await,
                    _ => session::revoke_all(tx, id, None).await,
                }
            })
        })
        .await
}

async fn opens(store: &Store, telegram_id: i64, at: DateTime<Utc>) -> Result<Received> {
    let signature = Signature {
        telegram_id,
        at,
        proved: true,
    };
    login::by_telegram(store, signature, Origin::default()).await
}

async fn lives(store: &Store, session_id: &str) -> bool {
    let who = session::authenticate(store, session_id).await;
    who.expect("it answers").is_some()
}

#[tokio::test]
async fn who_proved_himself_before_he_was_signed_out_is_not_let_in() {
    each(async |world: World| {
        let store = &world.store;
        for (number, end) in (1..).zip(ENDS) {
            let ana = somebody(store, number).await;
            let proof = login::prove(store, &ana.name, PASSWORD).await;
            let proof = proof.expect("she knows it");
            ends(store, end, ana.id).await.expect("it works");
            let opened = login::admit(store, proof, Origin::default()).await;
            assert_eq!(refusal(opened), Refusal::BadCredentials, "{end:?}");
        }
        assert!(world.all::<entity::session::Entity>().await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_outlives_what_ends_them_all() {
    each(async |world: World| {
        let store = &world.store;
        for number in 0..75 {
            let end = ENDS[number as usize % ENDS.len()];
            let ana = somebody(store, 100 + number).await;
            let proof = login::prove(store, &ana.name, PASSWORD).await;
            let proof = proof.expect("she knows it");
            let signed_at = store.now();
            let (ended, typed, tapped) = tokio::join!(
                ends(store, end, ana.id),
                login::admit(store, proof, Origin::default()),
                opens(store, ana.telegram_id, signed_at),
            );
            ended.expect("it works");
            let left = session::list(store, ana.id).await.expect("it answers");
            assert!(left.is_empty(), "{end:?}: {typed:?} {tapped:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_of_a_phone_outlives_the_move_to_another_one() {
    each(async |world: World| {
        let store = &world.store;
        for round in 0..30 {
            let ana = somebody(store, 100 + 2 * round).await;
            let signed_at = store.now();
            let ((), tapped) = tokio::join!(
                link(store, ana.id, 101 + 2 * round),
                opens(store, ana.telegram_id, signed_at)
            );
            let left = session::list(store, ana.id).await.expect("it answers");
            assert!(left.is_empty(), "{tapped:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_telegram_signed_before_he_was_signed_out_opens_nothing_although_he_had_no_session() {
    each(async |world: World| {
        let store = &world.store;
        for (number, end) in (1..).zip(ENDS) {
            let ana = somebody(store, number).await;
            let signed_at = store.now();
            world.wait(TimeDelta::minutes(5));
            ends(store, end, ana.id).await.expect("it works");
            match end {
                End::Unlinked => {
                    let now = opens(store, number, signed_at).await.expect("an answer");
                    assert!(matches!(now, Received::NotLinked), "{now:?}");
                    link(store, ana.id, number).await;
                }
                End::SwitchedOff => {
                    let now = opens(store, number, signed_at).await;
                    assert_eq!(refusal(now), Refusal::Inactive);
                    let back = change(store, ana.id, active(true)).await;
                    back.expect("he is back");
                }
                End::NewPassword | End::Everywhere | End::Erased => {}
            }
            let old = opens(store, number, signed_at).await.expect("an answer");
            if end == End::Erased {
                assert!(matches!(old, Received::NotLinked), "{old:?}");
                continue;
            }
            assert!(matches!(old, Received::Outdated), "{end:?}: {old:?}");
            world.wait(TimeDelta::seconds(1));
            let new = opens(store, number, store.now()).await.expect("an answer");
            assert!(matches!(new, Received::Opened(_)), "{end:?}: {new:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_was_left_for_another_opens_nothing() {
    each(async |world: World| {
        let store = &world.store;
        let ana = somebody(store, 1).await;
        let signed_at = store.now();
        let typed = login::login(store, &ana.name, PASSWORD, Origin::default()).await;
        let typed = typed.expect("she is in");
        let tapped = opens(store, 1, signed_at).await.expect("an answer");
        let Received::Opened(tapped) = tapped else {
            panic!("she is linked: {tapped:?}");
        };
        world.wait(TimeDelta::minutes(5));
        link(store, ana.id, 2).await;
        assert!(!lives(store, &tapped.session_id).await);
        assert!(lives(store, &typed.session_id).await, "no phone opened it");
        let from_old = opens(store, 1, store.now()).await.expect("an answer");
        assert!(matches!(from_old, Received::NotLinked), "{from_old:?}");
        let outbox = world.all::<entity::outbox::Entity>().await;
        let farewell = |row: &&entity::outbox::Model| row.notice["notice"] == "farewell";
        let chats = outbox.iter().filter(farewell).map(|row| row.chat_id);
        assert_eq!(chats.collect::<Vec<i64>>(), [1], "the old chat is left");
        link(store, ana.id, 1).await;
        let old = opens(store, 1, signed_at).await.expect("an answer");
        assert!(matches!(old, Received::Outdated), "{old:?}");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_password_leaves_nothing_behind_that_an_earlier_release_opened() {
    each(async |world: World| {
        let store = &world.store;
        let new = NewUser::named("ana", "Ana", Level::Supervisor);
        let id = user::create(store, &system(), new)
            .await
            .expect("a user")
            .id;
        link(store, id, 1).await;
        // It does not know by what somebody signed in.
        let unknown = store.write(move |tx| {
            Box::pin(async move { session::open(tx, id, Origin::default()).await })
        });
        let unknown = unknown.await.expect("a session");
        assert!(lives(store, &unknown.session_id).await);
        link(store, id, 2).await;
        assert!(!lives(store, &unknown.session_id).await);
    })
    .await;
}

#[tokio::test]
async fn the_same_phone_again_ends_nothing() {
    each(async |world: World| {
        let store = &world.store;
        let ana = somebody(store, 1).await;
        let signed_at = store.now();
        world.wait(TimeDelta::minutes(5));
        link(store, ana.id, 1).await;
        let opened = opens(store, 1, signed_at).await.expect("an answer");
        assert!(matches!(opened, Received::Opened(_)), "{opened:?}");
    })
    .await;
}

#[tokio::test]
async fn who_ends_one_session_does_not_stand_in_the_way_of_who_ends_all() {
    let Some(url) = postgres_url() else { return };
    let world = World::postgres(&url).await;
    let store = &world.store;
    let ana = somebody(store, 1).await;
    let opened = login::login(store, &ana.name, PASSWORD, Origin::default()).await;
    let (opened, who) = (opened.expect("she is in"), world.actor(ana.id).await);
    let all = store.writer().begin().await.expect("begun");
    let hold = format!("SELECT id FROM users WHERE id = {} FOR UPDATE", ana.id);
    all.execute_unprepared(&hold).await.expect("held");
    let one = store.write(move |tx| {
        Box::pin(async move { session::revoke(tx, &who, &opened.session_id).await })
    });
    let meanwhile = async {
        let mut end = Deadline::after(Duration::from_secs(10));
        while !somebody_waits(&world).await {
            assert!(!end.is_over(), "nobody waits");
        }
        let his = "SELECT id FROM sessions WHERE user_id = ";
        let his = format!("{his}{} FOR UPDATE NOWAIT", ana.id);
        let free = all.execute_unprepared(&his).await;
        free.expect("whoever has the account may have its sessions");
        all.rollback().await.expect("it was open");
    };
    let (ended, ()) = tokio::join!(one, meanwhile);
    ended.expect("it came through");
}
