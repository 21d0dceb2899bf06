//! What is pressed and said: an answer, a pace, an end.

use chrono::{DateTime, Utc};
use domain::{
    Result,
    check_in::{self, Answered, Said},
};
use locales::Sentence;

use crate::{ctx::Ctx, keyboards::Check, reply::Reply};

/// A press on one of its buttons.
pub async fn pressed(ctx: &Ctx, verb: Check, id: i64) -> Result<()> {
    match verb {
        Check::Well => answer(ctx, id, Said::Well).await,
        Check::Help => answer(ctx, id, Said::Help).await,
        Check::Stop => stop(ctx, id).await,
        Check::Alone if ctx.actor.agent_id.is_none() => ctx.reply(Reply::NoAgent).await,
        Check::Alone => ctx.reply(Reply::AloneAsk).await,
    }
}

async fn stop(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            check_in::stop(tx, &inner.actor, id).await?;
            inner.say(tx, Reply::CheckInStopped).await
        })
    })
    .await
    .map(drop)
}

/// A pace was chosen, for the people of a task or for oneself.
pub async fn every(ctx: &Ctx, task_id: Option<i64>, minutes: u32) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(task_id, move |tx| {
        Box::pin(async move {
            match task_id {
                Some(task_id) => {
                    check_in::start(tx, &inner.actor, task_id, minutes).await?;
                    inner.say(tx, Reply::CheckIns { task_id }).await
                }
                // The card says until when.
                None => check_in::alone(tx, &inner.actor, minutes, None)
                    .await
                    .map(drop),
            }
        })
    })
    .await
    .map(drop)
}

async fn answer(ctx: &Ctx, id: i64, said: Said) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                let answered = check_in::answer(tx, &inner.actor, id, said).await?;
                if let Answered::Help { .. } = answered {
                    // It has left; here is how to say where one is.
                    inner.say(tx, Reply::SosAgain).await?;
                }
                Ok(answered)
            })
        })
        .await?;
    match done {
        Some(Answered::Well) => ctx.toast(&Sentence::CheckInToastWell),
        Some(Answered::Help { .. }) => ctx.toast(&Sentence::ButtonNeedHelp),
        Some(Answered::Over) => ctx.toast(&Sentence::CheckInToastOver),
        Some(Answered::Again) | None => {}
    }
    Ok(())
}

/// Words that answer the question while it waits, also in the middle of something else. False when they do not, or nobody
/// asks.
pub async fn heard(ctx: &Ctx, text: &str) -> Result<bool> {
    let said = [
        (Sentence::WordWell, Said::Well),
        (Sentence::ButtonNeedHelp, Said::Help),
    ]
    .into_iter()
    .find_map(|(word, said)| locales::matches(&word, text).then_some(said));
    let (Some(said), Some(agent_id)) = (said, ctx.actor.agent_id) else {
        return Ok(false);
    };
    match check_in::waiting_of(&ctx.store, agent_id).await? {
        Some((id, _)) => answer(ctx, id, said).await.map(|()| true),
        None => Ok(false),
    }
}

/// "ok" answers the question when nothing newer waits. False when something does, or nobody asks.
pub async fn acknowledged(ctx: &Ctx, newest: Option<DateTime<Utc>>) -> Result<bool> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return Ok(false);
    };
    let waits = check_in::waiting_of(&ctx.store, agent_id).await?;
    match waits.filter(|(_, at)| newest.is_none_or(|newest| newest <= *at)) {
        Some((id, _)) => answer(ctx, id, Said::Well).await.map(|()| true),
        None => Ok(false),
    }
}
