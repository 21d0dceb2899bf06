//! What somebody agrees to beside his work, and each time he changed his mind. Accepting the link is agreeing; who was
//! never asked has not refused.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Func, Query},
};
use serde_json::json;

pub use ::entity::consent::Purpose;
use ::entity::{consent, last_position, user};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Channel, Level, PersonAct},
    agent,
    attachment::NewFile,
    audit::{self, Subject},
    event::Event,
    page,
    task::UserRef,
    user as people,
};

/// Everything that can be agreed to.
pub const PURPOSES: [Purpose; 2] = [Purpose::Location, Purpose::Media];

/// How it stands with one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub purpose: Purpose,
    pub granted: bool,
    /// Nothing while nobody has said anything.
    pub since: Option<DateTime<Utc>>,
}

/// What was said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub purpose: Purpose,
    pub granted: bool,
    pub at: DateTime<Utc>,
    pub by: Option<UserRef>,
    pub channel: Channel,
}

/// How it stands, and what was said before, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consents {
    pub now: Vec<Consent>,
    pub history: Vec<Change>,
}

/// Of somebody, for himself and admins.
///
/// # Errors
/// Refused for others who may see the account, missing for whom one may not see.
pub async fn of(store: &Store, actor: &Actor, user_id: i64) -> Result<Consents> {
    let user = people::find(store, actor, user_id).await?;
    if !actor.may_with(PersonAct::Export, Some(user_id), user.level, &[]) {
        return Err(Refusal::NotAllowed.into());
    }
    read(store.reader(), user_id).await
}

/// The same from inside a transaction that has looked who asks.
pub async fn of_in(tx: &Tx, user_id: i64) -> Result<Consents> {
    read(tx.db(), user_id).await
}

async fn read(db: &impl ConnectionTrait, user_id: i64) -> Result<Consents> {
    Ok(Consents {
        now: now(db, user_id).await?,
        history: history(db, user_id).await?,
    })
}

/// How it stands with each purpose.
pub(crate) async fn now(db: &impl ConnectionTrait, user_id: i64) -> Result<Vec<Consent>> {
    let mut all = Vec::new();
    for purpose in PURPOSES {
        let newest = newest(db, user_id, purpose).await?;
        all.push(Consent {
            purpose,
            granted: newest.as_ref().is_none_or(|row| row.granted),
            since: newest.map(|row| row.at),
        });
    }
    Ok(all)
}

async fn newest(
    db: &impl ConnectionTrait,
    user_id: i64,
    purpose: Purpose,
) -> Result<Option<consent::Model>> {
    Ok(consent::Entity::find()
        .filter(consent::Column::UserId.eq(user_id))
        .filter(consent::Column::Purpose.eq(purpose))
        .order_by_desc(consent::Column::Id)
        .one(db)
        .await?)
}

/// Holds for the users of a statement who have not taken this back.
pub(crate) fn stands(purpose: Purpose) -> Condition {
    let newest = Query::select()
        .column(consent::Column::Granted)
        .from(consent::Entity)
        .and_where(
            Expr::col((consent::Entity, consent::Column::UserId))
                .equals((user::Entity, user::Column::Id)),
        )
        .and_where(Expr::col((consent::Entity, consent::Column::Purpose)).eq(purpose))
        .order_by(consent::Column::Id, Order::Desc)
        .limit(1)
        .take();
    let newest = Expr::SubQuery(None, Box::new(newest.into()));
    Condition::all().add(Expr::expr(Func::coalesce([newest, Expr::value(true)])).eq(true))
}

async fn history(db: &impl ConnectionTrait, user_id: i64) -> Result<Vec<Change>> {
    let rows = consent::Entity::find()
        .filter(consent::Column::UserId.eq(user_id))
        .order_by_desc(consent::Column::Id)
        .limit(page::MOST)
        .all(db)
        .await?;
    let who: Vec<i64> = rows.iter().filter_map(|row| row.changed_by).collect();
    let names: HashMap<i64, String> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name])
        .filter(user::Column::Id.is_in(who))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let by = |id: i64| {
        let name = names.get(&id)?.clone();
        Some(UserRef { user_id: id, name })
    };
    let change = |row: consent::Model| Change {
        purpose: row.purpose,
        granted: row.granted,
        at: row.at,
        by: row.changed_by.and_then(by),
        channel: row.channel,
    };
    Ok(rows.into_iter().map(change).collect())
}

/// Says yes or no to some purposes; what stands so already stays.
///
/// # Errors
/// Everybody decides for himself; admins only take down that somebody took his consent back.
pub async fn set(
    tx: &mut Tx,
    actor: &Actor,
    user_id: i64,
    wanted: &[(Purpose, bool)],
) -> Result<()> {
    let user = people::reach(tx, actor, PersonAct::See, user_id).await?;
    let himself = actor.user_id == Some(user_id);
    let takes_back = wanted.iter().all(|(_, granted)| !granted);
    let may = himself || actor.level == Level::Admin && takes_back;
    if !may {
        return Err(Refusal::NotAllowed.into());
    }
    let before = now(tx.db(), user_id).await?;
    for (purpose, granted) in wanted {
        let stands = before
            .iter()
            .any(|one| one.purpose == *purpose && one.granted == *granted && one.since.is_some());
        if !stands {
            say(tx, actor, user_id, (*purpose, *granted)).await?;
        }
    }
    if wanted.contains(&(Purpose::Location, false)) {
        leave_the_map(tx, user.agent_id).await?;
    }
    Ok(())
}

/// Whoever accepts his link agrees to what he has not decided before.
pub(crate) async fn accept(tx: &Tx, actor: &Actor, user_id: i64) -> Result<()> {
    for one in now(tx.db(), user_id).await? {
        if one.since.is_none() {
            insert(tx, actor, user_id, (one.purpose, true)).await?;
        }
    }
    Ok(())
}

async fn say(
    tx: &Tx,
    actor: &Actor,
    user_id: i64,
    (purpose, granted): (Purpose, bool),
) -> Result<()> {
    insert(tx, actor, user_id, (purpose, granted)).await?;
    let data = json!({ "purpose": purpose, "granted": granted });
    audit::record(tx, actor, "user.consent", Subject::User(user_id), data).await
}

async fn insert(
    tx: &Tx,
    actor: &Actor,
    user_id: i64,
    (purpose, granted): (Purpose, bool),
) -> Result<()> {
    let row = consent::ActiveModel {
        user_id: Set(user_id),
        purpose: Set(purpose),
        granted: Set(granted),
        at: Set(tx.now()),
        changed_by: Set(actor.user_id),
        channel: Set(actor.channel),
        ..Default::default()
    };
    consent::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Where he last was is forgotten at once.
async fn leave_the_map(tx: &mut Tx, agent_id: Option<i64>) -> Result<()> {
    let Some(agent_id) = agent_id else {
        return Ok(());
    };
    last_position::Entity::delete_by_id(agent_id)
        .exec(tx.db())
        .await?;
    let scopes = agent::scopes(tx, &[agent_id]).await?;
    if let Some(scope) = scopes.get(&agent_id) {
        tx.log(Event::AgentPositionChanged { agent_id }, scope);
    }
    Ok(())
}

/// He cannot take it back either until the transaction ends.
///
/// # Errors
/// [`Refusal::NoConsent`] when he took it back.
pub(crate) async fn check(tx: &Tx, actor: &Actor, purpose: Purpose) -> Result<()> {
    actor.hold(tx).await?;
    let newest = newest(tx.db(), actor.user_id.unwrap_or_default(), purpose).await?;
    match newest.is_none_or(|row| row.granted) {
        true => Ok(()),
        false => Err(Refusal::NoConsent { purpose }.into()),
    }
}

/// Whether this person has not taken it back, before something is asked of him.
pub async fn given(store: &Store, actor: &Actor, purpose: Purpose) -> Result<bool> {
    let user_id = actor.user_id.unwrap_or_default();
    let newest = newest(store.reader(), user_id, purpose).await?;
    Ok(newest.is_none_or(|row| row.granted))
}

/// Whether a file of this type is a picture, a video or sound.
pub fn is_media(mime: &str) -> bool {
    let sorts = ["image/", "video/", "audio/"];
    sorts.iter().any(|sort| mime.starts_with(sort))
}

/// The same as [`check`] for a file, when it is one of these.
///
/// # Errors
/// [`Refusal::NoConsent`] when he took it back.
pub(crate) async fn check_file(tx: &Tx, actor: &Actor, file: &NewFile) -> Result<()> {
    match is_media(&file.mime) {
        true => check(tx, actor, Purpose::Media).await,
        false => Ok(()),
    }
}
