//! Changing accounts; switching one off takes effect at once.

use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use ::entity::user;

use super::{
    User, as_agent,
    create::words,
    get, reach, removal,
    rules::{
        all, email_problem, filled, lang_problem, name_problem, phone_problem, tidy, too_long,
    },
};
use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::{Level, Permission, PersonAct},
    audit::{self, Subject},
    bell::Topic,
    duty, enrolment,
    error::{Invalid, Problem, Thing},
    group,
    outbox::{self, Message},
    password, session, unit,
};

/// What shall be different; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    pub name: Option<String>,
    pub level: Option<Level>,
    pub units: Option<Vec<unit::Key>>,
    /// Units that are founded for him, beside the others.
    pub new_units: Vec<String>,
    /// An empty text takes it away; so with email and phone.
    pub badge: Option<String>,
    pub permissions: Option<Vec<Permission>>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub password: Option<String>,
    pub lang: Option<String>,
    pub active: Option<bool>,
    /// Refused as [`Refusal::Stale`] when the account has another version by now.
    pub version: Option<i32>,
}

impl UserPatch {
    /// The names of what it changes, for the record: never the values.
    fn fields(&self) -> Vec<&'static str> {
        let given = [
            ("name", self.name.is_some()),
            ("level", self.level.is_some()),
            ("units", self.units.is_some() || !self.new_units.is_empty()),
            ("badge", self.badge.is_some()),
            ("permissions", self.permissions.is_some()),
            ("email", self.email.is_some()),
            ("phone", self.phone.is_some()),
            ("password", self.password.is_some()),
            ("lang", self.lang.is_some()),
            ("active", self.active.is_some()),
        ];
        given
            .into_iter()
            .filter(|(_, given)| *given)
            .map(|(field, _)| field)
            .collect()
    }

    /// Only how to reach and address him, which he may change himself.
    fn is_personal(&self) -> bool {
        self.fields()
            .iter()
            .all(|field| matches!(*field, "email" | "phone" | "password" | "lang"))
    }
}

/// Changes an account. Admins change everything; everybody his own contact, language and password.
pub async fn patch(store: &Store, actor: &Actor, id: i64, patch: UserPatch) -> Result<User> {
    let hash = hash(&patch).await?;
    let actor = actor.clone();
    store
        .write(move |tx| Box::pin(async move { change(tx, &actor, id, patch, hash).await }))
        .await
}

/// The first half of [`patch`]: hashing takes too long for a transaction.
pub async fn hash(patch: &UserPatch) -> Result<Option<String>> {
    match patch.password.clone() {
        Some(one) if password::problem(&one, "").is_none() => password::hash(one).await.map(Some),
        _ => Ok(None),
    }
}

/// Switches an account off: its sessions and links end, its next tap is refused, and what its agent had to do is given back.
pub async fn disable(store: &Store, actor: &Actor, id: i64) -> Result<User> {
    patch(
        store,
        actor,
        id,
        UserPatch {
            active: Some(false),
            ..UserPatch::default()
        },
    )
    .await
}

/// The second half of [`patch`]; the row is locked, so that two changes made on one version do not both pass.
pub async fn change(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    patch: UserPatch,
    hash: Option<String>,
) -> Result<User> {
    let off = patch.active == Some(false);
    if off {
        removal::hold(tx, id).await?;
    }
    let user = reached(tx, actor, id, &patch).await?;
    let unit_ids = checked(tx, actor, &user, &patch).await?;
    let row = columns(tx, &user, &patch, hash);
    user::Entity::update(row).exec(tx.db()).await?;
    if let Some(unit_ids) = &unit_ids {
        as_agent::leave_units(tx, id).await?;
        as_agent::join_units(tx, id, unit_ids).await?;
    }
    if let Some(agent_id) = user.agent_id.filter(|_| off) {
        Box::pin(removal::settle(tx, actor, agent_id)).await?;
    }
    as_agent::follow(tx, &user, &patch, unit_ids).await?;
    sign_out(tx, id, &patch).await?;
    audit::record(tx, actor, "user.changed", Subject::User(id), record(&patch)).await?;
    if let Some(chat_id) = user.telegram_id.filter(|_| changes_menu(&user, &patch)) {
        outbox::push(tx, vec![Message::menu(chat_id, Some(id))]).await?;
    }
    let changed = get(tx.db(), id).await?;
    let changed = changed.ok_or(Refusal::missing(Thing::User))?;
    group::follow(tx, actor, &user, &changed).await?;
    if let Some(agent_id) = user.agent_id.filter(|_| changed.active) {
        duty::tell_moved(tx, actor, agent_id, (units(&user), units(&changed))).await?;
    }
    Ok(changed)
}

fn units(user: &User) -> Vec<i64> {
    user.units.iter().map(|unit| unit.id).collect()
}

/// The account, locked, if it may be changed so and is as it was when that was asked.
async fn reached(tx: &Tx, actor: &Actor, id: i64, patch: &UserPatch) -> Result<User> {
    let user = reach(tx, actor, PersonAct::See, id).await?;
    allow(actor, &user, patch)?;
    if user.erased_at.is_some() {
        return Err(Refusal::Settled { what: Thing::User }.into());
    }
    if patch.version.is_some_and(|version| version != user.version) {
        return Err(Refusal::Stale {
            version: user.version,
        }
        .into());
    }
    Ok(user)
}

/// The units he is in then, when that changes; everything that is wrong with the patch is told at once.
async fn checked(
    tx: &Tx,
    actor: &Actor,
    user: &User,
    patch: &UserPatch,
) -> Result<Option<Vec<i64>>> {
    let unit_ids = match units_then(patch, user) {
        Some(keys) => unit::resolve(tx, actor, &keys).await.map(Some),
        None => Ok(None),
    };
    let fields = check(patch, &user.username);
    let badge = check_badge(patch, user);
    let units = unit_ids.as_ref().err().and_then(Error::refusal);
    Refusal::together([fields.as_ref().err(), badge.as_ref().err(), units])?;
    unit_ids
}

/// Ends the sessions and links of whoever is switched off; of whoever has another password, the sessions.
async fn sign_out(tx: &mut Tx, id: i64, patch: &UserPatch) -> Result<()> {
    let off = patch.active == Some(false);
    if off || patch.password.is_some() {
        session::revoke_all(tx, id, None).await?;
    }
    if off {
        enrolment::revoke(tx, id).await?;
    }
    tx.ring(Topic::Sessions);
    Ok(())
}

/// The units he is in then, when that changes: new ones are beside those he is in, unless all were named.
fn units_then(patch: &UserPatch, user: &User) -> Option<Vec<unit::Key>> {
    if patch.units.is_none() && patch.new_units.is_empty() {
        return None;
    }
    let own = || user.units.iter().map(|one| unit::Key::Id(one.id)).collect();
    let mut keys = patch.units.clone().unwrap_or_else(own);
    keys.extend(patch.new_units.iter().cloned().map(unit::Key::Name));
    Some(keys)
}

/// Only whoever is an agent, or becomes one, bears a badge.
fn check_badge(patch: &UserPatch, user: &User) -> Result<(), Refusal> {
    let agent = user.agent_id.is_some() || patch.level == Some(Level::Agent);
    match filled(patch.badge.clone()) {
        Some(_) if !agent => Err(Refusal::invalid("badge", Problem::AgentsOnly)),
        _ => Ok(()),
    }
}

/// Whether somebody is offered something else afterwards, or in another language.
fn changes_menu(user: &User, patch: &UserPatch) -> bool {
    patch.level.is_some_and(|level| level != user.level)
        || patch.active.is_some_and(|active| active != user.active)
        || patch
            .permissions
            .as_ref()
            .is_some_and(|wanted| words(wanted) != words(&user.permissions))
        || (patch.lang.is_some() && patch.lang != user.lang)
}

/// Nobody switches himself off or takes his own level: the last admin would be gone.
fn allow(actor: &Actor, user: &User, patch: &UserPatch) -> Result<(), Refusal> {
    let himself = actor.user_id == Some(user.id);
    let falls = patch.active == Some(false) || patch.level.is_some_and(|level| level != user.level);
    let allowed = if himself && falls {
        false
    } else if himself && patch.is_personal() {
        true
    } else {
        super::may(actor, PersonAct::Edit, user)
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// What is wrong with it whatever is stored.
pub fn broken_patch(patch: &UserPatch) -> Vec<Invalid> {
    let checked = check(patch, "");
    checked.err().map(Refusal::into_fields).unwrap_or_default()
}

fn check(patch: &UserPatch, username: &str) -> Result<(), Refusal> {
    let given = |text: &Option<String>| filled(text.clone());
    all([
        (
            "name",
            patch
                .name
                .as_deref()
                .and_then(|name| name_problem(&tidy(name))),
        ),
        (
            "badge",
            given(&patch.badge).and_then(|badge| too_long(&badge, 40)),
        ),
        (
            "email",
            given(&patch.email).and_then(|email| email_problem(&email)),
        ),
        (
            "phone",
            given(&patch.phone).and_then(|phone| phone_problem(&phone)),
        ),
        ("lang", patch.lang.as_deref().and_then(lang_problem)),
        (
            "password",
            patch
                .password
                .as_deref()
                .and_then(|one| password::problem(one, username)),
        ),
    ])
}

fn columns(tx: &Tx, user: &User, patch: &UserPatch, hash: Option<String>) -> user::ActiveModel {
    let mut row = user::ActiveModel {
        id: Set(user.id),
        version: Set(user.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    if let Some(name) = &patch.name {
        row.name = Set(tidy(name));
    }
    if let Some(level) = patch.level {
        row.level = Set(level.into());
    }
    if let Some(permissions) = &patch.permissions {
        row.permissions = Set(words(permissions));
    }
    if patch.email.is_some() {
        row.email = Set(filled(patch.email.clone()));
    }
    if patch.phone.is_some() {
        row.phone = Set(filled(patch.phone.clone()));
    }
    if hash.is_some() {
        row.password_hash = Set(hash);
    }
    if patch.lang.is_some() {
        row.lang = Set(patch.lang.clone());
    }
    if let Some(active) = patch.active {
        row.active = Set(active);
    }
    row
}

/// Levels and rights are told, persons' data only by the names of the fields.
fn record(patch: &UserPatch) -> Value {
    json!({
        "fields": patch.fields(),
        "level": patch.level.map(i16::from),
        "permissions": patch.permissions.as_deref().map(words),
        "active": patch.active,
    })
}
