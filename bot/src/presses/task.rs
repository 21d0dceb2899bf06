//! The buttons of a task's card.

use domain::{
    Refusal, Result, Tx,
    actor::Act,
    assignment::{self, Answer},
    outbox::{self, Lane, Message},
    remind,
    task::{
        Status,
        life::{self, Step},
        load,
    },
};
use futures::future::BoxFuture;
use locales::Sentence;

use crate::{
    ctx::Ctx,
    dialogues,
    keyboards::Verb,
    reply::Reply,
    state::{Ask, Stage},
};

pub(super) async fn pressed(ctx: &Ctx, verb: Verb, id: i64) -> Result<()> {
    match verb {
        Verb::Acknowledge => answer(ctx, id, Answer::Acknowledge).await,
        Verb::EnRoute => answer(ctx, id, Answer::EnRoute).await,
        Verb::OnSite => answer(ctx, id, Answer::OnSite).await,
        Verb::Start | Verb::Resume => step(ctx, id, verb).await,
        Verb::Undo => undo(ctx, id).await,
        Verb::Show => show(ctx, id).await,
        Verb::Decline => ask(ctx, Ask::Decline, id).await,
        Verb::Pause => ask(ctx, Ask::Pause, id).await,
        Verb::Reopen => ask(ctx, Ask::Reopen, id).await,
        Verb::Cancel => ask(ctx, Ask::CancelTask, id).await,
        Verb::Report => report(ctx, id).await,
        Verb::Finish => dialogues::finish::begin(ctx, id).await,
        Verb::Extend => extend(ctx, id, false).await,
        Verb::ExtendAnyway => extend(ctx, id, true).await,
        Verb::Reinforce => reinforce(ctx, id).await,
        Verb::CheckIns => check_ins(ctx, id).await,
        Verb::Assign => dialogues::assign::begin(ctx, id).await,
    }
}

async fn check_ins(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            load::find_in(tx, &inner.actor, id).await?;
            inner.say(tx, Reply::CheckIns { task_id: id }).await
        })
    })
    .await
    .map(drop)
}

async fn answer(ctx: &Ctx, id: i64, answer: Answer) -> Result<()> {
    let (actor, word) = (ctx.actor.clone(), answer.clone());
    let done = ctx
        .attempt(Some(id), move |tx| {
            Box::pin(async move { assignment::answer(tx, &actor, id, answer).await })
        })
        .await?;
    if let Some(task) = done {
        let code = task.code.into();
        ctx.toast(&match word {
            Answer::EnRoute => Sentence::ProgressEnRoute { code },
            Answer::OnSite => Sentence::ProgressOnSite { code },
            _ => Sentence::ProgressAcknowledged { code },
        });
    }
    Ok(())
}

async fn step(ctx: &Ctx, id: i64, verb: Verb) -> Result<()> {
    let actor = ctx.actor.clone();
    let done = ctx
        .attempt(Some(id), move |tx| -> BoxFuture<'_, _> {
            Box::pin(async move {
                match verb {
                    Verb::Resume => life::resume(tx, &actor, id, Step::default()).await,
                    _ => life::start(tx, &actor, id, Step::default()).await,
                }
            })
        })
        .await?;
    if let Some(task) = done {
        let code = task.code.into();
        ctx.toast(&match verb {
            Verb::Resume => Sentence::ProgressResumed { code },
            _ => Sentence::ProgressStarted { code },
        });
    }
    Ok(())
}

/// Half an hour more; what it runs into is said first, unless that is `agreed` to.
async fn extend(ctx: &Ctx, id: i64, agreed: bool) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let task_id = id;
            let wanted = remind::extension(tx, &inner.actor, id).await?;
            if !agreed && !wanted.into.is_empty() {
                let (until, into) = (wanted.until, wanted.into);
                let ask = Reply::ExtendAsk {
                    task_id,
                    until,
                    into,
                };
                return inner.say(tx, ask).await;
            }
            let until = remind::extend(tx, &inner.actor, id).await?;
            inner.say(tx, Reply::Extended { task_id, until }).await
        })
    })
    .await
    .map(drop)
}

async fn reinforce(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let reply = match remind::reinforce(tx, &inner.actor, id).await? {
                true => Reply::ReinforceSent { task_id: id },
                false => Reply::ReinforceNobody { task_id: id },
            };
            inner.say(tx, reply).await
        })
    })
    .await
    .map(drop)
}

async fn undo(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let reopened = life::reopen(tx, &inner.actor, id, Step::default()).await?;
            let status = reopened.task.status;
            let undone = Reply::Undone {
                task_id: id,
                status,
                not_back: reopened.not_back,
                known: reopened.known,
            };
            inner.say(tx, undone).await
        })
    })
    .await?;
    Ok(())
}

/// The card as a new message at the end of the chat.
async fn show(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            load::find_in(tx, &inner.actor, id).await?;
            ring(tx, &inner, id).await
        })
    })
    .await?;
    Ok(())
}

/// Puts the card of a task at the end of the chat.
pub async fn ring(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let card = Message::ring(ctx.chat_id, ctx.actor.user_id, id, Lane::Answer);
    outbox::push(tx, vec![card]).await
}

/// Asks for a reason; whether he may at all is judged when it comes, but a hopeless case is told at once.
pub async fn ask(ctx: &Ctx, ask: Ask, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, id).await?;
            dialogues::reason::check(&inner.actor, ask, &task)?;
            let task_id = Some(id);
            inner.enter(tx, Stage::Reason { ask, task_id }).await
        })
    })
    .await?;
    Ok(())
}

async fn report(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, id).await?;
            inner.actor.check(Act::Report, &task.stake())?;
            let status = task.status;
            if status == Status::Cancelled {
                return Err(Refusal::WrongStatus { status }.into());
            }
            inner.enter(tx, Stage::Report { task_id: id }).await
        })
    })
    .await?;
    Ok(())
}
