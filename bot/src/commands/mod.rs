//! One entry per command.

use domain::{Refusal, Result};
use teloxide::types::Message;

use crate::{
    ctx::Ctx,
    dialogues,
    inflight::InboxId,
    keyboards::{Asked, List, Past, Span, WORDS},
    presses,
    reply::Reply,
    says,
    schema::Command,
    sos,
    state::Stage,
    strangers,
};

/// Does what a command asks for.
pub async fn run(ctx: &Ctx, command: Command, message: &Message) -> Result<()> {
    if !command.is_for(&ctx.actor) {
        return ctx.refuse(Refusal::NotAllowed, None).await;
    }
    match command {
        Command::Start(code) => start(ctx, &code, message).await,
        Command::Sos => sos::begin(ctx).await,
        Command::Tasks => tasks(ctx).await,
        Command::Create(line) => dialogues::create::begin(ctx, &line).await,
        Command::Finish(code) => dialogues::finish::by_command(ctx, &code).await,
        Command::Report(text) => report(ctx, &text).await,
        Command::Broadcast => dialogues::broadcast::begin(ctx).await,
        Command::Available => {
            ctx.reply(Reply::Listing {
                list: List::Available,
                page: 0,
            })
            .await
        }
        Command::State => ctx.reply(Reply::MyState).await,
        Command::Shift => ctx.reply(Reply::MyShifts).await,
        Command::Leave => dialogues::leave::begin(ctx).await,
        Command::MyData => ctx.reply(Reply::MyData).await,
        Command::Find(text) => find(ctx, &text).await,
        Command::History => history(ctx).await,
        Command::Papers => {
            let (asked, fresh) = (Asked::default(), true);
            ctx.reply(Reply::Papers { asked, fresh }).await
        }
        Command::Figures => {
            let (span, own) = (Span::Month, true);
            ctx.reply(Reply::Figures { span, own }).await
        }
        Command::Group => {
            let (page, fresh) = (0, true);
            ctx.reply(Reply::MyGroups { page, fresh }).await
        }
        Command::Language => ctx.reply(Reply::Languages).await,
        Command::Help => ctx.reply(Reply::Help).await,
        Command::Cancel => cancel(ctx).await,
    }
}

/// The menu; with a code, the link is used first.
async fn start(ctx: &Ctx, code: &str, message: &Message) -> Result<()> {
    if code.trim().is_empty() {
        return ctx.reply(Reply::Menu { enrolled: false }).await;
    }
    strangers::says(&ctx.store, InboxId(ctx.inbox_id), message).await
}

/// Somebody who is enrolled accepts another link: it must be his own.
pub async fn relink(ctx: &Ctx, code: String) -> Result<()> {
    let caller = domain::enrolment::Caller {
        telegram_id: ctx.chat_id,
        username: None,
        lang: ctx.actor.lang.clone(),
    };
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            domain::enrolment::enrol(tx, &code, caller).await?;
            inner.say(tx, Reply::Menu { enrolled: true }).await
        })
    })
    .await
    .map(drop)
}

/// Tasks and people by a few words.
async fn find(ctx: &Ctx, text: &str) -> Result<()> {
    let words = domain::task::list::wanted_words(text, WORDS);
    if words.is_empty() {
        return ctx.reply(Reply::FindUsage).await;
    }
    let (before, fresh) = (None, true);
    ctx.reply(Reply::Found {
        words,
        before,
        fresh,
    })
    .await
}

/// What is over, of one's units for those who have some.
async fn history(ctx: &Ctx) -> Result<()> {
    let past = Past {
        own: !ctx.actor.may_command(),
        ..Past::default()
    };
    let (behind, fresh) = (None, true);
    ctx.reply(Reply::History {
        past,
        behind,
        fresh,
    })
    .await
}

/// The open tasks: one as its card, several as a page of cards with a list to choose from.
async fn tasks(ctx: &Ctx) -> Result<()> {
    let tasks = domain::task::list::mine(&ctx.store, &ctx.actor).await?;
    let ids: Vec<i64> = tasks
        .iter()
        .take(crate::lists::PAGE)
        .map(|task| task.id)
        .collect();
    let many = tasks.len() != 1;
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            if many {
                inner
                    .say(
                        tx,
                        Reply::Listing {
                            list: List::Tasks,
                            page: 0,
                        },
                    )
                    .await?;
            }
            for id in ids.into_iter().rev() {
                presses::ring(tx, &inner, id).await?;
            }
            Ok(())
        })
    })
    .await
    .map(drop)
}

/// A report: the text at once, else what comes next, after the task is known. His own call for help goes before all tasks.
async fn report(ctx: &Ctx, text: &str) -> Result<()> {
    let call = domain::emergency::open_of(&ctx.store, &ctx.actor).await?;
    if let Some(call) = call.filter(|_| !text.trim().is_empty()) {
        let content = crate::content::Content::Text(text.trim().to_owned());
        return sos::reports(ctx, call.id, content).await;
    }
    let tasks = says::running(ctx).await?;
    let own = call.and_then(|call| call.task_id);
    let stage = match (own, &tasks[..], text.trim()) {
        (Some(task_id), ..) => Stage::Report { task_id },
        (None, [], "") => return says::nothing_to_report_on(ctx).await,
        (None, [], text) => {
            let content = crate::content::Content::Text(text.to_owned());
            return says::without_task(ctx, content, true).await;
        }
        (None, [task], "") => Stage::Report { task_id: task.id },
        (None, [task], text) => {
            let content = crate::content::Content::Text(text.to_owned());
            return dialogues::report::save(ctx, task.id, content).await;
        }
        (None, _, "") => Stage::ReportFor,
        (None, _, text) => Stage::ReportWhich {
            content: Box::new(crate::content::Content::Text(text.to_owned())),
            more: Vec::new(),
            at: Some(ctx.at),
        },
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await
        .map(drop)
}

async fn cancel(ctx: &Ctx) -> Result<()> {
    let call = domain::emergency::open_of(&ctx.store, &ctx.actor).await?;
    if let Some(call) = call.filter(|call| call.withdrawable) {
        return sos::withdraw(ctx, call.id).await;
    }
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            match inner.state.stage {
                Stage::Idle => inner.say(tx, Reply::NothingToCancel).await,
                _ => inner.end(tx, Reply::Dropped).await,
            }
        })
    })
    .await
    .map(drop)
}
