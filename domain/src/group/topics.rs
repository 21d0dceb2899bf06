//! Whether Telegram lets the bot open topics in a group: a refusal is remembered and said there, and when it may be over topics are
//! asked for again.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use ::entity::unit_group;

use super::{Listed, note, of_unit, of_unit_in};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Channel,
    emergency,
    error::Thing,
    outbox::{self, Message, Notice},
};

/// Why Telegram opens no topic in a group, where people there can change that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The bot may not.
    NoRight,
    /// Topics are switched off there.
    NoTopics,
}

/// Telegram did not open a topic in this group. It is said there what is missing: the first time, and when it is something else.
pub(crate) async fn refused(tx: &mut Tx, chat_id: i64, why: Barred) -> Result<()> {
    let forum = why == Barred::NoRight;
    let news = Condition::any()
        .add(unit_group::Column::TopicsRefusedAt.is_null())
        .add(unit_group::Column::Forum.ne(forum));
    let first = unit_group::Entity::update_many()
        .col_expr(unit_group::Column::TopicsRefusedAt, Expr::value(tx.now()))
        .col_expr(unit_group::Column::Forum, Expr::value(forum))
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(news)
        .exec(tx.db())
        .await?;
    if first.rows_affected == 0 {
        return Ok(());
    }
    let said = Message::news(chat_id, None, Notice::TopicsRefused);
    outbox::push(tx, vec![said]).await
}

/// Telegram has opened a topic there, or is to be asked again.
pub(crate) async fn opened(tx: &Tx, chat_id: i64) -> Result<()> {
    unit_group::Entity::update_many()
        .col_expr(
            unit_group::Column::TopicsRefusedAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(unit_group::Column::Forum, Expr::value(true))
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(unit_group::Column::TopicsRefusedAt.is_not_null())
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Why the last topic that was asked for in this group was refused, if it was.
pub async fn barred(store: &Store, chat_id: i64) -> Result<Option<Barred>> {
    let row = unit_group::Entity::find()
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(unit_group::Column::TopicsRefusedAt.is_not_null())
        .order_by_asc(unit_group::Column::Id)
        .limit(1)
        .one(store.reader())
        .await?;
    Ok(row.map(|row| match row.forum {
        true => Barred::NoRight,
        false => Barred::NoTopics,
    }))
}

/// Has topics asked for again in this group: at once for the emergencies that were refused theirs and go on, else with the next.
///
/// # Errors
/// [`Refusal::NotFound`] when the unit has no such group, [`Refusal::NotAllowed`] for whoever has no say over the unit.
pub async fn topics_again(tx: &mut Tx, actor: &Actor, unit_id: i64, id: i64) -> Result<Listed> {
    let row = of_unit(tx, actor, unit_id, id).await?;
    note(tx, actor, "unit.topics_again", &row).await?;
    ask_again(tx, row.chat_id).await?;
    let groups = of_unit_in(tx, unit_id).await?;
    let group = groups.into_iter().find(|one| one.group.id == id);
    Ok(group.ok_or(Refusal::missing(Thing::Unit))?)
}

/// The bot may open topics in this group from now on: where that was refused they are asked for again.
pub async fn topics_allowed(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let rows = unit_group::Entity::find()
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(unit_group::Column::TopicsRefusedAt.is_not_null())
        .order_by_asc(unit_group::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let system = Actor::system(Channel::Bot);
    for row in &rows {
        note(tx, &system, "unit.topics_again", row).await?;
    }
    ask_again(tx, chat_id).await
}

async fn ask_again(tx: &mut Tx, chat_id: i64) -> Result<()> {
    opened(tx, chat_id).await?;
    emergency::topics_again(tx, chat_id).await
}
