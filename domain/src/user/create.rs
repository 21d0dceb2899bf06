//! Making accounts: level 1 makes the agent too.

use sea_orm::{ActiveValue::Set, EntityTrait, SqlErr};
use serde_json::json;

use ::entity::user;

use super::{
    User, as_agent, get,
    rules::{
        all, badge_problem, email_problem, filled, lang_problem, name_problem, phone_problem, tidy,
        username_problem,
    },
};
use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    audit::{self, Subject},
    error::{Invalid, Thing},
    password, unit,
};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// 3 to 64 of `a-z 0-9 . _ -`; capitals are made small.
    pub username: String,
    pub name: String,
    pub level: Level,
    pub units: Vec<unit::Key>,
    pub badge: Option<String>,
    pub permissions: Vec<Permission>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Nobody needs one who only uses Telegram.
    pub password: Option<String>,
    pub lang: Option<String>,
}

impl NewUser {
    /// An account with nothing but the needful.
    pub fn named(username: impl Into<String>, name: impl Into<String>, level: Level) -> Self {
        Self {
            username: username.into(),
            name: name.into(),
            level,
            units: Vec::new(),
            badge: None,
            permissions: Vec::new(),
            email: None,
            phone: None,
            password: None,
            lang: None,
        }
    }
}

impl NewUser {
    /// Takes the badge away of somebody who is no agent and bears none, for commands and files, which name it for any level. True
    /// when he had one.
    pub fn leave_out_badge(&mut self) -> bool {
        self.level != Level::Agent && self.badge.take().is_some()
    }
}

/// An account that may be made: checked, and its password hashed, which takes too long for a transaction.
#[derive(Clone)]
pub struct Prepared {
    new: NewUser,
    hash: Option<String>,
}

/// Makes an account; admins only.
pub async fn create(store: &Store, actor: &Actor, new: NewUser) -> Result<User> {
    let prepared = prepare(actor, new).await?;
    let actor = actor.clone();
    store
        .write(move |tx| Box::pin(async move { insert(tx, &actor, prepared).await }))
        .await
}

/// The first half of [`create`], outside of the transaction.
pub async fn prepare(actor: &Actor, new: NewUser) -> Result<Prepared> {
    if actor.level != Level::Admin {
        return Err(Refusal::NotAllowed.into());
    }
    let new = cleaned(new);
    check(&new)?;
    let hash = match new.password.clone() {
        Some(password) => Some(password::hash(password).await?),
        None => None,
    };
    Ok(Prepared { new, hash })
}

fn cleaned(new: NewUser) -> NewUser {
    NewUser {
        username: new.username.trim().to_lowercase(),
        name: tidy(&new.name),
        badge: filled(new.badge),
        email: filled(new.email),
        phone: filled(new.phone),
        ..new
    }
}

/// What is wrong with it whatever is stored.
pub fn broken(new: &NewUser) -> Vec<Invalid> {
    let checked = check(&cleaned(new.clone()));
    checked.err().map(Refusal::into_fields).unwrap_or_default()
}

fn check(new: &NewUser) -> Result<(), Refusal> {
    let found = [
        ("username", username_problem(&new.username)),
        ("name", name_problem(&new.name)),
        (
            "badge",
            new.badge
                .as_deref()
                .and_then(|badge| badge_problem(badge, new.level)),
        ),
        ("email", new.email.as_deref().and_then(email_problem)),
        ("phone", new.phone.as_deref().and_then(phone_problem)),
        ("lang", new.lang.as_deref().and_then(lang_problem)),
        (
            "password",
            new.password
                .as_deref()
                .and_then(|one| password::problem(one, &new.username)),
        ),
    ];
    all(found)
}

/// The second half of [`create`].
pub async fn insert(tx: &mut Tx, actor: &Actor, prepared: Prepared) -> Result<User> {
    let Prepared { new, hash } = prepared;
    let unit_ids = unit::resolve(tx, actor, &new.units).await?;
    let row = user::ActiveModel {
        username: Set(new.username),
        name: Set(new.name.clone()),
        level: Set(new.level.into()),
        permissions: Set(words(&new.permissions)),
        email: Set(new.email),
        phone: Set(new.phone),
        password_hash: Set(hash),
        lang: Set(new.lang),
        active: Set(true),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let row = user::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await
        .map_err(|e| taken(e, "username"))?;
    as_agent::join_units(tx, row.id, &unit_ids).await?;
    if new.level == Level::Agent {
        as_agent::make(tx, row.id, new.name, new.badge, &unit_ids).await?;
    }
    let data = json!({ "level": i16::from(new.level), "units": unit_ids, "permissions": words(&new.permissions) });
    audit::record(tx, actor, "user.created", Subject::User(row.id), data).await?;
    get(tx.db(), row.id)
        .await?
        .ok_or_else(|| Refusal::missing(Thing::User).into())
}

/// The words of the column.
pub(super) fn words(permissions: &[Permission]) -> String {
    let mut words: Vec<&str> = permissions.iter().map(|one| one.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The only unique value of the row is taken already.
pub(super) fn taken(error: sea_orm::DbErr, field: &str) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken {
            field: field.into(),
        }
        .into(),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let new = NewUser {
            email: Some("no es correo".into()),
            phone: Some("llamame".into()),
            password: Some("corta".into()),
            lang: Some("qu".into()),
            ..NewUser::named("j p", " ", Level::Agent)
        };
        let Err(Refusal::Invalid { errors }) = check(&cleaned(new)) else {
            unreachable!("nothing of it is valid");
        };
        let fields: Vec<&str> = errors.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(
            fields,
            ["username", "name", "email", "phone", "lang", "password"]
        );
    }

    #[test]
    fn usual_people_pass() {
        let new = NewUser {
            email: Some("juan@muni.gob.ar".into()),
            phone: Some("+54 9 11 5555-0101".into()),
            password: Some("cuatro palabras sueltas juntas".into()),
            ..NewUser::named("J.Perez", "Juan  Pérez", Level::Agent)
        };
        let new = cleaned(new);
        assert_eq!(
            (new.username.as_str(), new.name.as_str()),
            ("j.perez", "Juan Pérez")
        );
        assert_eq!(check(&new), Ok(()));
    }
}
