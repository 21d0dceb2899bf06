//! Which task somebody means who says that one is finished: by its code, the one he leads, or one that he chooses.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Error, Result,
    actor::Act,
    task::{Status, Task, life::Step, list, load},
};
use locales::Sentence;

use super::{begin, complete, stage};
use crate::{
    ctx::Ctx,
    dialogues::tasks_to_choose,
    reply::Reply,
    says,
    screen::Screen,
    state::{FinishStep, Stage},
    text::cut,
    view::{View, plain, with},
};

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

/// "listo": completes at once when exactly one task fits, else it asks; so where nobody started it, when it began.
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
        [task] if task.status == Status::Scheduled => {
            enter(ctx, stage(task.id, FinishStep::Started, Step::default())).await
        }
        [task] => {
            let step = Step {
                at: late_end(ctx, task),
                ..Step::default()
            };
            complete(ctx, task.id, step, None).await
        }
        _ => ask_which(ctx).await,
    }
}

/// A word that came late tells when the work really ended, unless that was before it began.
fn late_end(ctx: &Ctx, task: &Task) -> Option<DateTime<Utc>> {
    ctx.late()
        .filter(|at| task.started_at.is_none_or(|start| *at >= start))
}

/// The tasks he leads and can mean.
async fn led(ctx: &Ctx) -> Result<Vec<Task>> {
    Ok(meant(&ctx.actor, says::open(ctx).await?))
}

/// Of these tasks those that this person is at and leads; where there are none, those he leads that nobody started.
fn meant(actor: &Actor, mut tasks: Vec<Task>) -> Vec<Task> {
    tasks.retain(|task| actor.may(Act::Complete, &task.stake()));
    let planned = |task: &Task| task.status == Status::Scheduled;
    let (planned, begun): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(planned);
    match begun.is_empty() {
        true => planned,
        false => says::at_work(begun),
    }
}

async fn ask_which(ctx: &Ctx) -> Result<()> {
    enter(ctx, Stage::FinishWhich).await
}

async fn enter(ctx: &Ctx, stage: Stage) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await
        .map(drop)
}

/// Asks which of the tasks he leads is finished.
pub async fn which(view: &View, serial: i64, page: u32) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::FinishNone)));
    };
    let agent_id = reader.agent_id.unwrap_or_default();
    let led = meant(reader, list::open_of(&view.store, reader, agent_id).await?);
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
