//! What a new sender learns of the one before it: what may be sent twice, and what Telegram still counts.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{outbox, outbox::OutboxStatus};

use super::queue::LANES;
use crate::{
    Result, Store, Tx,
    bell::Topic,
    lease::{self, Fence},
};

/// What the sender before left behind.
#[derive(Clone, Debug, Default)]
pub struct Legacy {
    /// The chats of messages that were under way, which may or may not have been sent: they go out again.
    pub under_way: Vec<i64>,
    /// Chat and moment of what was sent lately.
    pub sent: Vec<(i64, DateTime<Utc>)>,
    /// Chats that have to wait, and until when.
    pub waits: Vec<(i64, DateTime<Utc>)>,
    /// Until when it may have made calls that are written down nowhere; nothing when there was none.
    pub until: Option<DateTime<Utc>>,
}

/// The longest that Telegram remembers what a chat was sent.
const MEMORY: Duration = Duration::from_secs(60);

/// More than a sender can send meanwhile in one lane.
const MOST: u64 = 2_000;

/// Takes over from a sender that ended, however it did.
pub async fn take_over(store: &Store, fence: Fence) -> Result<Legacy> {
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                Ok(Legacy {
                    under_way: recover(tx).await?,
                    sent: sent(tx).await?,
                    waits: waits(tx).await?,
                    until: fence.before,
                })
            })
        })
        .await
}

async fn recover(tx: &mut Tx) -> Result<Vec<i64>> {
    let chats: Vec<i64> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::ChatId)
        .filter(outbox::Column::Status.eq(OutboxStatus::Sending))
        .into_tuple()
        .all(tx.db())
        .await?;
    if chats.is_empty() {
        return Ok(chats);
    }
    let tries = Expr::col(outbox::Column::Tries).add(1);
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value(OutboxStatus::Queued))
        .col_expr(outbox::Column::Tries, tries)
        .filter(outbox::Column::Status.eq(OutboxStatus::Sending))
        .exec(tx.db())
        .await?;
    tx.ring(Topic::Outbox);
    Ok(chats)
}

/// Within a lane the latest messages have the greatest numbers, so nothing else is looked at.
async fn sent(tx: &Tx) -> Result<Vec<(i64, DateTime<Utc>)>> {
    let since = tx.now() - MEMORY;
    let mut sent = Vec::new();
    for lane in LANES {
        let latest: Vec<(i64, Option<DateTime<Utc>>)> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::ChatId)
            .column(outbox::Column::SentAt)
            .filter(outbox::Column::Status.eq(OutboxStatus::Sent))
            .filter(outbox::Column::Lane.eq(lane))
            .order_by_desc(outbox::Column::Id)
            .limit(MOST)
            .into_tuple()
            .all(tx.db())
            .await?;
        let lately = latest
            .into_iter()
            .filter_map(|(chat, at)| Some((chat, at.filter(|at| *at > since)?)));
        sent.extend(lately);
    }
    Ok(sent)
}

async fn waits(tx: &Tx) -> Result<Vec<(i64, DateTime<Utc>)>> {
    Ok(outbox::Entity::find()
        .select_only()
        .column(outbox::Column::ChatId)
        .column_as(outbox::Column::NotBefore.max(), "until")
        .filter(outbox::Column::Status.eq(OutboxStatus::Queued))
        .filter(outbox::Column::NotBefore.gt(tx.now()))
        .group_by(outbox::Column::ChatId)
        .into_tuple()
        .all(tx.db())
        .await?)
}
