//! What somebody says about a broadcast that nobody asks him for any more: an answer once more or too late, what he needs after
//! he asked for help, what he sends without a task, and his report once it was closed.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{broadcast, broadcast_answer, broadcast_recipient};

use super::{Broadcast, BroadcastStatus, RecipientState, Standing, is_open, standing};
use crate::{Result, Store};

/// While they stand so, answers are awaited.
const OPEN: [BroadcastStatus; 2] = [BroadcastStatus::Active, BroadcastStatus::Acknowledged];

/// For so long a bare word is an answer to the newest broadcast that somebody got.
const ANSWERS: TimeDelta = TimeDelta::hours(24);

/// For so long the report that the end of a broadcast asked for is expected.
const REPORTS: TimeDelta = TimeDelta::hours(12);

/// For so long what somebody sends is about the help that he asked for.
const NEEDS: TimeDelta = TimeDelta::minutes(10);

/// The newest broadcast that this person got lately, and how he stands in it.
pub async fn latest_of(store: &Store, user_id: i64) -> Result<Option<(i64, Standing)>> {
    let newest = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::SentAt.gt(store.now() - ANSWERS))
        .order_by_desc(broadcast_recipient::Column::SentAt)
        .order_by_desc(broadcast_recipient::Column::Id)
        .one(store.reader())
        .await?;
    let Some(newest) = newest else {
        return Ok(None);
    };
    let id = newest.broadcast_id;
    Ok(standing(store, id, user_id).await?.map(|one| (id, one)))
}

/// A broadcast in which somebody said that he needs help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    pub id: i64,
    /// When he said so last.
    pub at: DateTime<Utc>,
    /// Answers to it are still awaited.
    pub open: bool,
    pub drill: bool,
}

/// The broadcast in which this person said last that he needs help, while that is minutes ago.
pub async fn needs_of(store: &Store, user_id: i64) -> Result<Option<Needs>> {
    let newest = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::NeedsHelp))
        .filter(broadcast_recipient::Column::AnsweredAt.gt(store.now() - NEEDS))
        .order_by_desc(broadcast_recipient::Column::AnsweredAt)
        .order_by_desc(broadcast_recipient::Column::Id)
        .one(store.reader())
        .await?;
    let Some((newest, at)) = newest.and_then(|one| one.answered_at.map(|at| (one, at))) else {
        return Ok(None);
    };
    let id = newest.broadcast_id;
    let row = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    Ok(row.map(|row| Needs {
        id,
        at,
        open: is_open(row.status),
        drill: row.drill,
    }))
}

/// When he had asked for help before this answer, and has said nothing else since; nothing when this is how he asks for it.
pub async fn asked_for_help_at(
    store: &Store,
    id: i64,
    user_id: i64,
    answer_id: Option<i64>,
) -> Result<Option<DateTime<Utc>>> {
    use broadcast_answer::{Column, Entity};
    let Some(answer_id) = answer_id else {
        return Ok(None);
    };
    let before = Entity::find()
        .filter(Column::BroadcastId.eq(id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.lt(answer_id));
    let otherwise = before
        .clone()
        .filter(Column::State.ne(RecipientState::NeedsHelp))
        .order_by_desc(Column::Id)
        .one(store.reader())
        .await?;
    let first = before
        .filter(Column::Id.gt(otherwise.map_or(0, |row| row.id)))
        .order_by_asc(Column::Id)
        .one(store.reader())
        .await?;
    Ok(first.map(|row| row.at))
}

/// The accounts of those who said that they need help in a broadcast that is open and in earnest.
pub(crate) fn in_need() -> SelectStatement {
    let open = Query::select()
        .column(broadcast::Column::Id)
        .from(broadcast::Entity)
        .and_where(Expr::col(broadcast::Column::Status).is_in(OPEN))
        .and_where(Expr::col(broadcast::Column::Drill).eq(false))
        .to_owned();
    Query::select()
        .column(broadcast_recipient::Column::UserId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::State).eq(RecipientState::NeedsHelp))
        .and_where(Expr::col(broadcast_recipient::Column::BroadcastId).in_subquery(open))
        .to_owned()
}

/// The accounts of those who said after this moment that they need help in a broadcast in earnest, also when it has ended since.
pub(crate) fn in_need_since(at: DateTime<Utc>) -> SelectStatement {
    let lately = Condition::any()
        .add(Expr::col(broadcast::Column::Status).is_in(OPEN))
        .add(Expr::col(broadcast::Column::EndedAt).gt(at));
    let asked = Query::select()
        .column(broadcast::Column::Id)
        .from(broadcast::Entity)
        .cond_where(lately)
        .and_where(Expr::col(broadcast::Column::Drill).eq(false))
        .to_owned();
    Query::select()
        .column(broadcast_recipient::Column::UserId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::State).eq(RecipientState::NeedsHelp))
        .and_where(Expr::col(broadcast_recipient::Column::AnsweredAt).gt(at))
        .and_where(Expr::col(broadcast_recipient::Column::BroadcastId).in_subquery(asked))
        .to_owned()
}

/// The broadcast that takes what somebody sends without a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taking {
    pub id: i64,
    /// When he got it.
    pub sent_at: DateTime<Utc>,
    pub drill: bool,
    /// Answers to it are still awaited; else only reports.
    pub open: bool,
    /// Since when it asks for answers, or since its end for reports.
    asks_since: DateTime<Utc>,
}

/// The broadcast that asked last of those that this person got: it is open, or its end asked for reports and they are still
/// expected. A drill takes nothing that one in earnest could take which is open or came after it.
pub async fn taking(store: &Store, user_id: i64) -> Result<Option<Taking>> {
    let asking = asking(store, user_id).await?;
    let got = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::SentAt.is_not_null())
        .filter(broadcast_recipient::Column::BroadcastId.is_in(asking.iter().map(|row| row.id)))
        .all(store.reader())
        .await?;
    let all = got.iter().filter_map(|one| {
        let row = asking.iter().find(|row| row.id == one.broadcast_id)?;
        let sent_at = one.sent_at?;
        Some(Taking {
            id: row.id,
            sent_at,
            drill: row.drill,
            open: is_open(row.status),
            asks_since: row.ended_at.unwrap_or(sent_at),
        })
    });
    Ok(newest(&all.collect::<Vec<_>>()))
}

/// Those of his that await answers or reports.
async fn asking(store: &Store, user_id: i64) -> Result<Vec<broadcast::Model>> {
    let his = Query::select()
        .column(broadcast_recipient::Column::BroadcastId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::UserId).eq(user_id))
        .and_where(Expr::col(broadcast_recipient::Column::SentAt).is_not_null())
        .to_owned();
    let closed = Condition::all()
        .add(broadcast::Column::Status.eq(BroadcastStatus::Closed))
        .add(broadcast::Column::EndedAt.gt(store.now() - REPORTS));
    let which = Condition::any()
        .add(broadcast::Column::Status.is_in(OPEN))
        .add(closed);
    Ok(broadcast::Entity::find()
        .filter(which)
        .filter(broadcast::Column::Id.in_subquery(his))
        .all(store.reader())
        .await?)
}

fn newest(all: &[Taking]) -> Option<Taking> {
    let newest = all.iter().max_by_key(|one| (one.asks_since, one.id))?;
    let earnest = all.iter().filter(|one| !one.drill);
    let earnest = earnest.filter(|one| one.open || one.sent_at >= newest.sent_at);
    let earnest = earnest.max_by_key(|one| (one.asks_since, one.id));
    Some(*earnest.filter(|_| newest.drill).unwrap_or(newest))
}

/// Whether reports on it are expected: its end asked for them.
pub(super) fn wants_reports(row: &broadcast::Model, now: DateTime<Utc>) -> bool {
    row.status == BroadcastStatus::Closed && row.ended_at.is_some_and(|end| now - end < REPORTS)
}

/// Whether this answer is a part of a drill: what somebody says after its end may be meant.
pub async fn is_answer_practised(
    store: &Store,
    of: &Broadcast,
    answer_id: Option<i64>,
) -> Result<bool> {
    let (Some(id), Some(end), true) = (answer_id, of.ended_at, of.drill) else {
        return Ok(of.drill);
    };
    let said = broadcast_answer::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    Ok(said.is_none_or(|said| said.at <= end))
}
