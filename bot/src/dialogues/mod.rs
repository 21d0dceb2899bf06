//! The dialogues: what each step asks, and what it makes of the answer.

use domain::{Error, Result, dialogue, task::Task};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    keyboards::{Button, Rows},
    lists,
    reply::Reply,
    schema::Command,
    screen::Screen,
    state::{Ask, FinishStep, Stage, State},
    storage,
    view::{View, below, plain},
};

pub mod assign;
pub mod away;
mod back;
pub mod broadcast;
mod calendar;
pub mod create;
pub mod finish;
pub mod handover;
pub mod leave;
mod permitted;
pub mod reason;
pub mod reassign;
pub mod report;
pub mod report_shift;
pub mod swap;

/// The prompt of the step the reader is in at this moment; nothing when he is in none.
pub async fn prompt(view: &View) -> Result<Option<Screen>> {
    match asked(view).await {
        // What it is about can no longer be seen.
        Err(Error::Refused(_)) => Ok(Some(plain(view.say(&Sentence::DialogueOutdated)))),
        asked => asked,
    }
}

async fn asked(view: &View) -> Result<Option<Screen>> {
    let state = state(view).await?;
    let (serial, back) = (state.serial, back::before(&state.stage).is_some());
    let asked = question(view, state).await?;
    Ok(match back {
        true => asked.map(|screen| back::offered(view, serial, screen)),
        false => asked,
    })
}

async fn question(view: &View, state: State) -> Result<Option<Screen>> {
    let State {
        serial,
        stage,
        page,
        began,
        ..
    } = state;
    match stage {
        Stage::Idle => Ok(None),
        Stage::Outdated => Ok(Some(plain(view.say(&Sentence::DialogueOutdated)))),
        Stage::Create(draft) | Stage::Assign(draft) => {
            create::prompt::prompt(view, serial, &draft).await.map(Some)
        }
        Stage::Reason { ask, task_id } => {
            let about = (ask, task_id);
            reason::prompt(view, serial, about, began).await.map(Some)
        }
        Stage::Away { .. } => away::prompt(view, serial).await.map(Some),
        Stage::Finish { task_id, step, .. } => {
            let about = (task_id, step);
            finish::prompt(view, serial, about, began).await.map(Some)
        }
        Stage::FinishWhich => finish::which(view, serial, page).await.map(Some),
        Stage::Report { task_id } => report::prompt(view, serial, task_id).await.map(Some),
        Stage::ReportShift { .. } => Ok(Some(report_shift::prompt(view, serial))),
        Stage::ReportWhich { content, .. } => {
            let which = report::which(view, serial, page).await?;
            Ok(Some(match content.cries() {
                true => below(&view.say(&Sentence::ReportCry), which),
                false => which,
            }))
        }
        Stage::ReportFor => report::which(view, serial, page).await.map(Some),
        Stage::HandOver { .. } => handover::prompt(view, serial).await.map(Some),
        Stage::Swap(draft) => swap::prompt(view, serial, &draft).await.map(Some),
        Stage::Broadcast(draft) => broadcast::prompt(view, serial, &draft).await.map(Some),
        Stage::Leave(draft) => Ok(Some(leave::prompt(view, serial, &draft))),
        Stage::RejectLeave { leave_id } => leave::ask_why(view, serial, leave_id).await.map(Some),
        Stage::Reassign {
            leave_id,
            task_id,
            page,
            off_shift,
            unavailable,
        } => {
            let asked = reassign::Asked {
                page,
                off_shift,
                unavailable,
            };
            let screen = reassign::prompt(view, serial, (leave_id, task_id), asked);
            screen.await.map(Some)
        }
    }
}

async fn state(view: &View) -> Result<State> {
    let Some(saved) = dialogue::find(&view.store, view.chat_id).await? else {
        return Ok(State::default());
    };
    Ok(storage::read(saved, view.now))
}

/// An answer in words, pictures or places. The words of the buttons that lead out and back do just that.
pub async fn said(ctx: &Ctx, content: Content) -> Result<()> {
    if is_word(&content, &[Sentence::ButtonCancel, Sentence::ButtonNo]) {
        return drop_it(ctx).await;
    }
    if is_word(&content, &[Sentence::ButtonBack]) && back::go(ctx).await? {
        return Ok(());
    }
    match ctx.state.stage.clone() {
        Stage::Create(draft) | Stage::Assign(draft) => create::said(ctx, *draft, content).await,
        Stage::Reason { ask, task_id } => match content {
            Content::Text(text) => reason::given(ctx, ask, task_id, text).await,
            _ => ctx.explain(Reply::Write).await,
        },
        Stage::Finish {
            task_id,
            step,
            reason,
            started_at,
        } => {
            let so_far = finish::so_far(reason, started_at);
            finish::said(ctx, task_id, step, so_far, content).await
        }
        Stage::Report { task_id } => report::save(ctx, task_id, content).await,
        Stage::ReportShift { shift_id } => report_shift::save(ctx, shift_id, content).await,
        Stage::HandOver { shift_id } => handover::said(ctx, shift_id, content).await,
        Stage::Broadcast(draft) => broadcast::said(ctx, *draft, content).await,
        Stage::Leave(draft) => leave::said(ctx, *draft, content).await,
        Stage::RejectLeave { leave_id } => match content {
            Content::Text(text) => leave::reject(ctx, leave_id, text).await,
            _ => ctx.explain(Reply::Write).await,
        },
        Stage::ReportWhich {
            content: first,
            more,
            at,
        } => report::more(ctx, (*first, at), more, content).await,
        Stage::Away { .. }
        | Stage::FinishWhich
        | Stage::ReportFor
        | Stage::Swap(_)
        | Stage::Reassign { .. } => ctx.explain(Reply::Choose).await,
        Stage::Idle | Stage::Outdated => ctx.reply(Reply::NotUnderstood).await,
    }
}

fn is_word(content: &Content, words: &[Sentence]) -> bool {
    let Content::Text(text) = content else {
        return false;
    };
    words.iter().any(|word| locales::matches(word, text))
}

/// A press of a button of the present step.
pub async fn pressed(ctx: &Ctx, choice: &str) -> Result<()> {
    if choice == CANCEL {
        return drop_it(ctx).await;
    }
    if choice == back::BACK && back::go(ctx).await? {
        return Ok(());
    }
    if let Some(page) = page(choice).filter(|_| pages(&ctx.state.stage)) {
        let inner = ctx.clone();
        let turned = ctx.write(move |tx| Box::pin(async move { inner.turn(tx, page).await }));
        return turned.await.map(drop);
    }
    match ctx.state.stage.clone() {
        Stage::Create(draft) | Stage::Assign(draft) => create::pressed(ctx, *draft, choice).await,
        Stage::Reason { ask, task_id } => reason::pressed(ctx, ask, task_id, choice).await,
        Stage::Away { reason } => away::pressed(ctx, reason, choice).await,
        Stage::Finish {
            task_id,
            step,
            reason,
            started_at,
        } => {
            let so_far = finish::so_far(reason, started_at);
            finish::pressed(ctx, task_id, step, so_far, choice).await
        }
        Stage::FinishWhich => finish::chosen(ctx, choice).await,
        Stage::ReportWhich { content, more, at } => {
            let held = std::iter::once(*content).chain(more).collect();
            report::chosen(ctx, (held, at), choice).await
        }
        Stage::ReportFor => report::chosen(ctx, (Vec::new(), None), choice).await,
        Stage::HandOver { shift_id } => handover::pressed(ctx, shift_id, choice).await,
        Stage::Swap(draft) => swap::pressed(ctx, *draft, choice).await,
        Stage::Broadcast(draft) => broadcast::pressed(ctx, *draft, choice).await,
        Stage::Leave(draft) => leave::pressed(ctx, *draft, choice).await,
        Stage::RejectLeave { leave_id } => leave::usual_why(ctx, leave_id, choice).await,
        Stage::Reassign {
            leave_id,
            task_id,
            off_shift,
            ..
        } => reassign::pressed(ctx, (leave_id, task_id), off_shift, choice).await,
        Stage::Report { .. } | Stage::ReportShift { .. } | Stage::Idle | Stage::Outdated => {
            ctx.reply(Reply::ButtonGone).await
        }
    }
}

/// Steps whose list is turned by the number of its page alone; others keep it in their draft.
fn pages(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::FinishWhich | Stage::ReportWhich { .. } | Stage::ReportFor
    )
}

fn page(choice: &str) -> Option<u32> {
    u32::from_str_radix(choice.strip_prefix("page:")?, 16).ok()
}

/// The buttons to the pages before and after this one.
pub fn turning(view: &View, serial: i64, page: u32, pages: u32) -> Vec<(String, Button)> {
    let page = page.min(pages.saturating_sub(1));
    let to = |label, page: u32| choice(view, serial, &label, format!("page:{page:x}"));
    let back = page
        .checked_sub(1)
        .map(|page| to(Sentence::ButtonPrevious, page));
    let next = (page + 1 < pages).then(|| to(Sentence::ButtonNext, page + 1));
    back.into_iter().chain(next).collect()
}

/// A page of tasks to choose from, each by its code and title.
pub fn tasks_to_choose(view: &View, serial: i64, tasks: &[&Task], page: u32) -> Rows {
    let (shown, pages) = lists::slice(tasks, page);
    let buttons = shown.iter().map(|task| {
        let label = Sentence::TasksButton {
            code: task.code.clone().into(),
            title: task.title.clone().into(),
        };
        choice(view, serial, &label, format!("{:x}", task.id))
    });
    let rows = Rows::default()
        .column(buttons)
        .row(turning(view, serial, page, pages));
    with_cancel(view, serial, rows)
}

/// The choice that leaves any dialogue without doing anything.
pub const CANCEL: &str = "x";

async fn drop_it(ctx: &Ctx) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.end(tx, Reply::Dropped).await }))
        .await
        .map(drop)
}

/// A button of a step.
pub fn choice(
    view: &View,
    serial: i64,
    label: &Sentence,
    choice: impl Into<String>,
) -> (String, Button) {
    (
        view.say(label),
        Button::Step {
            serial,
            choice: choice.into(),
        },
    )
}

/// The same, with a way out below.
pub fn with_cancel(view: &View, serial: i64, rows: Rows) -> Rows {
    rows.row([choice(view, serial, &Sentence::ButtonCancel, CANCEL)])
}

/// Help for the step one is in, else the commands of one's level.
pub async fn help(view: &View) -> Result<Screen> {
    if let Some(step) = help_of(&state(view).await?.stage) {
        return Ok(plain(view.say(&step)));
    }
    let mut lines = vec![view.say(&Sentence::HelpHeader)];
    if let Some(reader) = &view.reader {
        lines.extend(Command::of(reader).map(|command| view.say(&command.help())));
    }
    Ok(plain(lines.join("\n")))
}

fn help_of(stage: &Stage) -> Option<Sentence> {
    Some(match stage {
        Stage::Create(draft) | Stage::Assign(draft) => create::help(draft.step),
        Stage::Reason {
            ask: Ask::Decline, ..
        } => Sentence::HelpStepDeclineReason,
        Stage::Reason {
            ask: Ask::Pause, ..
        } => Sentence::HelpStepPauseReason,
        Stage::Reason {
            ask: Ask::CancelTask,
            ..
        } => Sentence::HelpStepCancelTaskReason,
        Stage::Reason {
            ask: Ask::Reopen, ..
        } => Sentence::HelpStepReopenReason,
        Stage::Reason {
            ask: Ask::ForceFinish,
            ..
        } => Sentence::HelpStepFinishReason,
        Stage::Reason {
            ask: Ask::Unavailable,
            ..
        } => Sentence::HelpStepStateReason,
        Stage::Away { .. } => Sentence::HelpStepStateUntil,
        Stage::Finish {
            step: FinishStep::Outcome,
            ..
        } => Sentence::HelpStepFinishOutcome,
        Stage::Finish {
            step: FinishStep::Report,
            ..
        } => Sentence::HelpStepFinishReport,
        Stage::Finish {
            step: FinishStep::Started | FinishStep::Began,
            ..
        } => Sentence::HelpStepFinishStarted,
        Stage::Finish {
            step: FinishStep::Sure,
            ..
        } => Sentence::HelpStepFinishSure,
        Stage::FinishWhich => Sentence::HelpStepFinishWhich,
        Stage::Report { .. } | Stage::ReportShift { .. } => Sentence::HelpStepReportContent,
        Stage::ReportWhich { .. } | Stage::ReportFor => Sentence::HelpStepReportTask,
        Stage::HandOver { .. } => Sentence::HelpStepHandover,
        Stage::Swap(draft) => swap::help(draft),
        Stage::Broadcast(draft) => broadcast::help(draft),
        Stage::Leave(draft) => leave::help(draft),
        Stage::RejectLeave { .. } => Sentence::HelpStepLeaveReject,
        Stage::Reassign { .. } => Sentence::HelpStepReassign,
        Stage::Idle | Stage::Outdated => return None,
    })
}
