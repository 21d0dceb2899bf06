//! A message that nobody comes, which Telegram did not take: unless somebody has another, or somebody comes by now, nobody
//! knows of it.

use sea_orm::{ActiveValue::Set, EntityTrait};

use ::entity::emergency;

use super::{EmergencyStatus, answer::tell, change, is_open, progress, set};
use crate::{
    Result, Tx,
    outbox::{self, Heard, Notice, Outgoing},
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
    if !progress::going(tx, &row).await?.is_empty() {
        return Ok(());
    }
    let others = outbox::of_task(tx, lost, since).await?;
    let others: Vec<bool> = others.iter().filter_map(phones).collect();
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

/// Of a message that nobody comes, whether it says whom to call.
fn phones(other: &Heard) -> Option<bool> {
    match other.notice {
        Notice::EmergencyEscalated { phones, .. } => Some(phones),
        _ => None,
    }
}
