//! What somebody sends who quotes a message about a call for help: it is about that call, whatever else waits for him.

use domain::{
    Result,
    emergency::{self, Quoted},
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
    let content = content.clone();
    match call.open {
        true if call.own => sos::reports(ctx, call.id, content).await?,
        true => sos::says_to(ctx, call.task_id, content).await?,
        false => sos::says_after(ctx, call.task_id, content).await?,
    }
    Ok(true)
}

/// "Voy" or "no puedo" to a call that goes on, of whoever was asked or sent.
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
    if his.is_empty() && call.asked {
        sos::answers(ctx, call.id, said).await?;
        return Ok(true);
    }
    words::answer_one(ctx, &his, said).await
}
