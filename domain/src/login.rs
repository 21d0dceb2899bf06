//! Signing in with a name and a password: the same time and the same words for every failure. Or with what Telegram
//! says about who opened the board in it, counted the same way.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};

use ::entity::{login_attempt, user};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Channel,
    audit::{self, Subject},
    password, prune, secret,
    session::{self, Opened, Origin},
};

/// Opens a session, or refuses with [`Refusal::BadCredentials`] or [`Refusal::Locked`].
pub async fn login(
    store: &Store,
    username: &str,
    password: &str,
    origin: Origin,
) -> Result<Opened> {
    let name = username.trim().to_lowercase();
    let name_hash = secret::hash(&name);
    count_attempt(store, name_hash.clone()).await?;
    let user = find(store, &name).await?;
    let kept = user.as_ref().and_then(|user| user.password_hash.clone());
    let fits = password::verify(password.to_owned(), kept).await?;
    match user {
        Some(user) if fits => succeed(store, user.id, name_hash, origin, json!({})).await,
        user => {
            fail(store, user.map(|user| user.id)).await?;
            Err(Refusal::BadCredentials.into())
        }
    }
}

/// Opens a session for the account that is linked to a Telegram account; none is: `None`. Whether Telegram has `proved`
/// who it is was looked at before.
///
/// # Errors
/// [`Refusal::BadCredentials`] without proof, [`Refusal::Locked`] for more of those after too many, [`Refusal::Inactive`] for
/// an account that is switched off.
pub async fn by_telegram(
    store: &Store,
    telegram_id: i64,
    proved: bool,
    origin: Origin,
) -> Result<Option<Opened>> {
    let key = telegram_key(telegram_id);
    if !proved {
        count_attempt(store, key.clone()).await?;
    }
    let user = user::Entity::find()
        .filter(user::Column::TelegramId.eq(telegram_id))
        .one(store.reader())
        .await?;
    if !proved {
        fail(store, user.map(|user| user.id)).await?;
        return Err(Refusal::BadCredentials.into());
    }
    match user {
        Some(user) if user.active => {
            let by = json!({ "by": "telegram" });
            succeed(store, user.id, key, origin, by).await.map(Some)
        }
        user => {
            store
                .write(move |tx| Box::pin(async move { forget_failures(tx, &key).await }))
                .await?;
            user.map_or(Ok(None), |_| Err(Refusal::Inactive.into()))
        }
    }
}

/// Names are counted in small letters: none of them is this.
fn telegram_key(telegram_id: i64) -> String {
    secret::hash(&format!("TELEGRAM {telegram_id}"))
}

/// Under what the failures of somebody are counted.
pub(crate) fn keys(username: &str, telegram_id: Option<i64>) -> Vec<String> {
    let name = secret::hash(&username.to_lowercase());
    telegram_id
        .map(telegram_key)
        .into_iter()
        .chain([name])
        .collect()
}

async fn find(store: &Store, name: &str) -> Result<Option<user::Model>> {
    Ok(user::Entity::find()
        .filter(user::Column::Username.eq(name))
        .filter(user::Column::Active.eq(true))
        .one(store.reader())
        .await?)
}

/// Counts the attempt as failed before it is judged, so that many at once cannot outrun the count.
async fn count_attempt(store: &Store, name_hash: String) -> Result<()> {
    store
        .write(move |tx| Box::pin(async move { count(tx, name_hash).await }))
        .await
}

async fn count(tx: &Tx, name_hash: String) -> Result<()> {
    let fresh = login_attempt::ActiveModel {
        name_hash: Set(name_hash.clone()),
        failures: Set(0),
        locked_until: Set(None),
        updated_at: Set(tx.now()),
    };
    login_attempt::Entity::insert(fresh)
        .on_conflict_do_nothing_on([login_attempt::Column::NameHash])
        .exec_without_returning(tx.db())
        .await?;
    let before = login_attempt::Entity::find_by_id(&name_hash)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let (failures, locked_until) = judge(tx, before)?;
    let after = login_attempt::ActiveModel {
        name_hash: Set(name_hash),
        failures: Set(failures),
        locked_until: Set(locked_until),
        updated_at: Set(tx.now()),
    };
    login_attempt::Entity::update(after).exec(tx.db()).await?;
    Ok(())
}

/// The count with this attempt, and the lock when it is the last one.
fn judge(
    tx: &Tx,
    before: Option<login_attempt::Model>,
) -> Result<(i32, Option<DateTime<Utc>>), Refusal> {
    let span = TimeDelta::minutes(tx.rules().login_lock_minutes.into());
    let locked = before
        .as_ref()
        .and_then(|row| row.locked_until)
        .filter(|until| *until > tx.now());
    if let Some(until) = locked {
        return Err(Refusal::Locked { until });
    }
    let recent =
        before.filter(|row| row.locked_until.is_none() && row.updated_at + span > tx.now());
    let failures = recent.map_or(0, |row| row.failures) + 1;
    let last = failures >= i32::try_from(tx.rules().login_tries).unwrap_or(i32::MAX);
    Ok((failures, last.then(|| tx.now() + span)))
}

async fn succeed(
    store: &Store,
    user_id: i64,
    name_hash: String,
    origin: Origin,
    how: Value,
) -> Result<Opened> {
    store
        .write(move |tx| {
            Box::pin(async move {
                forget_failures(tx, &name_hash).await?;
                let opened = session::open(tx, user_id, origin).await?;
                let who = Actor {
                    user_id: Some(user_id),
                    ..Actor::system(Channel::Api)
                };
                audit::record(tx, &who, "login.succeeded", Subject::User(user_id), how).await?;
                Ok(opened)
            })
        })
        .await
}

async fn forget_failures(tx: &Tx, name_hash: &str) -> Result<()> {
    login_attempt::Entity::delete_by_id(name_hash)
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The name that was typed is not kept: it may be a password in the wrong field.
async fn fail(store: &Store, user_id: Option<i64>) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let nobody = Actor {
                    user_id: None,
                    ..Actor::system(Channel::Api)
                };
                let subject = user_id.map_or(Subject::Login, Subject::User);
                audit::record(tx, &nobody, "login.failed", subject, json!({})).await
            })
        })
        .await
}

/// Forgets failures of which nothing follows any more.
pub(crate) async fn prune(tx: &Tx) -> Result<u64> {
    let span = TimeDelta::minutes(tx.rules().login_lock_minutes.into());
    let old = Condition::all().add(login_attempt::Column::UpdatedAt.lt(tx.now() - span));
    prune::some::<login_attempt::Entity>(tx, &[login_attempt::Column::NameHash], old).await
}
