//! Signed-in browsers and programs: rows, so that ending one is seen at the next request.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use ::entity::{session, socket_ticket, user};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Channel, Level},
    audit::{self, Subject},
    bell::Topic,
    error::Thing,
    prune, secret,
};

mod ticket;
mod token;

pub(crate) use ticket::prune_tickets;
pub use ticket::redeem;
use token::Given;

/// From where somebody signs in.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<String>,
    /// What the program calls itself.
    pub agent: Option<String>,
    /// The Telegram account that vouches for him; none: his password does.
    pub telegram_id: Option<i64>,
}

/// A session that was opened or prolonged. The token is shown only now.
#[derive(Clone, Debug)]
pub struct Opened {
    pub session_id: String,
    pub user_id: i64,
    /// Good for one [`refresh`].
    pub refresh_token: String,
    pub expires_at: DateTime<Utc>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A use is noted only after this long, so that reading costs no writing.
const NOTED: TimeDelta = TimeDelta::minutes(10);

/// The most letters kept of what a program calls itself.
const AGENT_LETTERS: usize = 200;

/// The most sessions looked up in one statement.
const BATCH: usize = 1000;

/// Opens a session for somebody who has proved who he is, and whose account is locked since that was looked at.
pub async fn open(tx: &Tx, user_id: i64, origin: Origin) -> Result<Opened> {
    let beginning = secret::fresh();
    let opened = Opened {
        session_id: secret::fresh(),
        user_id,
        refresh_token: token::fresh(&beginning),
        expires_at: life(tx),
    };
    let row = session::ActiveModel {
        id: Set(opened.session_id.clone()),
        user_id: Set(user_id),
        refresh_hash: Set(secret::hash(&opened.refresh_token)),
        previous_hash: Set(Some(secret::hash(&beginning))),
        address: Set(origin.address),
        agent: Set(origin
            .agent
            .map(|agent| agent.chars().take(AGENT_LETTERS).collect())),
        created_at: Set(tx.now()),
        used_at: Set(tx.now()),
        expires_at: Set(opened.expires_at),
        revoked_at: Set(None),
        telegram_id: Set(origin.telegram_id),
    };
    session::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    Ok(opened)
}

fn life(tx: &Tx) -> DateTime<Utc> {
    tx.now() + TimeDelta::days(tx.rules().session_days.into())
}

/// Exchanges a refresh token for the next one.
///
/// A token that was exchanged before, however long ago, is in two hands: the session ends for both.
pub async fn refresh(store: &Store, token: &str) -> Result<Opened> {
    let given = Given(token.to_owned());
    let opened = store
        .write(move |tx| Box::pin(async move { rotate(tx, given).await }))
        .await?;
    opened.ok_or_else(|| Refusal::BadCredentials.into())
}

/// `None` refuses, as a value, because ending the session must be kept.
async fn rotate(tx: &mut Tx, given: Given) -> Result<Option<Opened>> {
    let hash = given.hash();
    let known = Condition::any()
        .add(session::Column::RefreshHash.eq(&hash))
        .add(session::Column::PreviousHash.is_in(given.known_by()));
    let found = session::Entity::find()
        .filter(known)
        .filter(alive(tx.now()))
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let Some(row) = found else { return Ok(None) };
    if row.refresh_hash != hash {
        tracing::warn!(
            user.id = row.user_id,
            "a refresh token that was exchanged before came again; its session ends"
        );
        end(tx, session::Column::Id.eq(&row.id).into()).await?;
        let action = "session.reused";
        audit::record(
            tx,
            &Actor::system(Channel::Api),
            action,
            Subject::User(row.user_id),
            json!({}),
        )
        .await?;
        return Ok(None);
    }
    let beginning = given.goes_on(row.previous_hash.as_deref());
    let opened = Opened {
        session_id: row.id,
        user_id: row.user_id,
        refresh_token: token::fresh(beginning),
        expires_at: life(tx),
    };
    let next = session::ActiveModel {
        id: Set(opened.session_id.clone()),
        refresh_hash: Set(secret::hash(&opened.refresh_token)),
        previous_hash: Set(Some(secret::hash(beginning))),
        used_at: Set(tx.now()),
        expires_at: Set(opened.expires_at),
        ..Default::default()
    };
    session::Entity::update(next).exec(tx.db()).await?;
    Ok(Some(opened))
}

fn alive(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(session::Column::RevokedAt.is_null())
        .add(session::Column::ExpiresAt.gt(now))
}

/// The person behind a session that is neither ended nor expired.
pub async fn authenticate(store: &Store, session_id: &str) -> Result<Option<Actor>> {
    let row = session::Entity::find_by_id(session_id)
        .filter(alive(store.now()))
        .one(store.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.used_at + NOTED < store.now() {
        note_use(store, row.id).await?;
    }
    Actor::of_user(store, row.user_id, Channel::Api).await
}

async fn note_use(store: &Store, session_id: String) -> Result<()> {
    store
        .write(|tx| {
            Box::pin(async move {
                session::Entity::update_many()
                    .col_expr(session::Column::UsedAt, Expr::value(tx.now()))
                    .col_expr(session::Column::ExpiresAt, Expr::value(life(tx)))
                    .filter(session::Column::Id.eq(session_id))
                    .exec(tx.db())
                    .await?;
                Ok(())
            })
        })
        .await
}

/// Ends one session of the actor's own; admins end anybody's.
pub async fn revoke(tx: &mut Tx, actor: &Actor, session_id: &str) -> Result<()> {
    // The account before its sessions, as whoever ends all of them.
    actor.hold(tx).await?;
    let row = session::Entity::find_by_id(session_id)
        .filter(session::Column::RevokedAt.is_null())
        .one(tx.db())
        .await?
        .filter(|row| Some(row.user_id) == actor.user_id || actor.level == Level::Admin)
        .ok_or(Refusal::missing(Thing::Session))?;
    end(tx, session::Column::Id.eq(session_id).into()).await?;
    audit::record(
        tx,
        actor,
        "session.ended",
        Subject::User(row.user_id),
        json!({}),
    )
    .await
}

/// Ends every session of somebody, but perhaps one; what he proved before opens none any more.
pub async fn revoke_all(tx: &mut Tx, user_id: i64, but: Option<&str>) -> Result<()> {
    sign_out(tx, user_id).await?;
    let mut which = Condition::all().add(session::Column::UserId.eq(user_id));
    if let Some(but) = but {
        which = which.add(session::Column::Id.ne(but));
    }
    end(tx, which).await
}

/// The same of those that his Telegram account opened: he moves to another one.
pub(crate) async fn revoke_telegram(tx: &mut Tx, user_id: i64) -> Result<()> {
    sign_out(tx, user_id).await?;
    let opened = Condition::all()
        .add(session::Column::UserId.eq(user_id))
        .add(session::Column::TelegramId.is_not_null());
    end(tx, opened).await
}

/// Notes the moment. Whoever signs in at the same time has locked the account, and his session is seen afterwards, or finds
/// this when he has waited.
async fn sign_out(tx: &Tx, user_id: i64) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::SignedOutAt, Expr::value(tx.now()))
        .filter(user::Column::Id.eq(user_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn end(tx: &mut Tx, which: Condition) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(tx.now()))
        .filter(which)
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Sessions);
    Ok(())
}

/// Forgets sessions that ended before `until`.
pub(crate) async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let over = Condition::any()
        .add(session::Column::ExpiresAt.lt(until))
        .add(session::Column::RevokedAt.lt(until));
    let ids: Vec<String> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(over)
        .limit(prune::BATCH)
        .into_tuple()
        .all(tx.db())
        .await?;
    socket_ticket::Entity::delete_many()
        .filter(socket_ticket::Column::SessionId.is_in(&ids))
        .exec(tx.db())
        .await?;
    let done = session::Entity::delete_many()
        .filter(session::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected)
}

/// The open sessions of somebody, newest use first.
pub async fn list(store: &Store, user_id: i64) -> Result<Vec<Session>> {
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(alive(store.now()))
        .order_by_desc(session::Column::UsedAt)
        .limit(crate::page::MOST)
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: session::Model) -> Session {
    Session {
        id: row.id,
        address: row.address,
        agent: row.agent,
        created_at: row.created_at,
        used_at: row.used_at,
        expires_at: row.expires_at,
    }
}

/// The people behind those of these sessions that are neither ended nor expired: four statements for each
/// thousand of them.
pub async fn living(store: &Store, ids: &[String]) -> Result<HashMap<String, Actor>> {
    let mut people = HashMap::new();
    for batch in ids.chunks(BATCH) {
        people.extend(living_few(store, batch).await?);
    }
    Ok(people)
}

async fn living_few(store: &Store, ids: &[String]) -> Result<HashMap<String, Actor>> {
    let rows: Vec<(String, i64)> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .column(session::Column::UserId)
        .filter(session::Column::Id.is_in(ids))
        .filter(alive(store.now()))
        .into_tuple()
        .all(store.reader())
        .await?;
    let user_ids: Vec<i64> = rows.iter().map(|(_, user_id)| *user_id).collect();
    let people = Actor::of_users(store, user_ids, Channel::Api).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, user_id)| Some((id, people.get(&user_id)?.clone())))
        .collect())
}
