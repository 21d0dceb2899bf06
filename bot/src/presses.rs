//! Presses of buttons. What is pressed comes from outside: every right is judged anew.

use domain::{
    Error, Result, Tx,
    assignment::{self, Answer},
    group,
    outbox::{self, Lane, Message},
    remind,
    suggestion::{self, Answered},
    task::{
        Status,
        life::{self, Step},
        load,
    },
    user,
};
use futures::future::BoxFuture;
use locales::{Lang, Sentence};

use crate::{
    ctx::Ctx,
    dialogues, duty,
    keyboards::{Button, Verb},
    my_data, papers_asked,
    reply::Reply,
    state::{Ask, Stage},
};

/// Does what a press means.
pub async fn run(ctx: &Ctx, data: &str) -> Result<()> {
    match Button::parse(data) {
        Some(Button::Task { verb, id }) => task(ctx, verb, id).await,
        Some(Button::Broadcast { said, id }) => crate::broadcasts::answer(ctx, id, said).await,
        Some(Button::Sos) => crate::sos::begin(ctx).await,
        Some(Button::BroadcastEnd { how, id }) => {
            crate::broadcasts::roll_call::pressed(ctx, how, id).await
        }
        Some(Button::CheckIn { verb, id }) => crate::check_ins::pressed(ctx, verb, id).await,
        Some(Button::CheckEvery { task_id, minutes }) => {
            crate::check_ins::every(ctx, task_id, minutes).await
        }
        Some(Button::Silent { id, page }) => ctx.reply(Reply::Silent { id, page }).await,
        Some(Button::Help { verb, id }) => crate::sos::pressed(ctx, verb, id).await,
        Some(Button::Step { serial, choice }) if serial == ctx.state.serial => {
            dialogues::pressed(ctx, &choice).await
        }
        // A quick second tap on what was done by the first.
        Some(Button::Step { serial, .. }) if Some(serial) == ctx.state.before => ctx.ignore().await,
        Some(Button::Page { list, page }) => ctx.reply(Reply::Listing { list, page }).await,
        Some(Button::Language(lang)) => language(ctx, lang).await,
        Some(Button::Available(on)) => availability(ctx, on).await,
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

async fn task(ctx: &Ctx, verb: Verb, id: i64) -> Result<()> {
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

async fn undo(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let reopened = life::reopen(tx, &inner.actor, id, Step::default()).await?;
            let status = reopened.task.status;
            inner
                .say(
                    tx,
                    Reply::Undone {
                        task_id: id,
                        status,
                        missing: reopened.missing,
                    },
                )
                .await
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
    outbox::push(
        tx,
        vec![Message::ring(
            ctx.chat_id,
            ctx.actor.user_id,
            id,
            Lane::Answer,
        )],
    )
    .await
}

/// Asks for a reason; whether he may at all is judged when it comes, but a hopeless case is told at once.
pub async fn ask(ctx: &Ctx, ask: Ask, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, id).await?;
            dialogues::reason::check(&inner.actor, ask, &task)?;
            inner
                .enter(
                    tx,
                    Stage::Reason {
                        ask,
                        task_id: Some(id),
                    },
                )
                .await
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
            inner
                .actor
                .check(domain::actor::Act::Report, &task.stake())?;
            if task.status == Status::Cancelled {
                return Err(domain::Refusal::WrongStatus {
                    status: task.status,
                }
                .into());
            }
            inner.enter(tx, Stage::Report { task_id: id }).await
        })
    })
    .await?;
    Ok(())
}

async fn language(ctx: &Ctx, lang: Lang) -> Result<()> {
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

async fn availability(ctx: &Ctx, on: bool) -> Result<()> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return ctx.reply(Reply::NoAgent).await;
    };
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            if !on {
                return inner
                    .enter(
                        tx,
                        Stage::Reason {
                            ask: Ask::Unavailable,
                            task_id: None,
                        },
                    )
                    .await;
            }
            domain::agent::set_availability(tx, &inner.actor, agent_id, false, None, None).await?;
            inner.say(tx, Reply::AvailableAgain).await
        })
    })
    .await?;
    Ok(())
}
