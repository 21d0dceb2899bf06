//! Whether somebody is there when his shift begins.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::shift::{self, ShiftStatus};

use super::{Shift, bring, locked_of, reload};
use crate::{
    Actor, Error, Refusal, Result, Tx,
    audit::{self, Subject},
    duty,
    error::Thing,
    event::Event,
};

/// Says that an agent is there: he himself around the start, or a supervisor of his units until the end.
/// Said again, nothing changes.
///
/// # Errors
/// [`Refusal::NotNow`] outside of that time, [`Refusal::Settled`] when the shift is over.
pub async fn present(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Shift> {
    let row = own_or_planned(tx, actor, id).await?;
    if row.present_at.is_some() {
        return reload(tx, id).await;
    }
    check_time(tx, actor, &row)?;
    let himself = actor.agent_id == Some(row.agent_id);
    let update = shift::ActiveModel {
        id: Set(id),
        present_at: Set(Some(tx.now())),
        present_by: Set(actor.user_id.filter(|_| !himself)),
        ..Default::default()
    };
    shift::Entity::update(update).exec(tx.db()).await?;
    if tx.now() < row.starts_at {
        bring(tx, &[&row]).await?;
    }
    audit::record(tx, actor, "shift.present", Subject::Shift(id), json!({})).await?;
    duty::log(tx, &[row.agent_id], |agent_id| Event::ShiftsChanged {
        agent_id,
    })
    .await?;
    reload(tx, id).await
}

fn check_time(tx: &Tx, actor: &Actor, row: &shift::Model) -> Result<(), Refusal> {
    if row.status == ShiftStatus::Ended || tx.now() >= row.ends_at {
        return Err(Refusal::Settled { what: Thing::Shift });
    }
    let minutes = |minutes: u32| TimeDelta::minutes(minutes.into());
    let from = row.starts_at - minutes(tx.rules().shift.early_minutes);
    let late = row.starts_at + minutes(tx.rules().shift.late_minutes);
    let himself = actor.agent_id == Some(row.agent_id);
    if tx.now() < from {
        return Err(Refusal::NotNow { from, until: None });
    }
    if himself && tx.now() > late {
        let until = Some(late);
        return Err(Refusal::NotNow { from, until });
    }
    Ok(())
}

/// A shift of this person himself, or of an agent whose time he may plan; locked after the agent.
pub(super) async fn own_or_planned(tx: &Tx, actor: &Actor, id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(id).one(tx.db()).await?;
    let agent_id = row.ok_or(Refusal::missing(Thing::Shift))?.agent_id;
    duty::lock_own(tx, actor, agent_id)
        .await
        .map_err(as_shift)?;
    locked_of(tx, id, agent_id).await
}

/// Whose time one may not plan, whose shift one does not see.
pub(super) fn as_shift(error: Error) -> Error {
    match error.refusal() {
        Some(Refusal::NotFound { .. } | Refusal::NotAllowed) => {
            Refusal::missing(Thing::Shift).into()
        }
        _ => error,
    }
}
