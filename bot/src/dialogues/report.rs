//! Reports: what they are about, and that they are kept.

use domain::{
    Result, report,
    task::{Status, list},
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{tasks_to_choose, with_cancel},
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    state::Stage,
    view::{View, plain, with},
};

/// Keeps a report and ends the dialogue it came in, if any.
pub async fn save(ctx: &Ctx, task_id: i64, content: Content) -> Result<()> {
    let (inner, kind) = (ctx.clone(), content.kind());
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            report::add(tx, &inner.actor, task_id, content.report(inner.at)).await?;
            let saved = Reply::Reported { task_id, kind };
            match inner.state.stage {
                Stage::Idle => inner.say(tx, saved).await,
                _ => inner.end(tx, saved).await,
            }
        })
    })
    .await
    .map(drop)
}

pub async fn prompt(view: &View, serial: i64, task_id: i64) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::ReportAsk)));
    };
    let task = domain::task::load::find(&view.store, reader, task_id).await?;
    let question = Sentence::ReportAskFor {
        code: task.code.into(),
    };
    Ok(with(
        with_cancel(view, serial, Rows::default()),
        plain(view.say(&question)),
    ))
}

/// Asks which of several tasks in progress it is about.
pub async fn which(view: &View, serial: i64, page: u32) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::ReportAsk)));
    };
    let tasks = list::open_of(&view.store, reader, reader.agent_id.unwrap_or_default()).await?;
    let running: Vec<_> = tasks
        .iter()
        .filter(|task| task.status == Status::InProgress)
        .collect();
    Ok(with(
        tasks_to_choose(view, serial, &running, page),
        plain(view.say(&Sentence::ReportWhich {
            count: running.len().into(),
        })),
    ))
}

/// The task was chosen: what waits is kept, or the content is asked for.
pub async fn chosen(ctx: &Ctx, content: Option<Content>, choice: &str) -> Result<()> {
    let Ok(task_id) = i64::from_str_radix(choice, 16) else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    if let Some(content) = content {
        return save(ctx, task_id, content).await;
    }
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            domain::task::load::find_in(tx, &inner.actor, task_id).await?;
            inner.go(tx, Stage::Report { task_id }).await
        })
    })
    .await
    .map(drop)
}
