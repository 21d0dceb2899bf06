//! Somebody who goes to one call for help says that he goes to another: whether he leaves the first is his to tap.

use domain::{Error, Result, emergency};

use crate::{ctx::Ctx, reply::Reply};

/// Asks him, where this one still needs somebody. False where he goes to no other, or was not asked to this one.
pub(super) async fn is_asked(ctx: &Ctx, id: i64) -> Result<bool> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return Ok(false);
    };
    let held = emergency::held_by(&ctx.store, agent_id).await?;
    let here = held.iter().any(|one| one.id == id);
    let Some(other) = held.last().filter(|_| !here) else {
        return Ok(false);
    };
    let call = match emergency::find(&ctx.store, &ctx.actor, id).await {
        Ok(call) => call,
        Err(Error::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let wanted = emergency::is_open(call.status) && !call.enough();
    if !wanted || call.offer_to(agent_id).is_none() {
        return Ok(false);
    }
    let from = other.id;
    ctx.reply(Reply::SosInstead { id, from }).await?;
    Ok(true)
}
