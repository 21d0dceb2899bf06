//! Small answers that many ask for at once: one makes them, all get them, for two seconds. Never the truth: what happens
//! changes the key, and only what the mere passing of time changes may be as old as that.

use std::time::Duration;

use axum::{
    body::Bytes,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{Actor, Store, actor::Level, event};
use futures::future::BoxFuture;
use serde::{Serialize, de::IgnoredAny};
use sha2::{Digest, Sha256};

use crate::{app::App, error::Result};

/// How old an answer may be.
pub const FRESH: Duration = Duration::from_secs(2);

/// The most bytes of answers that this process remembers, and of one that others are given.
const REMEMBERED: u64 = 16 << 20;
const LARGEST: usize = 64 << 10;

/// Answers that instances share. It may be away at any moment.
pub trait Cache: Send + Sync + 'static {
    /// What was put under a key not long ago; nothing, and soon, when it is away.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<String>>;

    /// Keeps a text for so long, if it can.
    fn put<'a>(&'a self, key: &'a str, text: &'a str, keep: Duration) -> BoxFuture<'a, ()>;
}

/// There is nobody to share with.
pub struct Alone;

impl Cache for Alone {
    fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }

    fn put<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The answers that this process remembers.
pub(crate) struct Answers(moka::future::Cache<String, Bytes>);

impl Default for Answers {
    fn default() -> Self {
        let size =
            |key: &String, text: &Bytes| u32::try_from(key.len() + text.len()).unwrap_or(u32::MAX);
        let builder = moka::future::Cache::builder().max_capacity(REMEMBERED);
        Self(builder.weigher(size).time_to_live(FRESH).build())
    }
}

/// The answer to `what` for this person: remembered here, else by another instance, else made, once for all who ask
/// meanwhile. `what` names everything that changes the answer beside the person, the log and the time.
pub(crate) async fn answer<T: Serialize>(
    app: &App,
    actor: &Actor,
    what: &str,
    make: impl Future<Output = domain::Result<T>>,
) -> Result<Response> {
    let key = key(&app.store, actor, what).await?;
    let look = async {
        if let Some(text) = theirs(app, &key).await {
            return Ok(text.into());
        }
        let text = serde_json::to_string(&make.await?)?;
        if text.len() <= LARGEST {
            app.cache.put(&key, &text, FRESH).await;
        }
        Ok(text.into())
    };
    remembered(app, &key, look).await
}

/// The same among those who ask this process: for what is made as quickly as another instance is asked.
pub(crate) async fn answer_here<T: Serialize>(
    app: &App,
    actor: &Actor,
    what: &str,
    make: impl Future<Output = domain::Result<T>>,
) -> Result<Response> {
    let key = key(&app.store, actor, what).await?;
    let made = async { Ok(serde_json::to_vec(&make.await?)?.into()) };
    remembered(app, &key, made).await
}

async fn remembered(
    app: &App,
    key: &str,
    made: impl Future<Output = domain::Result<Bytes>>,
) -> Result<Response> {
    let text = app.answers.0.try_get_with_by_ref(key, made).await;
    let text = text.map_err(|error| crate::error::Problem::from(&*error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// What another instance has made, if it is what we make.
async fn theirs(app: &App, key: &str) -> Option<String> {
    let text = app.cache.get(key).await?;
    serde_json::from_str::<IgnoredAny>(&text).ok()?;
    Some(text)
}

/// Another one after every event and every two seconds, by the clock of all instances.
async fn key(store: &Store, actor: &Actor, what: &str) -> domain::Result<String> {
    let seq = event::last_seq(store).await?;
    let beat = store.now().timestamp().div_euclid(FRESH.as_secs() as i64);
    let text = format!("{what} {} {seq} {beat}", scope(actor));
    Ok(hex::encode(Sha256::digest(text)))
}

/// Everything about a person that changes what he is answered: all who see everything see the same.
fn scope(actor: &Actor) -> String {
    let mut granted: Vec<_> = actor.permissions.iter().map(|one| one.as_str()).collect();
    granted.sort_unstable();
    if actor.level == Level::Admin {
        return format!("{:?} {granted:?}", actor.level);
    }
    let mut unit_ids = actor.unit_ids.clone();
    unit_ids.sort_unstable();
    let who = (actor.level, actor.user_id, actor.agent_id);
    format!("{who:?} {unit_ids:?} {granted:?}")
}

#[cfg(test)]
mod tests {
    use domain::actor::{Channel, Permission};

    use super::*;

    #[test]
    fn people_who_see_something_else_have_another_key() {
        let admin = Actor::system(Channel::Api);
        let someone = |level, user_id, unit_ids: &[i64]| Actor {
            level,
            user_id: Some(user_id),
            unit_ids: unit_ids.to_vec(),
            permissions: Vec::new(),
            ..admin.clone()
        };
        let marta = someone(Level::Supervisor, 7, &[2, 1]);
        assert_eq!(
            scope(&marta),
            scope(&someone(Level::Supervisor, 7, &[1, 2]))
        );
        let admins = [
            someone(Level::Admin, 7, &[]),
            someone(Level::Admin, 8, &[3]),
        ];
        assert_eq!(scope(&admins[0]), scope(&admins[1]));
        let others = [
            someone(Level::Supervisor, 8, &[1, 2]),
            someone(Level::Supervisor, 7, &[1]),
            someone(Level::Agent, 7, &[1, 2]),
            Actor {
                permissions: vec![Permission::Audit],
                ..marta.clone()
            },
            admins[0].clone(),
        ];
        for other in others {
            assert_ne!(scope(&marta), scope(&other));
        }
    }
}
