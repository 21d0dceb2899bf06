//! One-time links that tie an account to a Telegram user; only a hash of the code is kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use serde_json::json;

use ::entity::{agent, assignment, enrolment, task, user};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Channel, Level, PersonAct},
    assignment as assignments,
    audit::{self, Subject},
    availability, consent, dialogue,
    error::LinkProblem,
    outbox::{self, Lane, Message},
    secret, session,
    task::Status,
    user as people,
};

/// A link that was made; the code is shown only now.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub user_id: i64,
    pub code: String,
    pub expires_at: DateTime<Utc>,
}

/// Who has just been tied to a Telegram account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    pub user_id: i64,
    pub name: String,
    pub level: Level,
}

/// Makes a link for somebody; an older one stops working.
pub async fn invite(tx: &mut Tx, actor: &Actor, user_id: i64) -> Result<Invitation> {
    let user = people::reach(tx, actor, PersonAct::Invite, user_id).await?;
    if !user.active {
        return Err(Refusal::Inactive.into());
    }
    revoke(tx, user_id).await?;
    let code = secret::fresh();
    let expires_at = tx.now() + TimeDelta::hours(tx.rules().link_hours.into());
    let row = enrolment::ActiveModel {
        user_id: Set(user_id),
        code_hash: Set(secret::hash(&code)),
        created_by: Set(actor.user_id),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    enrolment::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    audit::record(tx, actor, "user.invited", Subject::User(user_id), json!({})).await?;
    Ok(Invitation {
        user_id,
        code,
        expires_at,
    })
}

/// Stops every link of somebody that was not used yet.
pub(crate) async fn revoke(tx: &Tx, user_id: i64) -> Result<()> {
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::RevokedAt, Expr::value(tx.now()))
        .filter(enrolment::Column::UserId.eq(user_id))
        .filter(enrolment::Column::UsedAt.is_null())
        .filter(enrolment::Column::RevokedAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The Telegram account that opened a link.
#[derive(Clone, Debug)]
pub struct Caller {
    pub telegram_id: i64,
    pub username: Option<String>,
    /// Telegram's language, used until the person chooses one.
    pub lang: Option<String>,
}

/// The name of whoever a link is for; nothing changes.
///
/// # Errors
/// [`Refusal::Link`] when it is unknown, used or expired; [`Refusal::Inactive`] when the account is switched off.
pub async fn invited(store: &Store, code: &str) -> Result<String> {
    let link = enrolment::Entity::find()
        .filter(enrolment::Column::CodeHash.eq(secret::hash(code)))
        .one(store.reader())
        .await?
        .ok_or(problem(LinkProblem::Unknown))?;
    check(&link, store.now())?;
    let user = user::Entity::find_by_id(link.user_id)
        .one(store.reader())
        .await?;
    let user = user.ok_or(problem(LinkProblem::Unknown))?;
    if user.active {
        Ok(user.name)
    } else {
        Err(Refusal::Inactive.into())
    }
}

/// Ties the account behind `code` to a Telegram account, or refuses with [`Refusal::Link`] and ties nobody.
///
/// Somebody who was linked from another phone moves to this one; what the other one had opened ends. Whoever came by this
/// link and taps once more is answered like the first time, and nothing changes.
pub async fn enrol(tx: &mut Tx, code: &str, caller: Caller) -> Result<Enrolled> {
    let link = locked(tx, code).await?;
    if let Some(user) = came_by(tx, &link, caller.telegram_id).await? {
        return enrolled(user);
    }
    check(&link, tx.now())?;
    let user = user::Entity::find_by_id(link.user_id)
        .filter(user::Column::Active.eq(true))
        .lock_exclusive()
        .one(tx.db())
        .await?
        .ok_or(problem(LinkProblem::Unknown))?;
    refuse_other(tx, &user, caller.telegram_id).await?;
    if let Some(old) = user.telegram_id.filter(|old| *old != caller.telegram_id) {
        leave(tx, &user, old).await?;
    }
    use_up(tx, link.id).await?;
    tie(tx, &user, &caller).await?;
    let who = Actor {
        user_id: Some(user.id),
        ..Actor::system(Channel::Bot)
    };
    audit::record(tx, &who, "user.enrolled", Subject::User(user.id), json!({})).await?;
    consent::accept(tx, &who, user.id).await?;
    assignments::reachable(tx, user.id).await?;
    send_cards(tx, user.id, caller.telegram_id).await?;
    enrolled(user)
}

fn enrolled(user: user::Model) -> Result<Enrolled> {
    Ok(Enrolled {
        level: Level::try_from(user.level).map_err(crate::Error::Data)?,
        user_id: user.id,
        name: user.name,
    })
}

/// Who was enrolled by this link, if it is the one whose Telegram account this still is.
async fn came_by(
    tx: &Tx,
    link: &enrolment::Model,
    telegram_id: i64,
) -> Result<Option<user::Model>> {
    if link.used_at.is_none() {
        return Ok(None);
    }
    Ok(user::Entity::find_by_id(link.user_id)
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::TelegramId.eq(telegram_id))
        .one(tx.db())
        .await?)
}

/// What a phone had opened ends. Who has no password can have signed in by it only, although an earlier release, which may
/// still be at work, does not write down how.
async fn leave(tx: &mut Tx, user: &user::Model, old: i64) -> Result<()> {
    dialogue::clear(tx, old).await?;
    match user.password_hash {
        Some(_) => session::revoke_telegram(tx, user.id).await?,
        None => session::revoke_all(tx, user.id, None).await?,
    }
    outbox::push(tx, vec![Message::farewell(old, user.lang.clone())]).await
}

async fn locked(tx: &Tx, code: &str) -> Result<enrolment::Model> {
    Ok(enrolment::Entity::find()
        .filter(enrolment::Column::CodeHash.eq(secret::hash(code)))
        .lock_exclusive()
        .one(tx.db())
        .await?
        .ok_or(problem(LinkProblem::Unknown))?)
}

/// Whether a link still can be used.
fn check(link: &enrolment::Model, now: DateTime<Utc>) -> Result<(), Refusal> {
    if link.used_at.is_some() {
        return Err(problem(LinkProblem::Used));
    }
    if link.revoked_at.is_some() || link.expires_at <= now {
        return Err(problem(LinkProblem::Expired));
    }
    Ok(())
}

async fn refuse_other(tx: &Tx, user: &user::Model, telegram_id: i64) -> Result<()> {
    let other = user::Entity::find()
        .filter(user::Column::TelegramId.eq(telegram_id))
        .filter(user::Column::Id.ne(user.id))
        .one(tx.db())
        .await?;
    if other.is_some() {
        Err(problem(LinkProblem::OtherUser).into())
    } else {
        Ok(())
    }
}

fn problem(problem: LinkProblem) -> Refusal {
    Refusal::Link { problem }
}

async fn use_up(tx: &Tx, id: i64) -> Result<()> {
    let used = enrolment::ActiveModel {
        id: Set(id),
        used_at: Set(Some(tx.now())),
        ..Default::default()
    };
    enrolment::Entity::update(used).exec(tx.db()).await?;
    Ok(())
}

async fn tie(tx: &Tx, user: &user::Model, caller: &Caller) -> Result<()> {
    let lang = caller
        .lang
        .clone()
        .filter(|lang| people::LANGS.contains(&lang.as_str()));
    // The same account again may come without its name.
    let known = user
        .telegram_username
        .clone()
        .filter(|_| user.telegram_id == Some(caller.telegram_id));
    let tied = user::ActiveModel {
        id: Set(user.id),
        telegram_id: Set(Some(caller.telegram_id)),
        telegram_username: Set(caller.username.clone().or(known)),
        lang: Set(user.lang.clone().or(lang)),
        unreachable_at: Set(None),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    user::Entity::update(tied).exec(tx.db()).await?;
    Ok(())
}

/// Who was assigned before he was linked gets his cards now.
async fn send_cards(tx: &mut Tx, user_id: i64, chat_id: i64) -> Result<()> {
    let agents = Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(agent::Column::UserId.eq(user_id))
        .to_owned();
    let open = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(task::Column::Status.is_in([
            Status::Scheduled,
            Status::InProgress,
            Status::Paused,
        ]))
        .to_owned();
    let tasks: Vec<i64> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::TaskId)
        .filter(assignment::Column::AgentId.in_subquery(agents))
        .filter(assignment::Column::TaskId.in_subquery(open))
        .filter(assignment::Column::State.is_in(availability::HELD))
        .into_tuple()
        .all(tx.db())
        .await?;
    let card = |task_id| Message::ring(chat_id, Some(user_id), task_id, Lane::Task);
    outbox::push(tx, tasks.into_iter().map(card).collect()).await
}
