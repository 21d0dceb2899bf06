//! Somebody else takes a task that a leave breaks.

use domain::{
    Error, Result,
    agent::{self, AgentFilter, Candidate},
    assignment::{self, Crew},
    leave,
    task::load,
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    keyboards::{Button, Rows},
    lists,
    reply::Reply,
    screen::Screen,
    state::Stage,
    text,
    view::{View, plain, with},
};

/// Asks who; a hopeless case is told at once.
pub async fn begin(ctx: &Ctx, leave_id: i64, task_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            load::find_in(tx, &inner.actor, task_id).await?;
            let stage = Stage::Reassign {
                leave_id,
                task_id,
                page: 0,
            };
            inner.enter(tx, stage).await
        })
    })
    .await
    .map(drop)
}

pub async fn prompt(
    view: &View,
    serial: i64,
    (leave_id, task_id): (i64, i64),
    page: u32,
) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::DialogueOutdated)));
    };
    let task = load::find(&view.store, reader, task_id).await?;
    let leave = leave::find(&view.store, reader, leave_id).await?;
    let place = task.place.as_ref().and_then(|place| place.point);
    let on_it: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let mut people = agent::candidates(&view.store, reader, AgentFilter::default(), place).await?;
    people.retain(|one| one.agent.id != leave.agent_id && !on_it.contains(&one.agent.id));
    let code = task.code.clone().into();
    if people.is_empty() {
        let rows = with_cancel(view, serial, Rows::default());
        return Ok(with(
            rows,
            plain(view.say(&Sentence::TakeoverNone { code })),
        ));
    }
    let (shown, pages) = lists::slice(&people, page);
    let buttons = shown.iter().map(|one| {
        let button = Button::Step {
            serial,
            choice: format!("a:{:x}", one.agent.id),
        };
        (label(view, one), button)
    });
    let turn = |label: &Sentence, page: u32| choice(view, serial, label, format!("page:{page:x}"));
    let back = page
        .checked_sub(1)
        .map(|page| turn(&Sentence::ButtonPrevious, page));
    let next = (page + 1 < pages).then(|| turn(&Sentence::ButtonNext, page + 1));
    let rows = Rows::default()
        .column(buttons)
        .row(back.into_iter().chain(next));
    let question = Sentence::TakeoverAsk {
        code,
        name: leave.agent.into(),
    };
    Ok(with(
        with_cancel(view, serial, rows),
        plain(view.say(&question)),
    ))
}

fn label(view: &View, one: &Candidate) -> String {
    let free = text::availability(one.agent.availability, None, view.lang);
    view.say(&Sentence::CreatePerson {
        name: one.agent.name.clone().into(),
        detail: free.into(),
    })
}

pub async fn pressed(ctx: &Ctx, (leave_id, task_id): (i64, i64), choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    let number = i64::from_str_radix(value, 16).ok();
    match (word, number) {
        ("page", Some(page)) => turn(ctx, (leave_id, task_id), page).await,
        ("a", Some(agent_id)) => take_over(ctx, (leave_id, task_id), agent_id).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn turn(ctx: &Ctx, (leave_id, task_id): (i64, i64), page: i64) -> Result<()> {
    let stage = Stage::Reassign {
        leave_id,
        task_id,
        page: page.try_into().unwrap_or(0),
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.stay(tx, stage).await }))
        .await
        .map(drop)
}

/// The one on leave goes, the other comes; whoever led hands that over too.
async fn take_over(ctx: &Ctx, (leave_id, task_id): (i64, i64), agent_id: i64) -> Result<()> {
    let found = leave::find(&ctx.store, &ctx.actor, leave_id).await;
    let found = match found {
        Ok(leave) => leave,
        Err(Error::Refused(refusal)) => return ctx.refuse(*refusal, Some(task_id)).await,
        Err(error) => return Err(error),
    };
    let reason = Sentence::TakeoverReason {
        name: found.agent.into(),
    };
    let (inner, away, reason) = (ctx.clone(), found.agent_id, reason.to(ctx.lang));
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, task_id).await?;
            let others = task.held().map(|one| one.agent.agent_id);
            let mut agent_ids: Vec<i64> = others.filter(|id| *id != away).collect();
            agent_ids.push(agent_id);
            let lead = task.lead.as_ref().map(|lead| lead.agent_id);
            let crew = Crew {
                agent_ids,
                lead_agent_id: match lead == Some(away) {
                    true => Some(agent_id),
                    false => lead,
                },
                override_reason: Some(reason),
            };
            let task = assignment::assign(tx, &inner.actor, task_id, crew).await?;
            let name = task
                .assignment_of(agent_id)
                .map(|one| one.agent.name.clone())
                .unwrap_or_default();
            leave::refresh(tx, leave_id).await?;
            inner.end(tx, Reply::Reassigned { task_id, name }).await
        })
    })
    .await
    .map(drop)
}
