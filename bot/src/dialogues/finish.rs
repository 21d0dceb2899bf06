//! Finishing a task: two taps, or one word.

mod before;
mod began;
pub mod sure;
mod which;

use chrono::{DateTime, Utc};
use domain::{
    Refusal, Result, Tx,
    actor::Act,
    agent,
    report::ReportKind,
    task::{
        Status, Task,
        life::{self, Step},
        load,
    },
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{choice, create::when, permitted, report, with_cancel},
    emergencies,
    keyboards::Rows,
    presses,
    reply::{CreateProblem, Reply},
    screen::Screen,
    state::{Ask, FinishStep, Stage},
    view::{View, plain, with},
};

pub use which::{by_command, chosen, heard, which};

/// Choices of the outcome step and of the question when it started.
const CLEAN: &str = "clean";
const EVENTFUL: &str = "report";
const SKIP: &str = "skip";
/// It shall end although whoever called wrote meanwhile.
const SURE: &str = "sure";

/// The button was pressed: the lead is asked for the outcome, a supervisor first for his reason.
pub async fn begin(ctx: &Ctx, task_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, task_id).await?;
            let stage = first_step(&inner, &task)?;
            inner.enter(tx, stage).await
        })
    })
    .await
    .map(drop)
}

fn first_step(ctx: &Ctx, task: &Task) -> Result<Stage, Refusal> {
    if !task.is_open() {
        return Err(ended(task));
    }
    let stake = task.stake();
    if ctx.actor.may(Act::Complete, &stake) {
        return Ok(Stage::Finish {
            task_id: task.id,
            step: FinishStep::Outcome,
            reason: None,
            started_at: None,
        });
    }
    if ctx.actor.may(Act::ForceComplete, &stake) {
        return Ok(Stage::Reason {
            ask: Ask::ForceFinish,
            task_id: Some(task.id),
        });
    }
    Err(Refusal::NotLead {
        lead: task.lead.as_ref().map(|lead| lead.name.clone()),
    })
}

fn ended(task: &Task) -> Refusal {
    let completed = task.status == Status::Completed;
    match task.ended_at.filter(|_| completed) {
        Some(at) => Refusal::AlreadyCompleted {
            by: task.ended_by.as_ref().map(|user| user.name.clone()),
            at,
        },
        None => Refusal::WrongStatus {
            status: task.status,
        },
    }
}

/// A supervisor gave his reason.
pub async fn forced(ctx: &Ctx, task_id: i64, reason: String) -> Result<()> {
    let stage = Stage::Finish {
        task_id,
        step: FinishStep::Outcome,
        reason: Some(reason),
        started_at: None,
    };
    go(ctx, stage).await
}

/// He chose one of the usual reasons, which says all there is to say.
pub async fn at_once(ctx: &Ctx, task_id: i64, reason: String) -> Result<()> {
    complete(ctx, task_id, Step::because(reason), None).await
}

/// Asks in this step. Before a call for help ends although the caller wrote since this `began`, his words stand above.
pub async fn prompt(
    view: &View,
    serial: i64,
    (task_id, step): (i64, FinishStep),
    began: Option<DateTime<Utc>>,
) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::FinishNone)));
    };
    let task = load::find(&view.store, reader, task_id).await?;
    let code = task.code.clone().into();
    let pick = |label: Sentence, word: &str| choice(view, serial, &label, word);
    let (question, rows) = match step {
        FinishStep::Outcome => (
            Sentence::FinishAskOutcome {
                code,
                title: task.title.clone().into(),
            },
            Rows::default().row([
                pick(Sentence::ButtonNothingToReport, CLEAN),
                pick(Sentence::ButtonSomethingToReport, EVENTFUL),
            ]),
        ),
        FinishStep::Report => (Sentence::FinishAskReport { code }, Rows::default()),
        FinishStep::Started | FinishStep::Began => (
            Sentence::FinishAskStarted { code },
            Rows::default().row([pick(Sentence::ButtonSkip, SKIP)]),
        ),
        FinishStep::Sure => (
            Sentence::FinishAskSure { code },
            Rows::default().row([pick(Sentence::ButtonFinishAnyway, SURE)]),
        ),
    };
    let mut lines = match step {
        FinishStep::Sure => emergencies::meanwhile(view, task_id, began).await?,
        _ => Vec::new(),
    };
    lines.push(view.say(&question));
    if step == FinishStep::Outcome {
        lines.extend(before::lines(view, &task).await?);
    }
    Ok(with(
        with_cancel(view, serial, rows),
        plain(lines.join("\n")),
    ))
}

/// What was said on the way to the end.
pub fn so_far(reason: Option<String>, started_at: Option<DateTime<Utc>>) -> Step {
    Step {
        reason,
        started_at,
        ..Step::default()
    }
}

/// A step of that way, with what was said so far.
fn stage(task_id: i64, step: FinishStep, so_far: Step) -> Stage {
    Stage::Finish {
        task_id,
        step,
        reason: so_far.reason,
        started_at: so_far.started_at,
    }
}

/// A button of the outcome step, or of the question when it started.
pub async fn pressed(
    ctx: &Ctx,
    task_id: i64,
    step: FinishStep,
    so_far: Step,
    choice: &str,
) -> Result<()> {
    match (step, choice) {
        (FinishStep::Outcome, CLEAN) => {
            began::asked(ctx, task_id, FinishStep::Started, so_far).await
        }
        (FinishStep::Outcome, EVENTFUL) => {
            began::asked(ctx, task_id, FinishStep::Began, so_far).await
        }
        (FinishStep::Started | FinishStep::Began, SKIP) => {
            began::known(ctx, task_id, step, so_far).await
        }
        (FinishStep::Sure, SURE) => complete(ctx, task_id, so_far, None).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn go(ctx: &Ctx, stage: Stage) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(drop)
}

/// The report before the end, or the time it started.
pub async fn said(
    ctx: &Ctx,
    task_id: i64,
    step: FinishStep,
    so_far: Step,
    content: Content,
) -> Result<()> {
    match (step, content) {
        (FinishStep::Report, content) => reported(ctx, task_id, so_far, content).await,
        (FinishStep::Started | FinishStep::Began, Content::Text(text)) => {
            started(ctx, task_id, step, so_far, &text).await
        }
        (FinishStep::Started | FinishStep::Began, _) => ctx.explain(Reply::Write).await,
        (FinishStep::Outcome | FinishStep::Sure, _) => ctx.explain(Reply::Choose).await,
    }
}

/// The report, after which it is finished; one that may not be kept is asked for in another form.
async fn reported(ctx: &Ctx, task_id: i64, so_far: Step, content: Content) -> Result<()> {
    use ReportKind::{Photo, Video, Voice};
    let media = matches!(content.kind(), Photo | Video | Voice);
    if media && !permitted::media(ctx).await? {
        return Ok(());
    }
    complete(ctx, task_id, so_far, Some(content)).await
}

/// When it began, in words.
async fn started(
    ctx: &Ctx,
    task_id: i64,
    step: FinishStep,
    so_far: Step,
    text: &str,
) -> Result<()> {
    if locales::matches(&Sentence::ButtonSkip, text) {
        return began::known(ctx, task_id, step, so_far).await;
    }
    let zone = ctx.store.rules().zone;
    let Some(at) = when::past(text, ctx.store.now(), zone) else {
        let problem = CreateProblem::TimeUnclear;
        return ctx.explain(Reply::CreateProblem { problem }).await;
    };
    let so_far = Step {
        started_at: Some(at),
        ..so_far
    };
    began::known(ctx, task_id, step, so_far).await
}

/// Completes, with the report if there is one, in one transaction; a call for help only once whoever ends it has read what the
/// caller wrote meanwhile.
async fn complete(ctx: &Ctx, task_id: i64, step: Step, content: Option<Content>) -> Result<()> {
    if sure::is_asked(ctx, task_id).await? {
        return sure::ask(ctx, task_id, step, content).await;
    }
    let inner = ctx.clone();
    ctx.attempt_ending(Some(task_id), move |tx| {
        Box::pin(async move { finish(tx, &inner, task_id, step, content).await })
    })
    .await
    .map(drop)
}

async fn finish(
    tx: &mut Tx,
    ctx: &Ctx,
    task_id: i64,
    step: Step,
    content: Option<Content>,
) -> Result<()> {
    if let Some(content) = content {
        report::add(tx, ctx, task_id, content).await?;
    }
    let task = load::find_in(tx, &ctx.actor, task_id).await?;
    let crew: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    life::complete(tx, &ctx.actor, task_id, step).await?;
    let freed = agent::released(tx, &crew).await?;
    ctx.end(tx, Reply::Finished { task_id, freed }).await?;
    // Whoever does not lead it may have no card of it, and on that he takes it back.
    match ctx.actor.may(Act::Complete, &task.stake()) {
        true => Ok(()),
        false => presses::ring(tx, ctx, task_id).await,
    }
}
