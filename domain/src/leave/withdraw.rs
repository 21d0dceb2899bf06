//! Leave that is taken back, or its rest, and had back for as long as that can be undone.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait};

use ::entity::leave;

use super::{Leave, LeaveStatus, check_once, is_open, own_or_planned, reload, settled};
use crate::{
    Actor, Refusal, Result, Rules, Tx, duty,
    error::Thing,
    outbox::{self, Message},
    shift::absence,
    timer::{self, Due},
};

/// Takes a request back, or the rest of a leave that was approved: one that runs ends now. Said again, nothing changes.
/// For [`crate::Rules::undo_seconds`] it can be had back.
///
/// # Errors
/// Only the agent himself; [`Refusal::Settled`] when it was rejected or is over.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Leave> {
    let row = own(tx, actor, id).await?;
    if row.withdrawn_at.is_some() {
        return reload(tx.db(), row).await;
    }
    if !is_open(&row) || row.ends_at <= tx.now() {
        return Err(Refusal::Settled { what: Thing::Leave }.into());
    }
    let runs = row.status == LeaveStatus::Approved && row.starts_at <= tx.now();
    let update = leave::ActiveModel {
        id: Set(id),
        status: Set(if runs {
            row.status
        } else {
            LeaveStatus::Cancelled
        }),
        ends_at: Set(if runs { tx.now() } else { row.ends_at }),
        withdrawn_at: Set(Some(tx.now())),
        planned_end_at: Set(Some(row.ends_at)),
        ..Default::default()
    };
    let after = leave::Entity::update(update).exec(tx.db()).await?;
    if row.status == LeaveStatus::Approved {
        ring_deciding(tx, &after).await?;
    }
    let undo_over = tx.now() + undo(tx.rules());
    timer::set(tx, &Due::LeaveCards { leave_id: id }, undo_over).await?;
    if runs {
        absence::awaited_again(tx, row.agent_id).await?;
    }
    settled(tx, actor, "leave.cancel", &after).await
}

/// Has leave back that was taken back a moment ago. Said again, nothing changes.
///
/// # Errors
/// Only the agent himself; [`Refusal::Settled`] once the time for it is over, [`Refusal::LeaveOverlap`] when he asked for
/// some of its days again meanwhile.
pub async fn restore(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Leave> {
    let row = own(tx, actor, id).await?;
    let Some(withdrawn_at) = row.withdrawn_at else {
        return reload(tx.db(), row).await;
    };
    if tx.now() >= withdrawn_at + undo(tx.rules()) {
        return Err(Refusal::Settled { what: Thing::Leave }.into());
    }
    let ends_at = row.planned_end_at.unwrap_or(row.ends_at);
    check_once(tx, row.agent_id, (row.starts_at, ends_at), Some(id)).await?;
    let update = leave::ActiveModel {
        id: Set(id),
        status: Set(match row.decided_at {
            Some(_) => LeaveStatus::Approved,
            None => LeaveStatus::Requested,
        }),
        ends_at: Set(ends_at),
        withdrawn_at: Set(None),
        planned_end_at: Set(None),
        ..Default::default()
    };
    let row = leave::Entity::update(update).exec(tx.db()).await?;
    timer::cancel(tx, &Due::LeaveCards { leave_id: id }).await?;
    ring_deciding(tx, &row).await?;
    settled(tx, actor, "leave.restore", &row).await
}

/// Whether whoever took it back can have it back at this moment.
pub fn can_restore(leave: &Leave, now: DateTime<Utc>, rules: &Rules) -> bool {
    leave.withdrawn_at.is_some_and(|at| now < at + undo(rules))
}

fn undo(rules: &Rules) -> TimeDelta {
    TimeDelta::seconds(rules.undo_seconds.into())
}

/// Leave of this person himself.
async fn own(tx: &Tx, actor: &Actor, id: i64) -> Result<leave::Model> {
    let row = own_or_planned(tx, actor, id).await?;
    match actor.agent_id == Some(row.agent_id) {
        true => Ok(row),
        false => Err(Refusal::NotAllowed.into()),
    }
}

/// Those who decide hear what has become of leave that counted already, and what is to be decided again.
async fn ring_deciding(tx: &mut Tx, row: &leave::Model) -> Result<()> {
    let deciding = duty::supervisors(tx, row.agent_id).await?;
    let cards = deciding
        .into_iter()
        .map(|(chat_id, user_id)| Message::leave(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}
