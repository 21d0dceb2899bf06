//! The quiet choices of the preview: how many answers are enough, and for how long any are awaited.

use domain::{
    Error, Result,
    broadcast::{self, AckMode, Audience},
};

use super::{BroadcastDraft, Step, go};
use crate::{ctx::Ctx, reply::Reply};

/// What numbers of answers are offered; any other can be written.
pub const NUMBERS: [u32; 6] = [2, 3, 5, 10, 20, 50];

/// After how many hours it can be over.
pub const HOURS: [u32; 6] = [1, 2, 4, 12, 24, 48];

/// So many answers are enough, when it reaches as many people.
pub async fn enough(ctx: &Ctx, draft: BroadcastDraft, number: &str) -> Result<()> {
    let wanted = number.trim().parse::<u32>().ok();
    let Some(wanted) = wanted.filter(|wanted| *wanted > 0) else {
        return ctx.explain(Reply::BroadcastNumber).await;
    };
    match can_answer(ctx, &draft, wanted).await {
        Err(Error::Refused(refusal)) => ctx.refuse(*refusal, None).await,
        Err(error) => Err(error),
        Ok(()) => go(ctx, draft.enough(wanted), Step::Preview).await,
    }
}

async fn can_answer(ctx: &Ctx, draft: &BroadcastDraft, wanted: u32) -> Result<()> {
    let audience = draft.audience.clone().unwrap_or(Audience::All);
    let seen = broadcast::preview(&ctx.store, &ctx.actor, &audience, None).await?;
    let seen = seen.practised(draft.is_drill());
    Ok(seen.check(AckMode::Quorum(wanted))?)
}

/// It is over so many hours after it leaves.
pub async fn until(ctx: &Ctx, draft: BroadcastDraft, hours: &str) -> Result<()> {
    let hours = hours
        .parse::<u32>()
        .ok()
        .filter(|hours| HOURS.contains(hours));
    match hours {
        Some(_) => go(ctx, BroadcastDraft { hours, ..draft }, Step::Preview).await,
        None => ctx.explain(Reply::ButtonGone).await,
    }
}
