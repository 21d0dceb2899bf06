//! Accounts: who they are, what they may do and how they are reached.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use serde_json::json;

use ::entity::{agent, unit, unit_member, user};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Level, Permission, PersonAct, permissions},
    audit::{self, Subject},
    dialogue,
    error::{Problem, Thing},
    outbox::{self, Message},
    session,
    task::UnitRef,
};

mod as_agent;
mod create;
mod import;
mod list;
mod patch;
mod removal;
mod rules;

pub use create::{NewUser, Prepared, broken, create, insert, prepare};
pub use import::{Imported, PEOPLE_MOST, PeopleImport, import, preview_import};
pub use list::{Filter, list};
pub use patch::{UserPatch, broken_patch, change, disable, hash, patch};

/// The languages a person can choose.
pub const LANGS: [&str; 3] = ["es", "en", "pt"];

/// An account as those see it who may.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub id: i64,
    pub username: String,
    pub name: String,
    pub level: Level,
    pub permissions: Vec<Permission>,
    pub units: Vec<UnitRef>,
    /// The agent this person is, and his badge.
    pub agent_id: Option<i64>,
    pub badge: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub lang: Option<String>,
    /// False for people who only use Telegram.
    pub has_password: bool,
    pub telegram_id: Option<i64>,
    pub telegram_username: Option<String>,
    /// When Telegram said that the account cannot be reached.
    pub unreachable_at: Option<DateTime<Utc>>,
    pub active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// When what was personal about him was erased.
    pub erased_at: Option<DateTime<Utc>>,
}

/// One account of the actor's scope.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<User> {
    let user = get(store.reader(), id)
        .await?
        .ok_or(Refusal::missing(Thing::User))?;
    if may(actor, PersonAct::See, &user) {
        Ok(user)
    } else {
        Err(Refusal::missing(Thing::User).into())
    }
}

/// The account with this name, for the command line.
pub async fn by_username(store: &Store, username: &str) -> Result<Option<User>> {
    let row = user::Entity::find()
        .filter(user::Column::Username.eq(username.trim().to_lowercase()))
        .one(store.reader())
        .await?;
    Ok(assemble(store.reader(), Vec::from_iter(row)).await?.pop())
}

async fn get(db: &impl ConnectionTrait, id: i64) -> Result<Option<User>> {
    let row = user::Entity::find_by_id(id).one(db).await?;
    Ok(assemble(db, Vec::from_iter(row)).await?.pop())
}

fn may(actor: &Actor, act: PersonAct, user: &User) -> bool {
    let unit_ids: Vec<i64> = user.units.iter().map(|unit| unit.id).collect();
    actor.may_with(act, Some(user.id), user.level, &unit_ids)
}

/// The account, if the actor may do this with it: unseen ones do not exist for him. The row stays locked.
pub(crate) async fn reach(tx: &Tx, actor: &Actor, act: PersonAct, id: i64) -> Result<User> {
    user::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let user = get(tx.db(), id)
        .await?
        .ok_or(Refusal::missing(Thing::User))?;
    if may(actor, act, &user) {
        return Ok(user);
    }
    let refusal = if may(actor, PersonAct::See, &user) {
        Refusal::NotAllowed
    } else {
        Refusal::missing(Thing::User)
    };
    Err(refusal.into())
}

/// Rows with their units and agents, in the same order: three statements however many rows. Those that only a newer release
/// can read are left out.
async fn assemble(db: &impl ConnectionTrait, rows: Vec<user::Model>) -> Result<Vec<User>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let agents = agent::Entity::find()
        .filter(agent::Column::UserId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let members = unit_member::Entity::find()
        .filter(unit_member::Column::UserId.is_in(ids))
        .all(db)
        .await?;
    let units = unit::Entity::find()
        .filter(unit::Column::Id.is_in(members.iter().map(|member| member.unit_id)))
        .all(db)
        .await?;
    let read = |row: user::Model| {
        let id = row.id;
        joined(row, &agents, &members, &units)
            .inspect_err(|error| tracing::warn!(user.id = id, %error, "an account cannot be read"))
            .ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn joined(
    row: user::Model,
    agents: &[agent::Model],
    members: &[unit_member::Model],
    units: &[unit::Model],
) -> Result<User> {
    let agent = agents.iter().find(|agent| agent.user_id == Some(row.id));
    let is_member = |unit: &&unit::Model| {
        members
            .iter()
            .any(|m| m.user_id == row.id && m.unit_id == unit.id)
    };
    let units = units.iter().filter(is_member).map(|unit| UnitRef {
        id: unit.id,
        name: unit.name.clone(),
    });
    Ok(User {
        id: row.id,
        level: Level::try_from(row.level).map_err(crate::Error::Data)?,
        permissions: permissions(&row.permissions),
        units: units.collect(),
        agent_id: agent.map(|agent| agent.id),
        badge: agent.and_then(|agent| agent.badge.clone()),
        username: row.username,
        name: row.name,
        email: row.email,
        phone: row.phone,
        lang: row.lang,
        has_password: row.password_hash.is_some(),
        telegram_id: row.telegram_id,
        telegram_username: row.telegram_username,
        unreachable_at: row.unreachable_at,
        active: row.active,
        version: row.version,
        created_at: row.created_at,
        erased_at: row.erased_at,
    })
}

/// Remembers the language a person chose.
pub async fn set_language(tx: &Tx, actor: &Actor, lang: &str) -> Result<()> {
    let id = actor.user_id.ok_or(Refusal::missing(Thing::User))?;
    if !LANGS.contains(&lang) {
        return Err(Refusal::invalid("lang", Problem::Unknown).into());
    }
    let row = user::ActiveModel {
        id: Set(id),
        lang: Set(Some(lang.into())),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    user::Entity::update(row).exec(tx.db()).await?;
    audit::record(
        tx,
        actor,
        "user.language_chosen",
        Subject::User(id),
        json!({ "lang": lang }),
    )
    .await
}

/// Cuts the tie to a Telegram account; the person needs a new link.
pub async fn unlink_telegram(tx: &mut Tx, actor: &Actor, id: i64) -> Result<User> {
    let user = reach(tx, actor, PersonAct::Invite, id).await?;
    if let Some(telegram_id) = user.telegram_id {
        let row = user::ActiveModel {
            id: Set(id),
            telegram_id: Set(None),
            telegram_username: Set(None),
            unreachable_at: Set(None),
            updated_at: Set(tx.now()),
            ..Default::default()
        };
        user::Entity::update(row).exec(tx.db()).await?;
        dialogue::clear(tx, telegram_id).await?;
        // The phone that is lost may be signed in.
        session::revoke_all(tx, id, None).await?;
        outbox::push(tx, vec![Message::farewell(telegram_id, user.lang.clone())]).await?;
        audit::record(tx, actor, "user.unlinked", Subject::User(id), json!({})).await?;
    }
    Ok(User {
        telegram_id: None,
        telegram_username: None,
        unreachable_at: None,
        ..user
    })
}
