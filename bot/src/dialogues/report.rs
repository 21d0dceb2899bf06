//! Reports on tasks: which they are about, and that they are kept.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Result, Tx, emergency,
    report::{self, About},
    task::Task,
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{report_shift, tasks_to_choose, with_cancel},
    keyboards::Rows,
    presence,
    reply::Reply,
    says,
    screen::Screen,
    state::Stage,
    view::{View, plain, with},
};

/// The most that waits for one answer: Telegram's albums have no more.
const HELD_MOST: usize = 10;

/// Keeps a report and ends the dialogue it came in, if any.
pub async fn save(ctx: &Ctx, task_id: i64, content: Content) -> Result<()> {
    save_all(ctx, task_id, vec![content], ctx.at).await
}

/// The same for what came together. A refusal ends the step that waits for a report on one task, which may never take
/// anything again; of several tasks another can be chosen.
async fn save_all(
    ctx: &Ctx,
    task_id: i64,
    contents: Vec<Content>,
    at: DateTime<Utc>,
) -> Result<()> {
    let inner = Ctx { at, ..ctx.clone() };
    let saved = if matches!(ctx.state.stage, Stage::Report { .. }) {
        ctx.attempt_ending(Some(task_id), move |tx| {
            Box::pin(async move { keep(tx, &inner, task_id, contents).await })
        })
        .await
    } else {
        ctx.attempt(Some(task_id), move |tx| {
            Box::pin(async move { keep(tx, &inner, task_id, contents).await })
        })
        .await
    };
    saved.map(drop)
}

/// Adds everything to the task, and says so; what cries for help is told to those who answer for it.
async fn keep(tx: &mut Tx, ctx: &Ctx, task_id: i64, contents: Vec<Content>) -> Result<()> {
    let (mut kept, mut cry) = (Vec::new(), None);
    for content in contents {
        let (kind, cries) = (content.kind(), content.cries());
        let id = add(tx, ctx, task_id, content).await?;
        cry = cry.or(cries.then_some(id));
        kept.push((id, kind));
    }
    let told = match cry {
        Some(id) => report::cried(tx, &ctx.actor, task_id, id).await?,
        None => Vec::new(),
    };
    let saved = match kept[..] {
        [_, ..] if !told.is_empty() => Reply::ReportCried {
            task_id,
            names: told,
        },
        [(_, kind)] => saved(tx, ctx, task_id, kind).await?,
        [(first, _), ..] => Reply::ReportedAlbum { task_id, first },
        [] => Reply::ReportDropped,
    };
    match ctx.state.stage {
        Stage::Idle => ctx.say(tx, saved).await,
        _ => ctx.end(tx, saved).await,
    }
}

/// That one report is kept, and on a call for help who hears it.
async fn saved(tx: &Tx, ctx: &Ctx, task_id: i64, kind: report::ReportKind) -> Result<Reply> {
    let heard = emergency::heard_by(tx, &ctx.actor, task_id).await?;
    Ok(match heard {
        Some(heard) => Reply::SosReported {
            task_id,
            kind,
            names: heard.names,
            drill: heard.drill,
            quiet: heard.quiet,
            over: false,
        },
        None => Reply::Reported { task_id, kind },
    })
}

/// Adds a report, or a part of an album, to a task; returns its id.
pub async fn add(tx: &mut Tx, ctx: &Ctx, task_id: i64, content: Content) -> Result<i64> {
    let album = content.album().map(str::to_owned);
    let file = content.attached();
    presence::pinned(tx, ctx, &content).await?;
    let new = content.report(ctx.at);
    let id = report::add_part(tx, &ctx.actor, task_id, new, album.as_deref()).await?;
    if let Some(file) = file {
        emergency::pass_on(tx, &ctx.actor, task_id, file).await?;
    }
    Ok(id)
}

/// The rest of an album goes where its first part went, whatever was done since. False when nothing of it is kept.
pub async fn follows(ctx: &Ctx, content: &Content) -> Result<bool> {
    let Some(album) = content.album() else {
        return Ok(false);
    };
    let Some(begun) = report::album(&ctx.store, &ctx.actor, album).await? else {
        return Ok(false);
    };
    let report::Album { about, first } = begun;
    let (inner, content) = (ctx.clone(), content.clone());
    let task_id = match about {
        About::Task(id) => id,
        About::Shift(id) => {
            report_shift::follows(ctx, id, first, content).await?;
            return Ok(true);
        }
    };
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            add(tx, &inner, task_id, content).await?;
            inner.say(tx, Reply::ReportedAlbum { task_id, first }).await
        })
    })
    .await?;
    Ok(true)
}

/// While it is asked which task a report is about, the rest of its album waits beside it, and words for the people of a call for
/// help join those that wait. Anything else is not kept, and that is said.
pub async fn more(
    ctx: &Ctx,
    (first, at): (Content, Option<DateTime<Utc>>),
    mut more: Vec<Content>,
    content: Content,
) -> Result<()> {
    if let Some(all) = joined(&first, &content).filter(|_| more.is_empty())
        && is_for_a_call(ctx).await?
    {
        return ask_again(ctx, all, at).await;
    }
    let together = content.album().is_some() && content.album() == first.album();
    if !together || more.len() + 1 >= HELD_MOST {
        return ctx.explain(Reply::ReportWaits).await;
    }
    more.push(content);
    let content = Box::new(first);
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            inner
                .hold(tx, Stage::ReportWhich { content, more, at })
                .await
        })
    })
    .await
    .map(drop)
}

/// Both as one, where both are words and one report has room for them.
fn joined(first: &Content, second: &Content) -> Option<Content> {
    let (Content::Text(first), Content::Text(second)) = (first, second) else {
        return None;
    };
    let all = format!("{first}\n{second}");
    let fits = all.chars().count() <= report::TEXT_MOST;
    fits.then_some(Content::Text(all))
}

/// Whether it is asked which call for help of others they are for.
async fn is_for_a_call(ctx: &Ctx) -> Result<bool> {
    let tasks = says::to_tell_of(&ctx.store, &ctx.actor).await?;
    Ok(matches!(
        question(&ctx.actor, &tasks),
        Sentence::ReportWhichCall
    ))
}

async fn ask_again(ctx: &Ctx, held: Content, at: Option<DateTime<Utc>>) -> Result<()> {
    let inner = ctx.clone();
    let stage = Stage::ReportWhich {
        content: Box::new(held),
        more: Vec::new(),
        at,
    };
    ctx.write(move |tx| Box::pin(async move { inner.again(tx, stage).await }))
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

/// Asks which of several tasks he is at it is about.
pub async fn which(view: &View, serial: i64, page: u32) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::ReportAsk)));
    };
    let tasks = says::to_tell_of(&view.store, reader).await?;
    Ok(with(
        tasks_to_choose(view, serial, &tasks.iter().collect::<Vec<_>>(), page),
        plain(view.say(&question(reader, &tasks))),
    ))
}

fn question(reader: &Actor, tasks: &[Task]) -> Sentence {
    let his = |task: &Task| {
        reader
            .agent_id
            .and_then(|id| task.assignment_of(id).map(|_| ()))
    };
    match tasks.iter().any(|task| his(task).is_some()) {
        true => Sentence::ReportWhich {
            count: tasks.len().into(),
        },
        false => Sentence::ReportWhichCall,
    }
}

/// The task was chosen: what waits is kept, or the content is asked for.
pub async fn chosen(
    ctx: &Ctx,
    (held, at): (Vec<Content>, Option<DateTime<Utc>>),
    choice: &str,
) -> Result<()> {
    let Ok(task_id) = i64::from_str_radix(choice, 16) else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    if !held.is_empty() {
        // It happened when it was sent, not when its task was chosen.
        return save_all(ctx, task_id, held, at.unwrap_or(ctx.at)).await;
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
