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
    let proof = prove(store, username, password).await?;
    admit(store, proof, origin).await
}

/// Somebody who knew his password, as he was when it was looked at.
#[derive(Clone)]
pub struct Proof {
    seen: user::Model,
    name_hash: String,
}

/// The first half of [`login`]: comparing takes too long for a transaction.
pub async fn prove(store: &Store, username: &str, password: &str) -> Result<Proof> {
    let name = username.trim().to_lowercase();
    let name_hash = secret::hash(&name);
    count_attempt(store, name_hash.clone()).await?;
    let user = find(store, &name).await?;
    let kept = user.as_ref().and_then(|user| user.password_hash.clone());
    let fits = password::verify(password.to_owned(), kept).await?;
    match user {
        Some(seen) if fits => Ok(Proof { seen, name_hash }),
        user => Err(fail(store, user.map(|user| user.id)).await?.into()),
    }
}

/// The second half: opens a session for whoever is still as he proved it.
///
/// # Errors
/// [`Refusal::BadCredentials`] when he was switched off, erased or signed out everywhere since, or has another password.
pub async fn admit(store: &Store, proof: Proof, origin: Origin) -> Result<Opened> {
    let user_id = proof.seen.id;
    let opened = store
        .write(move |tx| Box::pin(async move { admit_in(tx, &proof, origin).await }))
        .await?;
    match opened {
        Some(opened) => Ok(opened),
        None => Err(fail(store, Some(user_id)).await?.into()),
    }
}

/// `None` refuses. The account stays locked until the session is there: whoever changes the account ends it too.
async fn admit_in(tx: &Tx, proof: &Proof, origin: Origin) -> Result<Option<Opened>> {
    let Proof { seen, name_hash } = proof;
    let now = user::Entity::find_by_id(seen.id)
        .lock_shared()
        .one(tx.db())
        .await?;
    let is_the_same = |now: user::Model| {
        now.active
            && now.password_hash == seen.password_hash
            && now.signed_out_at == seen.signed_out_at
    };
    if !now.is_some_and(is_the_same) {
        return Ok(None);
    }
    forget_failures(tx, name_hash).await?;
    succeed(tx, seen.id, origin, json!({})).await.map(Some)
}

/// What somebody brings who opened the board inside Telegram.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub telegram_id: i64,
    /// When Telegram signed it, in whole seconds, cut off.
    pub at: DateTime<Utc>,
    /// Whether it was Telegram that signed.
    pub proved: bool,
}

/// How somebody was received who came by Telegram.
#[derive(Clone, Debug)]
pub enum Received {
    Opened(Opened),
    /// His Telegram account belongs to nobody here.
    NotLinked,
    /// He was signed out everywhere since it was signed.
    Outdated,
}

/// Opens a session for the account that is linked to a Telegram account. Whether Telegram has proved who it is was looked at
/// before.
///
/// # Errors
/// [`Refusal::BadCredentials`] without proof, [`Refusal::Locked`] for more of those after too many, [`Refusal::Inactive`] for
/// an account that is switched off.
pub async fn by_telegram(store: &Store, signature: Signature, origin: Origin) -> Result<Received> {
    if !signature.proved {
        return Err(forged(store, signature.telegram_id).await?.into());
    }
    let received = store
        .write(move |tx| Box::pin(async move { receive(tx, signature, origin).await }))
        .await?;
    Ok(received?)
}

async fn forged(store: &Store, telegram_id: i64) -> Result<Refusal> {
    count_attempt(store, telegram_key(telegram_id)).await?;
    let user = user::Entity::find()
        .filter(user::Column::TelegramId.eq(telegram_id))
        .one(store.reader())
        .await?;
    fail(store, user.map(|user| user.id)).await
}

/// Refuses as a value, because the failures before it are forgotten. The account stays locked until the session is there.
async fn receive(
    tx: &Tx,
    signature: Signature,
    origin: Origin,
) -> Result<Result<Received, Refusal>> {
    let telegram_id = signature.telegram_id;
    let user = user::Entity::find()
        .filter(user::Column::TelegramId.eq(telegram_id))
        .lock_shared()
        .one(tx.db())
        .await?;
    forget_failures(tx, &telegram_key(telegram_id)).await?;
    let Some(user) = user else {
        return Ok(Ok(Received::NotLinked));
    };
    if !user.active {
        return Ok(Err(Refusal::Inactive));
    }
    if user.signed_out_at.is_some_and(|out| signature.at <= out) {
        return Ok(Ok(Received::Outdated));
    }
    let origin = Origin {
        telegram_id: Some(telegram_id),
        ..origin
    };
    let opened = succeed(tx, user.id, origin, json!({ "by": "telegram" })).await?;
    Ok(Ok(Received::Opened(opened)))
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

async fn succeed(tx: &Tx, user_id: i64, origin: Origin, how: Value) -> Result<Opened> {
    let opened = session::open(tx, user_id, origin).await?;
    let who = Actor {
        user_id: Some(user_id),
        ..Actor::system(Channel::Api)
    };
    audit::record(tx, &who, "login.succeeded", Subject::User(user_id), how).await?;
    Ok(opened)
}

async fn forget_failures(tx: &Tx, name_hash: &str) -> Result<()> {
    login_attempt::Entity::delete_by_id(name_hash)
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Notes it, and says what to refuse with. The name that was typed is not kept: it may be a password in the wrong field.
async fn fail(store: &Store, user_id: Option<i64>) -> Result<Refusal> {
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
        .await?;
    Ok(Refusal::BadCredentials)
}

/// Forgets failures of which nothing follows any more.
pub(crate) async fn prune(tx: &Tx) -> Result<u64> {
    let span = TimeDelta::minutes(tx.rules().login_lock_minutes.into());
    let old = Condition::all().add(login_attempt::Column::UpdatedAt.lt(tx.now() - span));
    prune::some::<login_attempt::Entity>(tx, &[login_attempt::Column::NameHash], old).await
}
