//! A new task that was left half-made for something else: that it is kept, and the way back to it.

use domain::Result;
use locales::Sentence;

use crate::{
    ctx::Ctx,
    keyboards::{Button, Rows},
    screen::Screen,
    view::{View, plain, with},
};

/// The choice that leads back to it, from any step.
pub const RESUME: &str = "resume";

pub fn left(view: &View) -> Screen {
    let label = view.say(&Sentence::ButtonCreateResume);
    let (serial, choice) = (0, RESUME.to_owned());
    let rows = Rows::default().row([(label, Button::Step { serial, choice })]);
    with(rows, plain(view.say(&Sentence::CreateLeft)))
}

/// Asks again what was asked when it was left. Nothing is done when none is kept.
pub async fn resume(ctx: &Ctx) -> Result<()> {
    let Some(draft) = ctx.state.kept.clone() else {
        return Ok(());
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, draft.stage()).await }))
        .await
        .map(drop)
}
