//! What is pressed on messages about shifts, leave and exchanges.

pub mod absence;
pub mod calendar;
pub mod handover;
pub mod leave;
pub mod lost;
pub mod moved;
pub mod shifts;
pub mod swap;

use domain::{
    Error, Result, leave as leaves,
    outbox::{self, Lane, Message},
    shift, swap as swaps,
};

use crate::{ctx::Ctx, dialogues, keyboards::DutyVerb, reply::Reply, state::Stage};

/// Does what a press means; whether he may is judged there.
pub async fn pressed(ctx: &Ctx, verb: DutyVerb, id: i64) -> Result<()> {
    match verb {
        DutyVerb::Present => present(ctx, id).await,
        DutyVerb::EndShift => end_shift(ctx, id).await,
        DutyVerb::ShowHandOver => handover::show(ctx, id).await,
        DutyVerb::SwapShift => dialogues::swap::begin(ctx).await,
        DutyVerb::ShowLeave => show_leave(ctx, id).await,
        DutyVerb::ApproveLeave => approve(ctx, id).await,
        DutyVerb::RejectLeave => reject(ctx, id).await,
        DutyVerb::CancelLeave => cancel(ctx, id).await,
        DutyVerb::RestoreLeave => restore(ctx, id).await,
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

fn leave_card(ctx: &Ctx, id: i64) -> Message {
    Message::leave(ctx.chat_id, ctx.actor.user_id, id, false)
}

/// The card as a new message at the end of the chat, for whoever may see it.
async fn show_leave(ctx: &Ctx, id: i64) -> Result<()> {
    match leaves::find(&ctx.store, &ctx.actor, id).await {
        Err(Error::Refused(refusal)) => return ctx.refuse(*refusal, None).await,
        found => drop(found?),
    }
    let card = Message::leave(ctx.chat_id, ctx.actor.user_id, id, true).in_lane(Lane::Answer);
    ctx.attempt(None, move |tx| {
        Box::pin(async move { outbox::push(tx, vec![card]).await })
    })
    .await
    .map(drop)
}

fn swap_card(ctx: &Ctx, id: i64) -> Message {
    Message::swap(ctx.chat_id, ctx.actor.user_id, id, false)
}

/// Asks for a note; a hopeless case is told at once.
async fn end_shift(ctx: &Ctx, shift_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            shift::check_end(tx, &inner.actor, shift_id).await?;
            inner.enter(tx, Stage::HandOver { shift_id }).await
        })
    })
    .await
    .map(drop)
}

/// Asks why; a hopeless case is told at once.
async fn reject(ctx: &Ctx, leave_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt_on(leave_card(ctx, leave_id), move |tx| {
        Box::pin(async move {
            leaves::check_decide(tx, &inner.actor, leave_id).await?;
            inner.enter(tx, Stage::RejectLeave { leave_id }).await
        })
    })
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
    ctx.attempt_on(leave_card(ctx, id), move |tx| {
        Box::pin(async move { leaves::decide(tx, &actor, id, true, None).await })
    })
    .await
    .map(drop)
}

async fn cancel(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt_on(leave_card(ctx, id), move |tx| {
        Box::pin(async move { leaves::cancel(tx, &actor, id).await })
    })
    .await
    .map(drop)
}

async fn restore(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt_on(leave_card(ctx, id), move |tx| {
        Box::pin(async move { leaves::restore(tx, &actor, id).await })
    })
    .await
    .map(drop)
}

async fn answer(ctx: &Ctx, id: i64, yes: bool) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt_on(swap_card(ctx, id), move |tx| {
        Box::pin(async move { swaps::answer(tx, &actor, id, yes).await })
    })
    .await
    .map(drop)
}

async fn decide(ctx: &Ctx, id: i64, yes: bool) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt_on(swap_card(ctx, id), move |tx| {
        Box::pin(async move { swaps::decide(tx, &actor, id, yes, None).await })
    })
    .await
    .map(drop)
}

async fn withdraw(ctx: &Ctx, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt_on(swap_card(ctx, id), move |tx| {
        Box::pin(async move { swaps::cancel(tx, &actor, id).await })
    })
    .await
    .map(drop)
}
