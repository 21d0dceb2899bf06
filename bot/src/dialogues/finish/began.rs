//! When work began that nobody ever started: asked before it ends, with or without a report.

use domain::{Error, Result, task::life::Step, task::load};
use locales::Sentence;

use super::{complete, go, stage};
use crate::{
    ctx::Ctx,
    dialogues::create::when,
    reply::{CreateProblem, Reply},
    state::FinishStep,
};

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

/// When it began, in words.
pub async fn said(
    ctx: &Ctx,
    task_id: i64,
    step: FinishStep,
    so_far: Step,
    text: &str,
) -> Result<()> {
    if locales::matches(&Sentence::ButtonSkip, text) {
        return known(ctx, task_id, step, so_far).await;
    }
    let zone = ctx.store.rules().zone;
    let Some(at) = when::past(text, ctx.store.now(), zone) else {
        let problem = CreateProblem::TimeUnclear;
        return ctx.explain(Reply::CreateProblem { problem }).await;
    };
    let so_far = Step {
        started_at: Some(at),
        ..so_far
    };
    known(ctx, task_id, step, so_far).await
}
