//! The end of /crear, and of choosing people for a task that is there: it is done, or what stands in the way is asked anew.

use domain::{Error, Refusal, Result, Tx, task::create};

use super::{Draft, Step};
use crate::{ctx::Ctx, dialogues::assign, reply::Reply};

/// Does it; what stands in the way leads back to the step that can mend it.
pub async fn confirm(ctx: &Ctx, draft: Draft) -> Result<()> {
    let (inner, wanted) = (ctx.clone(), draft.clone());
    let done = ctx
        .write(move |tx| Box::pin(async move { settle(tx, &inner, &wanted).await }))
        .await;
    match done {
        Err(Error::Refused(refusal)) => mend(ctx, draft, *refusal).await,
        done => done.map(drop),
    }
}

async fn settle(tx: &mut Tx, ctx: &Ctx, draft: &Draft) -> Result<()> {
    let reply = match &draft.task {
        Some(existing) => assign::put(tx, &ctx.actor, existing, draft).await?,
        None => {
            let task = create::create(tx, &ctx.actor, draft.new_task()).await?;
            Reply::Created {
                task_id: task.id,
                crew: draft.people.len(),
            }
        }
    };
    ctx.end(tx, reply).await
}

/// The step in which another answer would do.
fn cure(refusal: &Refusal) -> Step {
    match refusal {
        Refusal::Soft { .. } => Step::OffShift,
        Refusal::OnLeave { .. }
        | Refusal::Overlap { .. }
        | Refusal::AgentInactive { .. }
        | Refusal::TooMany { .. } => Step::People,
        _ => Step::Preview,
    }
}

async fn mend(ctx: &Ctx, mut draft: Draft, refusal: Refusal) -> Result<()> {
    draft.step = cure(&refusal);
    if let (Step::Preview, Some(existing)) = (draft.step, &draft.task) {
        return ctx.refuse_ending(refusal, Some(existing.task_id)).await;
    }
    if let Refusal::Soft { conflicts } = &refusal {
        draft.off_shift = conflicts.iter().map(|one| one.agent_id).collect();
        draft.soft.clone_from(conflicts);
    }
    let inner = ctx.clone();
    let aloud = !matches!(refusal, Refusal::Soft { .. });
    ctx.write(move |tx| {
        Box::pin(async move {
            if aloud {
                let task_id = None;
                inner.say(tx, Reply::Refused { refusal, task_id }).await?;
            }
            inner.again(tx, draft.stage()).await
        })
    })
    .await
    .map(drop)
}
