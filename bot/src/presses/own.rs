//! What a person sets for himself: his language, and whether he is available.

use domain::{Result, agent, user};
use locales::Lang;

use crate::{
    ctx::Ctx,
    reply::Reply,
    state::{Ask, Stage},
};

pub(super) async fn language(ctx: &Ctx, lang: Lang) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            user::set_language(tx, &inner.actor, lang.as_str()).await?;
            inner.say(tx, Reply::LanguageSet).await
        })
    })
    .await?;
    Ok(())
}

pub(super) async fn availability(ctx: &Ctx, on: bool) -> Result<()> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return ctx.reply(Reply::NoAgent).await;
    };
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            if !on {
                let (ask, task_id) = (Ask::Unavailable, None);
                return inner.enter(tx, Stage::Reason { ask, task_id }).await;
            }
            agent::set_availability(tx, &inner.actor, agent_id, false, None, None).await?;
            inner.say(tx, Reply::AvailableAgain).await
        })
    })
    .await?;
    Ok(())
}
