//! Whether Telegram takes messages: what the one who sends has found out, written down for every instance to see.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::outbox::{self, OutboxStatus};

use super::queue::LANES;
use crate::{
    Result, Store, Tx, broadcast, check_in, emergency,
    lease::{self, Fence},
    setting,
};

/// The setting under which it stands; empty while Telegram answers.
const KEY: &str = "telegram_away_since";

/// Since when Telegram has left calls without an answer; `None` while it answers.
pub async fn away_since(store: &Store) -> Result<Option<DateTime<Utc>>> {
    let noted = setting::get(store, KEY).await?;
    Ok(noted.and_then(|since| since.parse().ok()))
}

/// The same question from inside a transaction.
pub(crate) async fn is_away(tx: &Tx) -> Result<bool> {
    let noted = setting::get_in(tx.db(), KEY).await?;
    Ok(noted.is_some_and(|since| !since.is_empty()))
}

/// Writes down since when Telegram is away, or that it answers: then, with it or not at all, those are asked again who may have
/// heard or said nothing meanwhile.
///
/// # Errors
/// [`crate::Error::Away`] also when another sender has taken over.
pub async fn note_away(store: &Store, fence: Fence, since: Option<DateTime<Utc>>) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                let before = setting::get_in(tx.db(), KEY).await?;
                let noted = since.map(|at| at.to_rfc3339()).unwrap_or_default();
                setting::set(tx, KEY, noted).await?;
                match before.and_then(|before| before.parse::<DateTime<Utc>>().ok()) {
                    Some(before) if since.is_none() => is_back(tx, before).await,
                    _ => Ok(()),
                }
            })
        })
        .await
}

/// Telegram was away since then, whoever found that out: whoever is asked whether he is well has the time for it that was lost,
/// and whoever was silent is asked again. A hiccup asks nobody again.
async fn is_back(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    check_in::telegram_is_back(tx, since).await?;
    let real = TimeDelta::seconds(tx.rules().outage_seconds.into());
    if tx.now() - since < real {
        return Ok(());
    }
    emergency::telegram_is_back(tx, since).await?;
    broadcast::telegram_is_back(tx, since).await
}

/// Whether any message has to be delivered yet, now or later.
pub async fn anything_waits(store: &Store) -> Result<bool> {
    let waits = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::Column::Status.is_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .limit(1)
        .into_tuple::<i64>()
        .one(store.reader())
        .await?;
    Ok(waits.is_some())
}

/// When the message that waits longest was put in: the first of every lane is looked at, however many wait behind it.
pub async fn oldest(store: &Store) -> Result<Option<DateTime<Utc>>> {
    let mut oldest = None;
    for status in [OutboxStatus::Queued, OutboxStatus::Sending] {
        for lane in LANES {
            let first: Option<DateTime<Utc>> = outbox::Entity::find()
                .select_only()
                .column(outbox::Column::CreatedAt)
                .filter(outbox::Column::Status.eq(status))
                .filter(outbox::Column::Lane.eq(lane))
                .order_by_asc(outbox::Column::Id)
                .limit(1)
                .into_tuple()
                .one(store.reader())
                .await?;
            oldest = oldest.into_iter().chain(first).min();
        }
    }
    Ok(oldest)
}
