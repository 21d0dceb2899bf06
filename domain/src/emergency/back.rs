//! After an outage of Telegram whoever was asked to come and has not answered is rung again: once per outage.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{
    emergency,
    outbox::{self as outbox_row, OutboxStatus},
};

use super::{EmergencyStatus, OfferState, bound, lock, offers_in, ring};
use crate::{
    Result, Tx,
    timer::{self, Due},
};

/// The most searches that are looked at.
const OPEN_MOST: u64 = 1000;

/// Telegram answers again after it was away since then: whoever has not answered, and has heard nothing since, is rung again.
pub(crate) async fn telegram_is_back(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    let now = tx.now();
    let searches: Vec<i64> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .filter(emergency::Column::Status.eq(EmergencyStatus::Active))
        .order_by_desc(emergency::Column::Id)
        .limit(OPEN_MOST)
        .into_tuple()
        .all(tx.db())
        .await?;
    let dues = searches.into_iter().map(|emergency_id| Due::EmergencyBack {
        emergency_id,
        since,
    });
    timer::set_all(tx, dues.collect(), now).await
}

/// Rings those of this search; the rings that were lost count as none of theirs.
pub(crate) async fn ring_silent(tx: &mut Tx, id: i64, since: DateTime<Utc>) -> Result<()> {
    let (row, task) = lock(tx, id).await?;
    let Some(task) = task.filter(|_| row.status == EmergencyStatus::Active) else {
        return Ok(());
    };
    let asked = offers_in(tx, id, OfferState::Offered).await?;
    let heard = heard(tx, (id, task.id), since).await?;
    let asked = asked.iter().map(|one| one.agent_id).collect();
    let silent = bound::others(tx, asked, heard).await?;
    ring::ring(tx, &row, &silent).await
}

/// The accounts that have heard the call with this task since then, or hear it anyhow: it waits for them or is under way.
async fn heard(tx: &Tx, of: (i64, i64), since: DateTime<Utc>) -> Result<Vec<i64>> {
    let on_its_way = [OutboxStatus::Queued, OutboxStatus::Sending];
    let heard = Condition::any()
        .add(outbox_row::Column::Status.is_in(on_its_way))
        .add(outbox_row::Column::SentAt.gte(since));
    bound::rung(tx, of, heard).await
}
