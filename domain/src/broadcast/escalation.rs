//! Whoever is responsible is told who is silent: those of the chain whom Telegram reaches, and where none of them answers for
//! somebody, the admins.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{broadcast, broadcast_recipient, unit_member, user};

use super::{Chain, RecipientState, UNHEARD, callers};
use crate::{
    Result, Tx,
    actor::Level,
    outbox::{self, Message},
    reach::hears,
};

/// Somebody who can be told.
#[derive(Clone, Copy)]
pub(super) struct Watcher {
    pub(super) user_id: i64,
    pub(super) chat_id: i64,
    pub(super) level: i16,
}

/// Tells of those in these states of whom nobody who answers for them has heard; with `phones` of all of them, and whom to call.
pub(super) async fn escalate(
    tx: &mut Tx,
    row: &broadcast::Model,
    states: &[RecipientState],
    phones: bool,
) -> Result<()> {
    let named = due(row.id, states, phones);
    tell_of(tx, row, named, (Condition::all(), phones)).await
}

/// Tells it once more, and whom to call: to those who answer for somebody of whom none of them has heard yet, the others know.
pub(super) async fn escalate_anew(tx: &mut Tx, row: &broadcast::Model) -> Result<()> {
    let named = due(row.id, &UNHEARD, false);
    let theirs = Query::select()
        .column(broadcast_recipient::Column::UserId)
        .from(broadcast_recipient::Entity)
        .cond_where(named.clone())
        .to_owned();
    let mates = mates_of(Expr::col(unit_member::Column::UserId).in_subquery(theirs));
    let answers = Condition::all()
        .add(user::Column::Level.gte(Level::Supervisor as i16))
        .add(user::Column::Id.in_subquery(mates));
    tell_of(tx, row, named, (answers, true)).await
}

async fn tell_of(
    tx: &mut Tx,
    row: &broadcast::Model,
    named: Condition,
    (who, phones): (Condition, bool),
) -> Result<()> {
    if count(tx, named.clone()).await? == 0 {
        return Ok(());
    }
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let its = who.add(user::Column::Id.is_in(chain.user_ids));
    let mut told = watchers(tx, its.add(hears())).await?;
    if !answered_for(tx, named, &told).await? {
        told.extend(watchers(tx, is_admin().add(hears())).await?);
    }
    if told.is_empty() {
        tracing::warn!(
            broadcast.id = row.id,
            "nobody can be told who does not answer: no supervisor and no admin is reached by Telegram"
        );
    }
    say(tx, row.id, &told, phones).await
}

/// Puts the word on its way to these.
pub(super) async fn say(tx: &mut Tx, id: i64, told: &[Watcher], phones: bool) -> Result<()> {
    let words = told
        .iter()
        .map(|one| Message::broadcast_silent(one.chat_id, one.user_id, id, phones));
    outbox::push(tx, words.collect()).await
}

pub(super) fn is_admin() -> Condition {
    Condition::all().add(user::Column::Level.eq(Level::Admin as i16))
}

/// Those of them who have a chat.
pub(super) async fn watchers(tx: &Tx, which: Condition) -> Result<Vec<Watcher>> {
    let rows: Vec<(i64, Option<i64>, i16)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .column(user::Column::Level)
        .filter(user::Column::Active.eq(true))
        .filter(which)
        .into_tuple()
        .all(tx.db())
        .await?;
    let watcher = |(user_id, chat_id, level): (i64, Option<i64>, i16)| {
        Some(Watcher {
            user_id,
            chat_id: chat_id?,
            level,
        })
    };
    Ok(rows.into_iter().filter_map(watcher).collect())
}

/// Those of whom nothing was heard, and of that nobody who answers for them; also who cannot answer while he calls for help.
pub(super) fn unknown(id: i64) -> Condition {
    Condition::all()
        .add(broadcast_recipient::Column::BroadcastId.eq(id))
        .add(broadcast_recipient::Column::State.is_in(UNHEARD))
        .add(broadcast_recipient::Column::EscalatedAt.is_null())
}

/// Those in these states of whom nobody who answers for them has heard; with `phones` all of them. Not whoever calls for help:
/// of him they know more.
pub(super) fn due(id: i64, states: &[RecipientState], phones: bool) -> Condition {
    let all = Condition::all()
        .add(broadcast_recipient::Column::BroadcastId.eq(id))
        .add(broadcast_recipient::Column::State.is_in(states.iter().copied()))
        .add(callers::not_calling());
    match phones {
        true => all,
        false => all.add(broadcast_recipient::Column::EscalatedAt.is_null()),
    }
}

pub(super) async fn count(tx: &Tx, which: Condition) -> Result<u64> {
    Ok(broadcast_recipient::Entity::find()
        .filter(which)
        .count(tx.db())
        .await?)
}

/// Whether each of these people has one of the watchers who answers for him.
pub(super) async fn answered_for(tx: &Tx, which: Condition, of: &[Watcher]) -> Result<bool> {
    let others =
        theirs(of).map(|theirs| broadcast_recipient::Column::UserId.not_in_subquery(theirs));
    match others {
        Some(others) => Ok(count(tx, which.add(others)).await? == 0),
        None => Ok(true),
    }
}

/// Everybody for whom these answer: those of the units of each who commands; nothing when it is everybody.
pub(super) fn theirs(of: &[Watcher]) -> Option<SelectStatement> {
    if of.iter().any(|one| one.level >= Level::Admin as i16) {
        return None;
    }
    let commands = of
        .iter()
        .filter(|one| one.level >= Level::Supervisor as i16);
    let these = commands.map(|one| one.user_id);
    Some(mates_of(
        Expr::col(unit_member::Column::UserId).is_in(these),
    ))
}

/// Everybody in the units of these people.
pub(super) fn mates_of(these: Expr) -> SelectStatement {
    let units = Query::select()
        .column(unit_member::Column::UnitId)
        .from(unit_member::Entity)
        .and_where(these)
        .to_owned();
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).in_subquery(units))
        .to_owned()
}
