//! After an outage of Telegram whoever has not answered is asked again: once per outage, a page of people at a time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{
    broadcast, broadcast_recipient,
    outbox::{self as outbox_row, Lane, OutboxStatus},
    user,
};

use super::{BroadcastStatus, PAGE, SILENT, callers, lock, progress, reach::with_account};
use crate::{
    Result, Tx,
    outbox::{self, Message, Notice},
    timer::{self, Due},
};

/// The most open broadcasts that are looked at.
const OPEN_MOST: u64 = 1000;

/// Telegram answers again after it was away since then: everybody who has not answered and has heard nothing since is asked
/// again.
pub(crate) async fn telegram_is_back(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    let now = tx.now();
    let waiting: Vec<i64> = broadcast::Entity::find()
        .select_only()
        .column(broadcast::Column::Id)
        .filter(broadcast::Column::Status.eq(BroadcastStatus::Active))
        .filter(Expr::col(broadcast::Column::ExpiresAt).gt(now))
        .order_by_desc(broadcast::Column::Id)
        .limit(OPEN_MOST)
        .into_tuple()
        .all(tx.db())
        .await?;
    let dues = waiting.into_iter().map(|broadcast_id| Due::BroadcastBack {
        broadcast_id,
        since,
        after: 0,
    });
    timer::set_all(tx, dues.collect(), now).await
}

/// Asks the next of its people, and sets the page after this one.
pub(crate) async fn ring_page(
    tx: &mut Tx,
    id: i64,
    since: DateTime<Utc>,
    after: i64,
) -> Result<()> {
    if lock(tx, id).await?.status != BroadcastStatus::Active {
        return Ok(());
    }
    let silent = silent(tx, id, since, after).await?;
    let last = silent.last().map(|one| one.0);
    let full = silent.len() as u64 == PAGE;
    let waiting = waiting(tx, id, silent.iter().map(|one| one.2).collect()).await?;
    let asked: Vec<_> = silent
        .into_iter()
        .filter(|one| !waiting.contains(&one.2))
        .collect();
    let rings = Expr::col(broadcast_recipient::Column::Rings).add(1);
    broadcast_recipient::Entity::update_many()
        .col_expr(broadcast_recipient::Column::Rings, rings)
        .filter(broadcast_recipient::Column::Id.is_in(asked.iter().map(|one| one.0)))
        .exec(tx.db())
        .await?;
    let messages = asked
        .iter()
        .map(|(_, user_id, chat)| Message::broadcast(*chat, Some(*user_id), id, true));
    outbox::push(tx, messages.collect()).await?;
    if let Some(after) = last.filter(|_| full) {
        let next = Due::BroadcastBack {
            broadcast_id: id,
            since,
            after,
        };
        let now = tx.now();
        timer::set(tx, &next, now).await?;
    }
    progress(tx, id).await
}

/// Row, account and chat of the next who have not answered and heard nothing since Telegram went away.
async fn silent(
    tx: &Tx,
    id: i64,
    since: DateTime<Utc>,
    after: i64,
) -> Result<Vec<(i64, i64, i64)>> {
    let unheard = Condition::any()
        .add(broadcast_recipient::Column::RungAt.is_null())
        .add(broadcast_recipient::Column::RungAt.lt(since));
    let rows: Vec<(i64, i64, Option<i64>)> = broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::Id)
        .column(broadcast_recipient::Column::UserId)
        .column(user::Column::TelegramId)
        .join(JoinType::InnerJoin, with_account())
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::Id.gt(after))
        .filter(broadcast_recipient::Column::State.is_in(SILENT))
        .filter(user::Column::TelegramId.is_not_null())
        .filter(callers::not_calling())
        .filter(unheard)
        .order_by_asc(broadcast_recipient::Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(row, user_id, chat)| Some((row, user_id, chat?)))
        .collect())
}

/// The chats of these for which a message of it with a sound waits or is under way: they hear it anyhow.
async fn waiting(tx: &Tx, id: i64, chats: Vec<i64>) -> Result<BTreeSet<i64>> {
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::ChatId.is_in(chats))
        .filter(outbox_row::Column::Status.is_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .filter(outbox_row::Column::Lane.eq(Lane::Broadcast))
        .all(tx.db())
        .await?;
    let rings = rows.into_iter().filter(|row| {
        let notice = serde_json::from_value(row.notice.clone());
        matches!(notice, Ok(Notice::Broadcast { broadcast_id, ring: true }) if broadcast_id == id)
    });
    Ok(rings.map(|row| row.chat_id).collect())
}
