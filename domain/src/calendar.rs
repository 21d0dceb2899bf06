//! Secret links under which calendar programs read the shifts of a person or a unit.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use ::entity::{agent, calendar, shift, unit};

use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::{Channel, Level},
    audit::{self, Subject},
    duty,
    error::Thing,
    secret,
    shift::{Shift, load},
};

/// Whose shifts a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Agent(i64),
    Unit(i64),
}

/// A link as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub id: i64,
    pub whose: Whose,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

/// A fresh link. The token is shown only now.
#[derive(Clone, Debug)]
pub struct Opened {
    pub calendar: Calendar,
    pub token: String,
}

/// What a link shows.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The name of the person or the unit.
    pub name: String,
    pub shifts: Vec<Shift>,
}

/// Makes a link.
///
/// # Errors
/// For oneself and, from level 2 on, for agents of one's units and the units themselves.
pub async fn open(tx: &mut Tx, actor: &Actor, whose: Whose) -> Result<Opened> {
    match whose {
        Whose::Agent(id) => drop(duty::lock_own(tx, actor, id).await?),
        Whose::Unit(id) => check_unit(tx, actor, id).await?,
    }
    close(tx, own(actor, whose)).await?;
    let token = secret::fresh_long();
    let row = calendar::ActiveModel {
        token_hash: Set(secret::hash(&token)),
        agent_id: Set(match whose {
            Whose::Agent(id) => Some(id),
            Whose::Unit(_) => None,
        }),
        unit_id: Set(match whose {
            Whose::Unit(id) => Some(id),
            Whose::Agent(_) => None,
        }),
        created_by: Set(actor.user_id),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = calendar::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    audit::record(
        tx,
        actor,
        "calendar.open",
        Subject::Calendar(row.id),
        json!({}),
    )
    .await?;
    Ok(Opened {
        calendar: Calendar {
            id: row.id,
            whose,
            created_at: row.created_at,
        },
        token,
    })
}

async fn check_unit(tx: &Tx, actor: &Actor, id: i64) -> Result<()> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let known = unit::Entity::find_by_id(id).one(tx.db()).await?;
    match known.filter(|_| duty::plans_into(actor, id)) {
        Some(_) => Ok(()),
        None => Err(Refusal::missing(Thing::Unit).into()),
    }
}

/// The links to the same that this person made before.
fn own(actor: &Actor, whose: Whose) -> Condition {
    let to = match whose {
        Whose::Agent(id) => calendar::Column::AgentId.eq(id),
        Whose::Unit(id) => calendar::Column::UnitId.eq(id),
    };
    Condition::all()
        .add(calendar::Column::CreatedBy.eq(actor.user_id))
        .add(to)
}

async fn close(tx: &Tx, which: Condition) -> Result<()> {
    calendar::Entity::update_many()
        .col_expr(calendar::Column::RevokedAt, Expr::value(tx.now()))
        .filter(calendar::Column::RevokedAt.is_null())
        .filter(which)
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The secret of a link has reached nobody: it is worth nothing.
pub(crate) async fn unsent(tx: &Tx, id: i64) -> Result<()> {
    close(tx, Condition::all().add(calendar::Column::Id.eq(id))).await
}

/// Makes a link useless from now on. Said again, nothing changes.
///
/// # Errors
/// Only whoever made it, and admins.
pub async fn revoke(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let row = calendar::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let his = |row: &calendar::Model| {
        actor.level == Level::Admin || (row.created_by.is_some() && row.created_by == actor.user_id)
    };
    let row = row.filter(his).ok_or(Refusal::missing(Thing::Calendar))?;
    if row.revoked_at.is_some() {
        return Ok(());
    }
    let update = calendar::ActiveModel {
        id: Set(id),
        revoked_at: Set(Some(tx.now())),
        ..Default::default()
    };
    calendar::Entity::update(update).exec(tx.db()).await?;
    audit::record(
        tx,
        actor,
        "calendar.revoke",
        Subject::Calendar(id),
        json!({}),
    )
    .await
}

/// The links this person made that still work, the newest first.
pub async fn list(store: &Store, actor: &Actor) -> Result<Vec<Calendar>> {
    let rows = calendar::Entity::find()
        .filter(calendar::Column::CreatedBy.eq(actor.user_id))
        .filter(calendar::Column::RevokedAt.is_null())
        .order_by_desc(calendar::Column::Id)
        .limit(200)
        .all(store.reader())
        .await?;
    let shown = |row: calendar::Model| {
        let whose = row
            .agent_id
            .map(Whose::Agent)
            .or(row.unit_id.map(Whose::Unit))?;
        Some(Calendar {
            id: row.id,
            whose,
            created_at: row.created_at,
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}

/// Whether whoever made a link could make it today; what the system made stays.
async fn still_may(store: &Store, row: &calendar::Model) -> Result<bool> {
    let Some(maker) = row.created_by else {
        return Ok(true);
    };
    let Some(actor) = Actor::of_user(store, maker, Channel::Api).await? else {
        return Ok(false);
    };
    Ok(match (row.agent_id, row.unit_id) {
        (Some(id), _) if actor.agent_id == Some(id) => true,
        (Some(id), _) => match duty::check(store.reader(), &actor, &[id]).await {
            Err(Error::Refused(_)) => false,
            seen => seen.map(|()| true)?,
        },
        (None, Some(id)) => actor.may_command() && duty::plans_into(&actor, id),
        (None, None) => false,
    })
}

/// How far back and ahead a feed reaches.
const BACK: TimeDelta = TimeDelta::days(31);
const AHEAD: TimeDelta = TimeDelta::days(366);

/// The most shifts of a feed.
const MOST: u64 = 10_000;

/// What a link shows; nothing when it is wrong, revoked, or of somebody who could not make it any more.
pub async fn read(store: &Store, token: &str) -> Result<Option<Feed>> {
    let db = store.reader();
    let row = calendar::Entity::find()
        .filter(calendar::Column::TokenHash.eq(secret::hash(token)))
        .filter(calendar::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if !still_may(store, &row).await? {
        return Ok(None);
    }
    let mut query = shift::Entity::find()
        .filter(shift::Column::EndsAt.gt(store.now() - BACK))
        .filter(shift::Column::StartsAt.lt(store.now() + AHEAD));
    let name = match (row.agent_id, row.unit_id) {
        (Some(id), _) => {
            query = query.filter(shift::Column::AgentId.eq(id));
            let agent = agent::Entity::find_by_id(id).one(db).await?;
            agent.filter(|agent| agent.active).map(|agent| agent.name)
        }
        (None, Some(id)) => {
            query = query.filter(shift::Column::UnitId.eq(id));
            let unit = unit::Entity::find_by_id(id).one(db).await?;
            unit.map(|unit| unit.name)
        }
        (None, None) => None,
    };
    let Some(name) = name else { return Ok(None) };
    let rows = query
        .order_by_asc(shift::Column::StartsAt)
        .limit(MOST)
        .all(db)
        .await?;
    let shifts = load(db, rows).await?;
    Ok(Some(Feed { name, shifts }))
}
