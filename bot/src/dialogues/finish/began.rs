//! When work began that nobody ever started: asked before it ends, with or without a report.

use domain::{
    Error, Result,
    task::{life::Step, load},
};

use super::{complete, go, stage};
use crate::{ctx::Ctx, state::FinishStep};

/// Asks when it began, in this step, where nobody ever said so; else goes on.
pub async fn asked(ctx: &Ctx, task_id: i64, step: FinishStep, so_far: Step) -> Result<()> {
    let task = match load::find(&ctx.store, &ctx.actor, task_id).await {
        Err(Error::Refused(refusal)) => return ctx.refuse(*refusal, Some(task_id)).await,
        found => found?,
    };
    match task.is_open() && task.started_at.is_none() {
        true => go(ctx, stage(task_id, step, so_far)).await,
        false => known(ctx, task_id, step, so_far).await,
    }
}

/// When it began is known, or left out: the report comes next, or the end.
pub async fn known(ctx: &Ctx, task_id: i64, step: FinishStep, so_far: Step) -> Result<()> {
    match step {
        FinishStep::Began => go(ctx, stage(task_id, FinishStep::Report, so_far)).await,
        _ => complete(ctx, task_id, so_far, None).await,
    }
}
