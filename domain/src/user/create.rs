//! Making accounts: level 1 makes the agent too.

use sea_orm::{ActiveValue::Set, EntityTrait, SqlErr};
use serde_json::json;

use ::entity::{agent, agent_unit, unit_member, user};

use super::{LANGS, User, get};
use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    agent::announce_availability,
    audit::{self, Subject},
    error::{Invalid, Problem, Thing},
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

/// One space between words, none around.
pub(super) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing instead of an empty text.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
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

/// Every problem at once.
pub(super) fn all<const N: usize>(found: [(&str, Option<Problem>); N]) -> Result<(), Refusal> {
    let errors: Vec<Invalid> = found
        .into_iter()
        .filter_map(|(field, problem)| {
            Some(Invalid {
                field: field.into(),
                problem: problem?,
            })
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid { errors })
    }
}

fn username_problem(username: &str) -> Option<Problem> {
    let fits =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    match username.chars().count() {
        0 => Some(Problem::Required),
        1 | 2 => Some(Problem::TooShort),
        3..=64 => (!username.chars().all(fits)).then_some(Problem::Malformed),
        _ => Some(Problem::TooLong),
    }
}

pub(super) fn name_problem(name: &str) -> Option<Problem> {
    if name.is_empty() {
        return Some(Problem::Required);
    }
    if name.chars().any(char::is_control) {
        return Some(Problem::Malformed);
    }
    too_long(name, 120)
}

/// Only agents bear one.
fn badge_problem(badge: &str, level: Level) -> Option<Problem> {
    match level {
        Level::Agent => too_long(badge, 40),
        _ => Some(Problem::AgentsOnly),
    }
}

pub(super) fn too_long(text: &str, most: usize) -> Option<Problem> {
    (text.chars().count() > most).then_some(Problem::TooLong)
}

/// Only the shape: whether an address works shows when something is sent there.
pub(super) fn email_problem(email: &str) -> Option<Problem> {
    let shaped = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if shaped && clean {
        too_long(email, 254)
    } else {
        Some(Problem::Malformed)
    }
}

pub(super) fn phone_problem(phone: &str) -> Option<Problem> {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/');
    let shaped = (3..=20).contains(&digits) && phone.len() <= 40 && phone.chars().all(fits);
    (!shaped).then_some(Problem::Malformed)
}

pub(super) fn lang_problem(lang: &str) -> Option<Problem> {
    (!LANGS.contains(&lang)).then_some(Problem::Unknown)
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
    join_units(tx, row.id, &unit_ids).await?;
    if new.level == Level::Agent {
        make_agent(tx, row.id, new.name, new.badge, &unit_ids).await?;
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

pub(super) async fn join_units(tx: &Tx, user_id: i64, unit_ids: &[i64]) -> Result<()> {
    if unit_ids.is_empty() {
        return Ok(());
    }
    let member = |unit_id: &i64| unit_member::ActiveModel {
        unit_id: Set(*unit_id),
        user_id: Set(user_id),
    };
    unit_member::Entity::insert_many(unit_ids.iter().map(member))
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Makes the agent of an account.
pub(super) async fn make_agent(
    tx: &mut Tx,
    user_id: i64,
    name: String,
    badge: Option<String>,
    unit_ids: &[i64],
) -> Result<()> {
    let row = agent::ActiveModel {
        user_id: Set(Some(user_id)),
        name: Set(name),
        badge: Set(badge),
        active: Set(true),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let row = agent::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await
        .map_err(|e| taken(e, "badge"))?;
    post_to_units(tx, row.id, unit_ids).await?;
    announce_availability(tx, vec![row.id]).await
}

pub(super) async fn post_to_units(tx: &Tx, agent_id: i64, unit_ids: &[i64]) -> Result<()> {
    if unit_ids.is_empty() {
        return Ok(());
    }
    let post = |unit_id: &i64| agent_unit::ActiveModel {
        agent_id: Set(agent_id),
        unit_id: Set(*unit_id),
    };
    agent_unit::Entity::insert_many(unit_ids.iter().map(post))
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
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
