//! Refresh tokens: each is good once, one of long ago ends its session, and nothing else does.

use chrono::TimeDelta;
use domain::{
    Refusal,
    actor::Level,
    secret,
    session::{self, Opened, Origin},
};
use sea_orm::ActiveValue::Set;

use crate::support::{World, each, refusal};

impl World {
    async fn signs_in(&self) -> Opened {
        let ana = self.person("Ana", Level::Supervisor, 2).await;
        let id = ana.user_id.expect("an account");
        let opened = self.store.write(move |tx| {
            Box::pin(async move { session::open(tx, id, Origin::default()).await })
        });
        opened.await.expect("opened")
    }

    /// A session as an earlier release left it, with this token and the one before.
    async fn signed_in_before(&self, id: &str, user_id: i64, token: &str, before: &str) {
        let now = self.store.now();
        let row = entity::session::ActiveModel {
            id: Set(id.into()),
            user_id: Set(user_id),
            refresh_hash: Set(secret::hash(token)),
            previous_hash: Set(Some(secret::hash(before))),
            address: Set(None),
            agent: Set(None),
            created_at: Set(now),
            used_at: Set(now),
            expires_at: Set(now + TimeDelta::days(1)),
            revoked_at: Set(None),
            telegram_id: Set(None),
        };
        self.insert(row).await;
    }

    async fn renews(&self, token: &str) -> String {
        let renewed = session::refresh(&self.store, token).await;
        renewed.expect("it is good").refresh_token
    }

    async fn is_refused(&self, token: &str) {
        let refused = refusal(session::refresh(&self.store, token).await);
        assert!(matches!(refused, Refusal::BadCredentials), "{refused:?}");
    }

    async fn has_session(&self, id: &str) -> bool {
        let who = session::authenticate(&self.store, id).await;
        who.expect("it answers").is_some()
    }
}

#[tokio::test]
async fn who_only_knows_the_name_of_a_session_cannot_end_it() {
    each(async |world: World| {
        let opened = world.signs_in().await;
        let (id, token) = (opened.session_id, opened.refresh_token);
        assert!(!token.contains(&id), "a token does not name its session");
        let secret = token.rsplit_once('.').map_or("", |(_, secret)| secret);
        for guess in [
            id.clone(),
            format!("{id}."),
            format!("{id}.{}", "0".repeat(64)),
            format!("{id}.{secret}"),
            format!(".{secret}"),
            secret.to_owned(),
            String::new(),
        ] {
            world.is_refused(&guess).await;
            assert!(world.has_session(&id).await, "{guess}");
        }
        world.renews(&token).await;
    })
    .await;
}

#[tokio::test]
async fn any_token_from_before_ends_the_session() {
    each(async |world: World| {
        let opened = world.signs_in().await;
        let first = opened.refresh_token;
        let second = world.renews(&first).await;
        let third = world.renews(&second).await;
        let last = world.renews(&third).await;
        world.is_refused(&first).await;
        assert!(!world.has_session(&opened.session_id).await);
        world.is_refused(&last).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_of_an_earlier_release_is_good_once_and_known_ever_after() {
    each(async |world: World| {
        let user_id = world.signs_in().await.user_id;
        let (name, old) = ("c".repeat(32), "a".repeat(64));
        for (id, token) in [("s1", old.clone()), ("s2", format!("{name}.{old}"))] {
            let before = format!("{token}0");
            world.signed_in_before(id, user_id, &token, &before).await;
            let next = world.renews(&token).await;
            let last = world.renews(&next).await;
            world.is_refused(&format!("{name}.{name}")).await;
            assert!(world.has_session(id).await, "{token}");
            world.is_refused(&token).await;
            assert!(!world.has_session(id).await, "{token}");
            world.is_refused(&last).await;
        }
        world
            .signed_in_before("s3", user_id, "newer", "older")
            .await;
        world.is_refused("older").await;
        assert!(!world.has_session("s3").await);
    })
    .await;
}
