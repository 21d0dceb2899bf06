//! A message that nobody comes, which Telegram did not take: unless somebody has another, nobody knows of it.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use ::entity::{emergency, outbox as outbox_row};

use super::{EmergencyStatus, answer::tell, change, is_open, set};
use crate::{
    Result, Tx,
    outbox::{Notice, OutboxStatus, Outgoing},
    timer::{self, Due},
};

/// Nobody counts as told unless another message is there or on its way, and others are told at once. Where it was `refused` to
/// whoever can hear, the next ring tells it again: at once it would be refused again, without end.
pub(crate) async fn word_lost(tx: &mut Tx, lost: &Outgoing, refused: bool) -> Result<()> {
    let Notice::EmergencyEscalated { emergency_id, .. } = lost.notice else {
        return Ok(());
    };
    let row = emergency::Entity::find_by_id(emergency_id)
        .one(tx.db())
        .await?
        .filter(|row| is_open(row.status));
    let Some(row) = row else { return Ok(()) };
    let Some(since) = row.escalated_at.filter(|at| *at <= lost.created_at) else {
        return Ok(());
    };
    let others = others(tx, lost, since).await?;
    let known = row.told_at.is_some() || !others.is_empty();
    let phones_at = row.phones_at.filter(|_| others.contains(&true));
    if known && phones_at == row.phones_at {
        return Ok(());
    }
    let back = emergency::ActiveModel {
        escalated_at: Set(known.then_some(since)),
        phones_at: Set(phones_at),
        ..change(emergency_id)
    };
    let row = set(tx, back).await?;
    if row.status == EmergencyStatus::Active && !refused {
        let now = tx.now();
        timer::set(tx, &Due::EmergencyRing { emergency_id }, now).await?;
    }
    tell(tx, emergency_id).await?;
    Ok(())
}

/// The other messages of it since then that arrived or still may, each as whether it says whom to call.
async fn others(tx: &Tx, lost: &Outgoing, since: DateTime<Utc>) -> Result<Vec<bool>> {
    let arrive = [
        OutboxStatus::Queued,
        OutboxStatus::Sending,
        OutboxStatus::Sent,
    ];
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.eq(lost.task_id))
        .filter(outbox_row::Column::Status.is_in(arrive))
        .filter(outbox_row::Column::CreatedAt.gte(since))
        .filter(outbox_row::Column::Id.ne(lost.id))
        .all(tx.db())
        .await?;
    let words = rows
        .into_iter()
        .filter_map(|row| match serde_json::from_value(row.notice) {
            Ok(Notice::EmergencyEscalated { phones, .. }) => Some(phones),
            _ => None,
        });
    Ok(words.collect())
}
