//! How an emergency ends: with its task, or taken back by whoever called.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use serde_json::json;

use ::entity::emergency;

use super::{
    EmergencyStatus, announce, announce_caller, change, crew, helper,
    launch::stays,
    lock,
    over::{tell_caller, tell_command},
    set,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::{Act, Level},
    audit::{self, Subject},
    drill,
    error::Thing,
    task::{Status, Task, create::text, life},
    timer::{self, Due},
};

/// Until when whoever called can take it back.
pub(super) fn withdrawable_until(tx_seconds: u32, row: &emergency::Model) -> Option<DateTime<Utc>> {
    let raised = row.raised_at?;
    Some(raised + TimeDelta::seconds(tx_seconds.into()))
}

/// Takes a call back: while it waits for a place, or some seconds after it left.
///
/// # Errors
/// Only whoever called; [`Refusal::WithdrawOver`] afterwards.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, id: i64, reason: &str) -> Result<()> {
    let (row, task) = lock(tx, id).await?;
    if actor.user_id.is_none() || row.raised_by != actor.user_id {
        return Err(Refusal::missing(Thing::Emergency).into());
    }
    match (row.status, task) {
        (EmergencyStatus::Waiting, _) => {
            timer::cancel(tx, &Due::SosWait { emergency_id: id }).await?;
            let ended = emergency::ActiveModel {
                status: Set(EmergencyStatus::Cancelled),
                ..ended(tx, actor, id, Some(reason.to_owned()))
            };
            let row = set(tx, ended).await?;
            announce_caller(tx, &row).await?;
            let by = actor.user_id.unwrap_or_default();
            let data = json!({ "emergency": id });
            audit::record(tx, actor, "emergency.withdraw", Subject::User(by), data).await
        }
        (EmergencyStatus::Active | EmergencyStatus::Answered, Some(task)) => {
            let seconds = tx.rules().emergency.withdraw_seconds;
            if withdrawable_until(seconds, &row).is_none_or(|until| tx.now() >= until) {
                return Err(Refusal::WithdrawOver.into());
            }
            life::cancel(tx, actor, task.id, life::Step::because(reason))
                .await
                .map(drop)
        }
        _ => Ok(()),
    }
}

/// Calls it off. Level 2 and above of the scope, with a reason; whoever called takes it back with [`withdraw`].
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64, reason: Option<String>) -> Result<()> {
    let (row, task) = lock(tx, id).await?;
    let Some(task) = task else {
        return match reason {
            Some(reason) => withdraw(tx, actor, id, &reason).await,
            None => Err(Refusal::NeedsReason.into()),
        };
    };
    let mine = actor.user_id.is_some() && row.raised_by == actor.user_id;
    if mine && actor.level == Level::Agent {
        let reason = text(reason.as_deref()).ok_or(Refusal::NeedsReason)?;
        return withdraw(tx, actor, id, &reason).await;
    }
    see(actor, &task)?;
    let step = life::Step {
        reason,
        ..life::Step::default()
    };
    life::cancel(tx, actor, task.id, step).await.map(drop)
}

/// Ends it as done. The lead, or level 2 and above of the scope with a reason.
pub async fn resolve(tx: &mut Tx, actor: &Actor, id: i64, reason: Option<String>) -> Result<()> {
    let (_, task) = lock(tx, id).await?;
    let task = task.ok_or(Refusal::missing(Thing::Emergency))?;
    see(actor, &task)?;
    let step = life::Step {
        reason,
        ..life::Step::default()
    };
    life::complete(tx, actor, task.id, step).await.map(drop)
}

/// Whoever called, and has no say over it otherwise, calls it off only for as long as he can take it back.
///
/// # Errors
/// [`Refusal::WithdrawOver`] afterwards.
pub(crate) async fn check_cancel(tx: &Tx, actor: &Actor, task: &Task) -> Result<()> {
    let row = crew::of_task(tx, task).await?;
    let Some(row) = row.filter(|_| !actor.may(Act::ForceComplete, &task.stake())) else {
        return Ok(());
    };
    let seconds = tx.rules().emergency.withdraw_seconds;
    match withdrawable_until(seconds, &row) {
        Some(until) if tx.now() < until => Ok(()),
        _ => Err(Refusal::WithdrawOver.into()),
    }
}

fn see(actor: &Actor, task: &Task) -> Result<(), Refusal> {
    if actor.may(Act::See, &task.stake()) {
        Ok(())
    } else {
        Err(Refusal::missing(Thing::Emergency))
    }
}

fn ended(tx: &Tx, actor: &Actor, id: i64, reason: Option<String>) -> emergency::ActiveModel {
    emergency::ActiveModel {
        ended_at: Set(Some(tx.now())),
        ended_by: Set(actor.user_id),
        end_reason: Set(reason),
        waits_until: Set(None),
        pressed_at: Set(None),
        ..change(id)
    }
}

/// Its task went on in its life: the emergency ends, or begins again, with it.
pub(crate) async fn follow(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    let Some(row) = crew::of_task(tx, task).await? else {
        return Ok(());
    };
    let row = match task.status {
        Status::Completed | Status::Cancelled => end_with(tx, actor, row.id, task).await?,
        _ if row.ended_at.is_some() => {
            let row = crew::reopened(tx, actor, &row, task).await?;
            Box::pin(stays(tx, &row)).await?;
            row
        }
        _ => return Ok(()),
    };
    tell_caller(tx, actor, &row).await?;
    tell_command(tx, actor, &row, task).await?;
    announce(tx, &row, task).await
}

async fn end_with(tx: &mut Tx, actor: &Actor, id: i64, task: &Task) -> Result<emergency::Model> {
    let status = if task.status == Status::Completed {
        EmergencyStatus::Resolved
    } else {
        EmergencyStatus::Cancelled
    };
    timer::cancel(tx, &Due::EmergencyRing { emergency_id: id }).await?;
    crew::stand_down(tx, id).await?;
    let ended = emergency::ActiveModel {
        status: Set(status),
        ..ended(tx, actor, id, task.end_reason.clone())
    };
    let row = set(tx, ended).await?;
    if row.drill {
        drill::over(tx, id).await?;
    }
    helper::counted_anew(tx, &row).await?;
    announce_caller(tx, &row).await?;
    Ok(row)
}
