//! What is pressed on messages about shifts, leave and exchanges.

pub mod calendar;
pub mod leave;
pub mod shifts;
pub mod swap;

use domain::{Result, leave as leaves, shift, swap as swaps};

use crate::{ctx::Ctx, dialogues, keyboards::DutyVerb, reply::Reply, state::Stage};

/// Does what a press means; whether he may is judged there.
pub async fn pressed(ctx: &Ctx, verb: DutyVerb, id: i64) -> Result<()> {
    match verb {
        DutyVerb::Present => present(ctx, id).await,
        DutyVerb::EndShift => enter(ctx, Stage::HandOver { shift_id: id }).await,
        DutyVerb::SwapShift => dialogues::swap::begin(ctx, id).await,
        DutyVerb::ApproveLeave => approve(ctx, id).await,
        DutyVerb::RejectLeave => enter(ctx, Stage::RejectLeave { leave_id: id }).await,
        DutyVerb::CancelLeave => cancel(ctx, id).await,
        DutyVerb::Certificate => ctx.reply(Reply::Certificate { leave_id: id }).await,
        DutyVerb::AcceptSwap => answer(ctx, id, true).await,
        DutyVerb::DeclineSwap => answer(ctx, id, false).await,
        DutyVerb::ApproveSwap => decide(ctx, id, true).await,
        DutyVerb::RejectSwap => decide(ctx, id, false).await,
        DutyVerb::CancelSwap => withdraw(ctx, id).await,
        DutyVerb::OpenCalendar => calendar::open(ctx, id).await,
        DutyVerb::CloseCalendar => calendar::close(ctx, id).await,
    }
}

async fn enter(ctx: &Ctx, stage: Stage) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await
        .map(drop)
}

async fn present(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            shift::present(tx, &inner.actor, id).await?;
            inner.say(tx, Reply::Present { shift_id: id }).await
        })
    })
    .await
    .map(drop)
}

async fn approve(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { leaves::decide(tx, &actor, id, true, None).await })
    })
    .await
    .map(drop)
}

async fn cancel(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { leaves::cancel(tx, &actor, id).await })
    })
    .await
    .map(drop)
}

async fn answer(ctx: &Ctx, id: i64, yes: bool) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { swaps::answer(tx, &actor, id, yes).await })
    })
    .await
    .map(drop)
}

async fn decide(ctx: &Ctx, id: i64, yes: bool) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { swaps::decide(tx, &actor, id, yes, None).await })
    })
    .await
    .map(drop)
}

async fn withdraw(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { swaps::cancel(tx, &actor, id).await })
    })
    .await
    .map(drop)
}
