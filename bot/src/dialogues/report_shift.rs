//! Reports on a shift, of somebody who is on no task.

use domain::{Result, Tx, shift};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::with_cancel,
    keyboards::Rows,
    presence,
    reply::Reply,
    screen::Screen,
    state::Stage,
    view::{View, plain, with},
};

/// What is about no task is about the shift he is on; bare words only when he `says` so, or else he hears how they are kept.
/// False when he is on none.
pub async fn instead(ctx: &Ctx, content: Content, says: bool) -> Result<bool> {
    let Some(shift_id) = shift::running(&ctx.store, &ctx.actor, ctx.at).await? else {
        return Ok(false);
    };
    match content {
        Content::Text(_) if !says => ctx.reply(Reply::ShiftReportHow).await?,
        content => save(ctx, shift_id, content).await?,
    }
    Ok(true)
}

/// Asks for the report. False when he is on no shift.
pub async fn begin(ctx: &Ctx) -> Result<bool> {
    let Some(shift_id) = shift::running(&ctx.store, &ctx.actor, ctx.at).await? else {
        return Ok(false);
    };
    let inner = ctx.clone();
    let stage = Stage::ReportShift { shift_id };
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await?;
    Ok(true)
}

pub fn prompt(view: &View, serial: i64) -> Screen {
    with(
        with_cancel(view, serial, Rows::default()),
        plain(view.say(&Sentence::ReportAskShift)),
    )
}

/// Keeps a report and ends the dialogue it came in, if any; so does a refusal: the shift may never take anything again.
pub async fn save(ctx: &Ctx, shift_id: i64, content: Content) -> Result<()> {
    let inner = ctx.clone();
    let saved = if matches!(ctx.state.stage, Stage::ReportShift { .. }) {
        ctx.attempt_ending(None, move |tx| {
            Box::pin(async move { keep(tx, &inner, shift_id, content).await })
        })
        .await
    } else {
        ctx.attempt(None, move |tx| {
            Box::pin(async move { keep(tx, &inner, shift_id, content).await })
        })
        .await
    };
    saved.map(drop)
}

async fn keep(tx: &mut Tx, ctx: &Ctx, shift_id: i64, content: Content) -> Result<()> {
    add(tx, ctx, shift_id, content).await?;
    match ctx.state.stage {
        Stage::Idle => ctx.say(tx, Reply::ShiftReported).await,
        _ => ctx.end(tx, Reply::ShiftReported).await,
    }
}

/// The rest of an album whose first part is about the shift.
pub async fn follows(ctx: &Ctx, shift_id: i64, first: i64, content: Content) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            add(tx, &inner, shift_id, content).await?;
            inner.say(tx, Reply::ShiftReportedAlbum { first }).await
        })
    })
    .await
    .map(drop)
}

async fn add(tx: &mut Tx, ctx: &Ctx, shift_id: i64, content: Content) -> Result<i64> {
    let album = content.album().map(str::to_owned);
    presence::pinned(tx, ctx, &content).await?;
    let new = content.report(ctx.at);
    shift::observe(tx, &ctx.actor, shift_id, new, album.as_deref()).await
}
