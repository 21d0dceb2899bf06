//! What somebody says about a broadcast that nobody asks him for any more: an answer once more or too late, what he needs after
//! he asked for help, and his report once it was closed.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{broadcast, broadcast_recipient};

use super::{BroadcastStatus, RecipientState, Standing, standing};
use crate::{Result, Store};

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

/// The broadcast in which this person said last that he needs help, and when, while that is minutes ago.
pub async fn needs_of(store: &Store, user_id: i64) -> Result<Option<(i64, DateTime<Utc>)>> {
    let newest = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::NeedsHelp))
        .filter(broadcast_recipient::Column::AnsweredAt.gt(store.now() - NEEDS))
        .order_by_desc(broadcast_recipient::Column::AnsweredAt)
        .order_by_desc(broadcast_recipient::Column::Id)
        .one(store.reader())
        .await?;
    Ok(newest.and_then(|one| Some((one.broadcast_id, one.answered_at?))))
}

/// The broadcast closed last of those that this person got, while his report on it is expected.
pub async fn report_wanted(store: &Store, user_id: i64) -> Result<Option<i64>> {
    let his = Query::select()
        .column(broadcast_recipient::Column::BroadcastId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::UserId).eq(user_id))
        .and_where(Expr::col(broadcast_recipient::Column::SentAt).is_not_null())
        .to_owned();
    Ok(broadcast::Entity::find()
        .select_only()
        .column(broadcast::Column::Id)
        .filter(broadcast::Column::Status.eq(BroadcastStatus::Closed))
        .filter(broadcast::Column::EndedAt.gt(store.now() - REPORTS))
        .filter(broadcast::Column::Id.in_subquery(his))
        .order_by_desc(broadcast::Column::EndedAt)
        .order_by_desc(broadcast::Column::Id)
        .into_tuple::<i64>()
        .one(store.reader())
        .await?)
}

/// Whether reports on it are expected: its end asked for them.
pub(super) fn wants_reports(row: &broadcast::Model, now: DateTime<Utc>) -> bool {
    row.status == BroadcastStatus::Closed && row.ended_at.is_some_and(|end| now - end < REPORTS)
}
