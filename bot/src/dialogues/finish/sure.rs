//! Whoever called for help has written since somebody in command began to end his call: he reads that first, and is asked once
//! more.

use chrono::{DateTime, Utc};
use domain::{Result, emergency, task::life::Step};

use super::stage;
use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::report,
    state::{FinishStep, Stage},
};

/// Whether he wrote what has not stood here yet: since the dialogue began, or since this was asked last.
pub async fn is_asked(ctx: &Ctx, task_id: i64) -> Result<bool> {
    let since = match &ctx.state.stage {
        Stage::Finish {
            step: FinishStep::Sure,
            ..
        } => ctx.state.since,
        _ => ctx.state.began.or(ctx.state.since),
    };
    has_said(ctx, task_id, since).await
}

/// Whether he wrote anything since then.
pub async fn has_said(ctx: &Ctx, task_id: i64, since: Option<DateTime<Utc>>) -> Result<bool> {
    let Some(since) = since else { return Ok(false) };
    let said = emergency::said_since(&ctx.store, &ctx.actor, task_id, since).await?;
    Ok(!said.is_empty())
}

/// Asks; what was to be told before the end is kept.
pub async fn ask(ctx: &Ctx, task_id: i64, so_far: Step, content: Option<Content>) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt_ending(Some(task_id), move |tx| {
        Box::pin(async move {
            if let Some(content) = content {
                report::add(tx, &inner, task_id, content).await?;
            }
            let step = stage(task_id, FinishStep::Sure, so_far);
            inner.go(tx, step).await
        })
    })
    .await
    .map(drop)
}
