//! What somebody sends who quotes a message about a call for help: it is about that call, whatever else waits for him.

use domain::{
    Result,
    broadcast::Reply as Said,
    emergency::{self, OfferState, Quoted},
};
use teloxide::types::Message;

use super::{waiting::Waiting, words};
use crate::{content::Content, ctx::Ctx, sos};

/// False when he quotes nothing, or no message about a call for help.
pub async fn about_call(ctx: &Ctx, message: &Message, content: &Content) -> Result<bool> {
    let Some(to) = message.reply_to_message() else {
        return Ok(false);
    };
    let shown = emergency::shown_by(&ctx.store, &ctx.actor, ctx.chat_id, to.id.0.into());
    let Some(call) = shown.await? else {
        return Ok(false);
    };
    if answers(ctx, &call, content).await? {
        return Ok(true);
    }
    let spoken = speaks(&call, content);
    let content = content.clone();
    match (call.open, call.own) {
        (true, true) => sos::reports(ctx, call.id, content).await?,
        (true, false) => match spoken.map(|said| words::which_of(vec![call.id], said)) {
            Some(which) => sos::says_and_is_asked(ctx, call.task_id, content, which).await?,
            None => sos::says_to(ctx, call.task_id, content).await?,
        },
        (false, _) => return after(ctx, call.task_id, content).await,
    }
    Ok(true)
}

/// What the words say among others of coming, of whoever was asked: he comes after all, or cannot any more. It is his to tap.
fn speaks(call: &Quoted, content: &Content) -> Option<Said> {
    let (Content::Text(text), Some(state)) = (content, call.offer) else {
        return None;
    };
    let comes = state == OfferState::Taken;
    words::spoken(text).filter(|said| match said {
        Said::Declined => state != OfferState::Declined,
        _ => !comes,
    })
}

/// About his own call that ended lately, where no other of his goes on. False about any other that has ended: nobody listens there.
async fn after(ctx: &Ctx, task_id: i64, content: Content) -> Result<bool> {
    let ended = emergency::ended_of(&ctx.store, &ctx.actor).await?;
    let open = emergency::open_of(&ctx.store, &ctx.actor).await?;
    if open.is_some() || ended.is_none_or(|call| call.task_id != task_id) {
        return Ok(false);
    }
    sos::says_after(ctx, task_id, content).await?;
    Ok(true)
}

/// "Voy" or "no puedo" to a call that goes on, of whoever was asked or sent; "recibido" only where he has not answered.
async fn answers(ctx: &Ctx, call: &Quoted, content: &Content) -> Result<bool> {
    let (Content::Text(text), Some(_), true) = (content, ctx.actor.agent_id, call.open) else {
        return Ok(false);
    };
    let Some(said) = words::heard(text).filter(|_| !call.own) else {
        return Ok(false);
    };
    let tasks = super::open(ctx).await?;
    let sent = super::waiting::sent(&tasks, ctx.actor.agent_id, call.task_id);
    let his: Vec<Waiting> = sent.into_iter().collect();
    let waits = call.offer == Some(OfferState::Offered);
    let anew = call.offer.is_some() && said != Said::Acknowledged;
    if his.is_empty() && (waits || anew) {
        sos::answers(ctx, call.id, said).await?;
        return Ok(true);
    }
    words::answer_one(ctx, &his, said).await
}
