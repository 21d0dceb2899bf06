//! The end of a shift, with or without a note for the next one.

use domain::{
    Result,
    shift::{self, HandOver},
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    view::{View, plain, with},
};

pub fn prompt(view: &View, serial: i64) -> Screen {
    let nothing = choice(view, serial, &Sentence::ButtonNothingToReport, "none");
    let rows = with_cancel(view, serial, Rows::default().row([nothing]));
    with(rows, plain(view.say(&Sentence::ShiftEndAsk)))
}

pub async fn pressed(ctx: &Ctx, shift_id: i64, choice: &str) -> Result<()> {
    match choice {
        "none" => end(ctx, shift_id, HandOver::default()).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

/// The note itself.
pub async fn said(ctx: &Ctx, shift_id: i64, content: Content) -> Result<()> {
    if matches!(content, Content::Place(_)) {
        return ctx.explain(Reply::Write).await;
    }
    let note = content.report(ctx.at);
    let handover = HandOver {
        text: note.text,
        file: note.file,
    };
    end(ctx, shift_id, handover).await
}

async fn end(ctx: &Ctx, shift_id: i64, handover: HandOver) -> Result<()> {
    let noted = handover.text.is_some() || handover.file.is_some();
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            shift::end(tx, &inner.actor, shift_id, handover).await?;
            inner.end(tx, Reply::ShiftEnded { noted }).await
        })
    })
    .await
    .map(drop)
}
