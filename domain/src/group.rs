//! The Telegram groups and forum topics of units: who says which unit one belongs to, and what ends that.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::{Value, json};

use ::entity::{broadcast_post, card, emergency_topic, unit, unit_group};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::{Channel, Level},
    audit::{self, Subject},
    error::{Problem, Thing},
    outbox::{self, Message, Notice},
};

mod owner;
mod read;
mod topics;

pub(crate) use owner::follow;
pub use read::{Listed, Registrar, at, choices, find, numbered, of_unit_in, of_units};
pub use topics::{Barred, barred, topics_again, topics_allowed};
pub(crate) use topics::{opened, refused};

/// The longest name of a group that is kept, in characters.
const TITLE_MOST: usize = 200;

/// A group, or a topic of a forum, that gets the broadcasts of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: i64,
    pub unit_id: i64,
    pub chat_id: i64,
    /// Nothing for the group itself.
    pub thread_id: Option<i64>,
    pub title: String,
    /// Whether topics can be opened there.
    pub forum: bool,
    pub registered_by: Option<i64>,
    pub registered_at: DateTime<Utc>,
    /// When a broadcast for it was last settled.
    pub posted_at: Option<DateTime<Utc>>,
    /// Why Telegram did not take that one.
    pub trouble: Option<String>,
    /// Telegram did not let the bot open a topic there.
    pub topics_refused: bool,
}

/// A place in Telegram where several people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub chat_id: i64,
    /// Nothing for the group itself.
    pub thread_id: Option<i64>,
    pub title: String,
    /// Whether topics can be opened there.
    pub forum: bool,
}

fn shown(row: unit_group::Model) -> Group {
    Group {
        id: row.id,
        unit_id: row.unit_id,
        chat_id: row.chat_id,
        thread_id: (row.thread_id != 0).then_some(row.thread_id),
        title: row.title,
        forum: row.forum,
        registered_by: row.registered_by,
        registered_at: row.registered_at,
        posted_at: row.posted_at,
        trouble: row.trouble,
        topics_refused: row.topics_refused_at.is_some(),
    }
}

/// Admins decide about every unit, supervisors about their own.
fn may(actor: &Actor, unit_id: i64) -> Result<(), Refusal> {
    let own = actor.level == Level::Supervisor && actor.unit_ids.contains(&unit_id);
    if actor.level == Level::Admin || own {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// From now on this place gets the broadcasts of the unit, and of no other.
///
/// # Errors
/// [`Refusal::NotAllowed`] for whoever has no say over the unit, or over the one it belonged to.
pub async fn register(tx: &Tx, actor: &Actor, unit_id: i64, spot: Spot) -> Result<Group> {
    may(actor, unit_id)?;
    if spot.chat_id >= 0 {
        return Err(Refusal::invalid("chat_id", Problem::Malformed).into());
    }
    let unit = unit::Entity::find_by_id(unit_id).one(tx.db()).await?;
    unit.ok_or(Refusal::missing(Thing::Unit))?;
    let title: String = spot.title.chars().take(TITLE_MOST).collect();
    let fresh = unit_group::ActiveModel {
        unit_id: Set(unit_id),
        chat_id: Set(spot.chat_id),
        thread_id: Set(spot.thread_id.unwrap_or_default()),
        title: Set(title.clone()),
        forum: Set(spot.forum),
        registered_by: Set(actor.user_id),
        registered_at: Set(tx.now()),
        ..Default::default()
    };
    unit_group::Entity::insert(fresh)
        .on_conflict_do_nothing_on([unit_group::Column::ChatId, unit_group::Column::ThreadId])
        .exec_without_returning(tx.db())
        .await?;
    let row = locked(tx, &spot).await?;
    may(actor, row.unit_id)?;
    let update = unit_group::ActiveModel {
        id: Set(row.id),
        topics_refused_at: match row.forum == spot.forum {
            true => NotSet,
            false => Set(None),
        },
        unit_id: Set(unit_id),
        title: Set(title),
        forum: Set(spot.forum),
        registered_by: Set(actor.user_id),
        registered_at: Set(tx.now()),
        trouble: Set(None),
        ..Default::default()
    };
    let row = unit_group::Entity::update(update).exec(tx.db()).await?;
    note(tx, actor, "unit.group_registered", &row).await?;
    Ok(shown(row))
}

async fn locked(tx: &Tx, spot: &Spot) -> Result<unit_group::Model> {
    let row = unit_group::Entity::find()
        .filter(unit_group::Column::ChatId.eq(spot.chat_id))
        .filter(unit_group::Column::ThreadId.eq(spot.thread_id.unwrap_or_default()))
        .lock_exclusive()
        .one(tx.db())
        .await?;
    Ok(row.ok_or(Refusal::missing(Thing::Unit))?)
}

async fn note(tx: &Tx, actor: &Actor, action: &str, row: &unit_group::Model) -> Result<()> {
    record(tx, actor, action, row, json!({ "group": row.id })).await
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    action: &str,
    row: &unit_group::Model,
    data: Value,
) -> Result<()> {
    audit::record(tx, actor, action, Subject::Unit(row.unit_id), data).await
}

/// Nothing more comes to this place, and it says so there.
///
/// # Errors
/// [`Refusal::NotFound`] when it is none, [`Refusal::NotAllowed`] for whoever has no say over its unit.
pub async fn end(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let row = unit_group::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Unit))?;
    may(actor, row.unit_id)?;
    unit_group::Entity::delete_by_id(id).exec(tx.db()).await?;
    note(tx, actor, "unit.group_ended", &row).await?;
    let thread_id = (row.thread_id != 0).then_some(row.thread_id);
    let said = Message::news(row.chat_id, None, Notice::GroupEnded { thread_id });
    outbox::push(tx, vec![said]).await
}

/// The same for whoever names the unit too.
///
/// # Errors
/// [`Refusal::NotFound`] when the unit has no such group, [`Refusal::NotAllowed`] for whoever has no say over the unit.
pub async fn end_of_unit(tx: &mut Tx, actor: &Actor, unit_id: i64, id: i64) -> Result<()> {
    of_unit(tx, actor, unit_id, id).await?;
    end(tx, actor, id).await
}

/// A group of this unit, for whoever decides about it.
async fn of_unit(tx: &Tx, actor: &Actor, unit_id: i64, id: i64) -> Result<unit_group::Model> {
    may(actor, unit_id)?;
    let row = unit_group::Entity::find_by_id(id).one(tx.db()).await?;
    let row = row.filter(|row| row.unit_id == unit_id);
    Ok(row.ok_or(Refusal::missing(Thing::Unit))?)
}

/// The bot is no longer in this group: those who are responsible learn it.
pub async fn lost(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let rows = unit_group::Entity::find()
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .order_by_asc(unit_group::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?;
    unit_group::Entity::delete_many()
        .filter(unit_group::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.db())
        .await?;
    let system = Actor::system(Channel::Bot);
    for row in &rows {
        note(tx, &system, "unit.group_lost", row).await?;
    }
    owner::tell(tx, &rows, None, |row| Notice::GroupLost {
        unit_id: row.unit_id,
        title: row.title.clone(),
    })
    .await
    .map(drop)
}

/// Telegram made a supergroup of a group, which has another number from then on; its old messages cannot be edited any more.
pub async fn moved(tx: &mut Tx, from: i64, to: i64) -> Result<()> {
    // Whoever registered the new one already meant the same.
    let there: Vec<i64> = unit_group::Entity::find()
        .select_only()
        .column(unit_group::Column::ThreadId)
        .filter(unit_group::Column::ChatId.eq(to))
        .into_tuple()
        .all(tx.db())
        .await?;
    unit_group::Entity::delete_many()
        .filter(unit_group::Column::ChatId.eq(from))
        .filter(unit_group::Column::ThreadId.is_in(there))
        .exec(tx.db())
        .await?;
    unit_group::Entity::update_many()
        .col_expr(unit_group::Column::ChatId, Expr::value(to))
        .filter(unit_group::Column::ChatId.eq(from))
        .exec(tx.db())
        .await?;
    broadcast_post::Entity::update_many()
        .col_expr(broadcast_post::Column::ChatId, Expr::value(to))
        .filter(broadcast_post::Column::ChatId.eq(from))
        .exec(tx.db())
        .await?;
    emergency_topic::Entity::update_many()
        .col_expr(emergency_topic::Column::ChatId, Expr::value(to))
        .filter(emergency_topic::Column::ChatId.eq(from))
        .exec(tx.db())
        .await?;
    card::Entity::delete_many()
        .filter(card::Column::ChatId.eq(from))
        .exec(tx.db())
        .await?;
    outbox::redirect(tx, from, to).await
}

/// What became of a broadcast there.
pub(crate) async fn posted(tx: &Tx, place: (i64, i64, i64), trouble: Option<String>) -> Result<()> {
    let (unit_id, chat_id, thread_id) = place;
    unit_group::Entity::update_many()
        .col_expr(unit_group::Column::PostedAt, Expr::value(tx.now()))
        .col_expr(unit_group::Column::Trouble, Expr::value(trouble))
        .filter(unit_group::Column::UnitId.eq(unit_id))
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(unit_group::Column::ThreadId.eq(thread_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The places of these units, or of all.
pub(crate) async fn rows_of(
    db: &impl ConnectionTrait,
    unit_ids: Option<Vec<i64>>,
) -> Result<Vec<unit_group::Model>> {
    let mut select = unit_group::Entity::find().order_by_asc(unit_group::Column::Id);
    if let Some(unit_ids) = unit_ids {
        select = select.filter(unit_group::Column::UnitId.is_in(unit_ids));
    }
    Ok(select.all(db).await?)
}

/// Whether this person may register groups at all.
pub fn may_register(actor: &Actor) -> Result<(), Refusal> {
    if actor.may_command() {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}
