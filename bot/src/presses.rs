//! Presses of buttons. What is pressed comes from outside: every right is judged anew.

use domain::{
    Error, Result, group,
    suggestion::{self, Answered},
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    dialogues::{self, create::kept::RESUME},
    duty,
    keyboards::Button,
    my_data, papers_asked,
    reply::Reply,
    state::Stage,
};

mod own;
mod task;

pub use task::{ask, ring};

/// Does what a press means.
pub async fn run(ctx: &Ctx, data: &str) -> Result<()> {
    match Button::parse(data) {
        Some(Button::Task { verb, id }) => task::pressed(ctx, verb, id).await,
        Some(Button::Broadcast { said, id }) => crate::broadcasts::answer(ctx, id, said).await,
        Some(Button::Sos) => crate::sos::begin(ctx).await,
        Some(Button::BroadcastEnd { how, id }) => {
            crate::broadcasts::end::pressed(ctx, how, id).await
        }
        Some(Button::CheckIn { verb, id }) => crate::check_ins::pressed(ctx, verb, id).await,
        Some(Button::CheckEvery { task_id, minutes }) => {
            crate::check_ins::every(ctx, task_id, minutes).await
        }
        Some(Button::Silent { id, page }) => ctx.reply(Reply::Silent { id, page }).await,
        Some(Button::Help { verb, id }) => crate::sos::pressed(ctx, verb, id).await,
        Some(Button::Step { choice, .. }) if choice == RESUME && ctx.state.kept.is_some() => {
            dialogues::create::kept::resume(ctx).await
        }
        Some(Button::Step { serial, choice }) if serial == ctx.state.serial => {
            dialogues::pressed(ctx, &choice).await
        }
        // A quick second tap on what was done by the first.
        Some(Button::Step { serial, .. }) if Some(serial) == ctx.state.before => ctx.ignore().await,
        Some(Button::Page { list, page }) => ctx.reply(Reply::Listing { list, page }).await,
        Some(Button::Language(lang)) => own::language(ctx, lang).await,
        Some(Button::Available(on)) => own::availability(ctx, on).await,
        Some(Button::Duty { verb, id }) => duty::pressed(ctx, verb, id).await,
        Some(Button::Group { on: false, id }) => end_group(ctx, id).await,
        Some(Button::Groups { page }) => {
            let fresh = false;
            ctx.reply(Reply::MyGroups { page, fresh }).await
        }
        Some(Button::Suggest { accept, id }) => suggest(ctx, accept, id).await,
        Some(Button::Reassign { leave_id, task_id }) => {
            dialogues::reassign::begin(ctx, leave_id, task_id).await
        }
        Some(Button::Found { words, before }) => {
            let fresh = false;
            ctx.reply(Reply::Found {
                words,
                before,
                fresh,
            })
            .await
        }
        Some(Button::History { past, behind }) => {
            let fresh = false;
            ctx.reply(Reply::History {
                past,
                behind,
                fresh,
            })
            .await
        }
        Some(Button::MyFile) => ctx.reply(Reply::MyFile).await,
        Some(Button::Consent { purpose, granted }) => my_data::decide(ctx, purpose, granted).await,
        Some(Button::Counted {
            what,
            unit_id,
            page,
        }) => {
            ctx.reply(Reply::Counted {
                what,
                unit_id,
                page,
            })
            .await
        }
        Some(Button::Papers(asked)) => papers_asked::pressed(ctx, asked).await,
        Some(Button::Figures { span, own }) => ctx.reply(Reply::Figures { span, own }).await,
        // A link that was opened by somebody who is enrolled already.
        Some(Button::Accept { code }) => crate::commands::relink(ctx, code).await,
        Some(Button::Refuse) => ctx.reply(Reply::Dropped).await,
        // A unit is chosen in the group itself.
        Some(Button::Step { .. } | Button::Group { .. }) | None => outdated(ctx).await,
    }
}

/// A button of an earlier step: the present step is shown again, if there is one.
async fn outdated(ctx: &Ctx) -> Result<()> {
    ctx.toast(&Sentence::DialogueButtonGone);
    match ctx.state.stage {
        Stage::Idle => ctx.reply(Reply::ButtonGone).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

/// Nothing more comes to a group.
async fn end_group(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            group::end(tx, &inner.actor, id).await?;
            let (page, fresh) = (0, true);
            inner.say(tx, Reply::MyGroups { page, fresh }).await
        })
    })
    .await
    .map(drop)
}

/// Adds the best of those who are free to a task, or nobody.
async fn suggest(ctx: &Ctx, accept: bool, id: i64) -> Result<()> {
    let task_id = match suggestion::find(&ctx.store, id).await {
        Ok(found) => found.task_id,
        Err(Error::Refused(refusal)) => return ctx.refuse(*refusal, None).await,
        Err(error) => return Err(error),
    };
    let inner = ctx.clone();
    let done = ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            let answered = match accept {
                true => suggestion::accept(tx, &inner.actor, id).await?,
                false => suggestion::reject(tx, &inner.actor, id).await?,
            };
            match &answered {
                Answered::Added(names) => {
                    let names = names.clone();
                    inner.say(tx, Reply::CrewGrew { task_id, names }).await
                }
                Answered::Nobody => inner.say(tx, Reply::NobodyFree { task_id }).await,
                Answered::Kept => inner.say(tx, Reply::SuggestionRejected { task_id }).await,
                // The card shows who is on it.
                Answered::Before => ring(tx, &inner, task_id).await,
            }?;
            Ok(answered)
        })
    });
    if done.await? == Some(Answered::Before) {
        ctx.toast(&Sentence::DialogueButtonGone);
    }
    Ok(())
}
