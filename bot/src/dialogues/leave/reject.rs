//! Why a supervisor says no to a request for leave.

use domain::{Result, leave};
use locales::Sentence;

use super::REASON;
use crate::{
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    text::cut,
    view::{View, plain, with},
};

const REJECTIONS: [Sentence; 2] = [Sentence::LeaveRejectStaff, Sentence::LeaveRejectDates];

/// Asks a supervisor why he says no.
pub async fn ask_why(view: &View, serial: i64, leave_id: i64) -> Result<Screen> {
    let name = match &view.reader {
        Some(reader) => leave::find(&view.store, reader, leave_id).await?.agent,
        None => String::new(),
    };
    let buttons: Vec<_> = REJECTIONS
        .iter()
        .enumerate()
        .map(|(i, reason)| choice(view, serial, reason, i.to_string()))
        .collect();
    let rows = with_cancel(view, serial, Rows::default().pairs(&buttons));
    let question = Sentence::LeaveAskReject { name: name.into() };
    Ok(with(rows, plain(view.say(&question))))
}

pub async fn usual_why(ctx: &Ctx, leave_id: i64, choice: &str) -> Result<()> {
    match choice.parse::<usize>().ok().and_then(|i| REJECTIONS.get(i)) {
        Some(reason) => reject(ctx, leave_id, reason.to(ctx.lang)).await,
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

/// Rejects with a reason.
pub async fn reject(ctx: &Ctx, leave_id: i64, reason: String) -> Result<()> {
    let reason = cut(reason.trim(), REASON);
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            let why = Some(reason.clone());
            let leave = leave::decide(tx, &inner.actor, leave_id, false, why).await?;
            let name = leave.agent;
            inner.end(tx, Reply::LeaveRejected { name, reason }).await
        })
    })
    .await
    .map(drop)
}
