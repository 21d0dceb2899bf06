//! Finishing a task: two taps, or one word.

mod before;
mod began;

use chrono::{DateTime, Utc};
use domain::{
    Error, Refusal, Result, Tx,
    actor::Act,
    agent,
    task::{
        Task,
        life::{self, Step},
        load,
    },
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{choice, create::when, report, tasks_to_choose, with_cancel},
    keyboards::Rows,
    presses,
    reply::{CreateProblem, Reply},
    says,
    screen::Screen,
    state::{Ask, FinishStep, Stage},
    text::cut,
    view::{View, plain, with},
};

/// Choices of the outcome step and of the question when it started.
const CLEAN: &str = "clean";
const EVENTFUL: &str = "report";
const SKIP: &str = "skip";

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
    match task
        .ended_at
        .filter(|_| task.status == domain::task::Status::Completed)
    {
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
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(drop)
}

/// He chose one of the usual reasons, which says all there is to say.
pub async fn at_once(ctx: &Ctx, task_id: i64, reason: String) -> Result<()> {
    complete(ctx, task_id, Step::because(reason), None).await
}

/// /finalizar: with a code that task, else the one he leads, else it asks which.
pub async fn by_command(ctx: &Ctx, code: &str) -> Result<()> {
    if !code.trim().is_empty() {
        return match load::by_code(&ctx.store, &ctx.actor, code).await {
            Ok(task) => begin(ctx, task.id).await,
            Err(Error::Refused(_)) => {
                ctx.reply(Reply::FinishUnknown {
                    code: cut(code.trim(), 30),
                })
                .await
            }
            Err(error) => Err(error),
        };
    }
    let led = led(ctx).await?;
    match &led[..] {
        [] => ctx.reply(Reply::NothingToFinish).await,
        [task] => begin(ctx, task.id).await,
        _ => ask_which(ctx).await,
    }
}

/// "listo", also with a code, or said twice over where he leads something ("listo, terminé"). Asked ("listo?") it only asks
/// back. False when it is something else.
pub async fn heard(ctx: &Ctx, text: &str) -> Result<bool> {
    let Some(rest) = locales::after(&Sentence::WordDone, text) else {
        return Ok(false);
    };
    let rest = rest.trim_end_matches('?').trim();
    let code = says::looks_like_a_code(rest).then_some(rest);
    let bare = locales::matches(&Sentence::WordDone, text);
    let twice = !bare && locales::matches(&Sentence::WordDone, rest);
    let meant = code.is_some() || bare || twice && !led(ctx).await?.is_empty();
    match (meant, text.contains('?')) {
        (false, _) => return Ok(false),
        (true, true) => by_command(ctx, code.unwrap_or_default()).await?,
        (true, false) => by_word(ctx, code).await?,
    }
    Ok(true)
}

/// "listo": completes at once when exactly one task fits, else it asks.
async fn by_word(ctx: &Ctx, code: Option<&str>) -> Result<()> {
    let mut led = led(ctx).await?;
    if let Some(code) = code {
        led.retain(|task| task.code.eq_ignore_ascii_case(code));
        // Not one that he leads and that runs: who does lead it is told as by the command.
        if led.is_empty() {
            return by_command(ctx, code).await;
        }
    }
    match &led[..] {
        [] => ctx.reply(Reply::NothingToFinish).await,
        [task] => {
            complete(
                ctx,
                task.id,
                Step {
                    at: late_end(ctx, task),
                    ..Step::default()
                },
                None,
            )
            .await
        }
        _ => ask_which(ctx).await,
    }
}

/// A word that came late tells when the work really ended, unless that was before it began.
fn late_end(ctx: &Ctx, task: &Task) -> Option<DateTime<Utc>> {
    ctx.late()
        .filter(|at| task.started_at.is_none_or(|start| *at >= start))
}

/// The tasks he is at and leads.
async fn led(ctx: &Ctx) -> Result<Vec<Task>> {
    let mut tasks = says::open(ctx).await?;
    tasks.retain(|task| ctx.actor.may(Act::Complete, &task.stake()));
    Ok(says::at_work(tasks))
}

async fn ask_which(ctx: &Ctx) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, Stage::FinishWhich).await }))
        .await
        .map(drop)
}

/// Asks which of the tasks he leads is finished.
pub async fn which(view: &View, serial: i64, page: u32) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::FinishNone)));
    };
    let agent_id = reader.agent_id.unwrap_or_default();
    let mut tasks = domain::task::list::open_of(&view.store, reader, agent_id).await?;
    tasks.retain(|task| reader.may(Act::Complete, &task.stake()));
    let led = says::at_work(tasks);
    let rows = tasks_to_choose(view, serial, &led.iter().collect::<Vec<_>>(), page);
    Ok(with(rows, plain(view.say(&Sentence::FinishWhich))))
}

/// One of several was chosen.
pub async fn chosen(ctx: &Ctx, choice: &str) -> Result<()> {
    match i64::from_str_radix(choice, 16) {
        Ok(id) => begin(ctx, id).await,
        Err(_) => ctx.explain(Reply::ButtonGone).await,
    }
}

pub async fn prompt(view: &View, serial: i64, task_id: i64, step: FinishStep) -> Result<Screen> {
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
    };
    let mut lines = vec![view.say(&question)];
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
        (FinishStep::Report, content) => complete(ctx, task_id, so_far, Some(content)).await,
        (FinishStep::Started | FinishStep::Began, Content::Text(text)) => {
            started(ctx, task_id, step, so_far, &text).await
        }
        (FinishStep::Started | FinishStep::Began, _) => ctx.explain(Reply::Write).await,
        (FinishStep::Outcome, _) => ctx.explain(Reply::Choose).await,
    }
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

/// Completes, with the report if there is one, in one transaction.
async fn complete(ctx: &Ctx, task_id: i64, step: Step, content: Option<Content>) -> Result<()> {
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
