//! A drill that leaves later: when it does, and its plan instead of the broadcast.

use chrono::NaiveDateTime;
use domain::{
    Error, Result,
    broadcast::Audience,
    drill::{self, NewDrill},
    zone,
};

use super::{BroadcastDraft, Exercise, Step, explain, go};
use crate::{
    ctx::Ctx,
    dialogues::create::when,
    reply::{CreateProblem, Reply},
};

/// What was written as the moment: in the future, or it is asked again.
pub async fn moment(ctx: &Ctx, draft: BroadcastDraft, text: &str) -> Result<()> {
    let (now, zone) = (ctx.store.now(), ctx.store.rules().zone);
    match when::future(text, now, zone) {
        Ok(at) if zone::to_utc(at, zone) <= now => passed(ctx, at).await,
        Ok(at) => {
            let drill = Exercise::At(at);
            go(ctx, BroadcastDraft { drill, ..draft }, Step::Preview).await
        }
        Err(problem) => ctx.explain(Reply::CreateProblem { problem }).await,
    }
}

async fn passed(ctx: &Ctx, at: NaiveDateTime) -> Result<()> {
    let time = at.format("%d/%m %H:%M").to_string();
    let problem = CreateProblem::TimePast { time };
    ctx.explain(Reply::CreateProblem { problem }).await
}

/// It is planned, and the dialogue ends.
pub async fn plan(
    ctx: &Ctx,
    draft: BroadcastDraft,
    (audience, local): (Audience, NaiveDateTime),
    typed: Option<String>,
) -> Result<()> {
    let at = zone::to_utc(local, ctx.store.rules().zone);
    if at <= ctx.store.now() {
        return passed(ctx, local).await;
    }
    let new = NewDrill {
        protocol: draft.protocol,
        text: draft.text,
        audience,
        starts_at: at,
        zone: None,
        minutes: None,
        confirm_word: typed,
    };
    let inner = ctx.clone();
    let planned = ctx
        .write(move |tx| {
            Box::pin(async move {
                let id = Some(drill::plan(tx, &inner.actor, new).await?);
                inner.end(tx, Reply::DrillPlanned { at, id }).await
            })
        })
        .await;
    match planned {
        Err(Error::Refused(refusal)) => explain(ctx, *refusal).await,
        done => done.map(drop),
    }
}
