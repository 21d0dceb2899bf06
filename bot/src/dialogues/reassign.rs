//! Somebody else takes a task that a leave breaks.

use domain::{
    Actor, Error, Refusal, Result, Tx,
    actor::Act,
    agent::{self, Agent, AgentFilter, Candidate},
    assignment::{self, Crew},
    error::Thing,
    leave::{self, Leave},
    task::{Task, load},
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
    view::{View, plain, with},
    wording,
};

/// The leave, and the task that it breaks.
type Ids = (i64, i64);

/// How far the question is.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    pub page: u32,
    /// Chosen although outside of any shift.
    pub off_shift: Option<i64>,
    /// It is rather that he says that he cannot.
    pub unavailable: bool,
}

fn stage((leave_id, task_id): Ids, asked: Asked) -> Stage {
    Stage::Reassign {
        leave_id,
        task_id,
        page: asked.page,
        off_shift: asked.off_shift,
        unavailable: asked.unavailable,
    }
}

/// Asks who; a hopeless case is told at once.
pub async fn begin(ctx: &Ctx, leave_id: i64, task_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            let (task, _) = broken(tx, &inner.actor, (leave_id, task_id)).await?;
            inner.actor.check(Act::Assign, &task.stake())?;
            let first = stage((leave_id, task_id), Asked::default());
            inner.enter(tx, first).await
        })
    })
    .await
    .map(drop)
}

/// The task and the approved leave of somebody who is still on it.
async fn broken(tx: &Tx, actor: &Actor, (leave_id, task_id): Ids) -> Result<(Task, Leave)> {
    let leave = leave::approved(tx, actor, leave_id).await?;
    let task = load::find_in(tx, actor, task_id).await?;
    let on_it = task.held().any(|one| one.agent.agent_id == leave.agent_id);
    match on_it {
        true => Ok((task, leave)),
        false => Err(Refusal::Settled { what: Thing::Task }.into()),
    }
}

pub async fn prompt(
    view: &View,
    serial: i64,
    (leave_id, task_id): Ids,
    asked: Asked,
) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::DialogueOutdated)));
    };
    let task = load::find(&view.store, reader, task_id).await?;
    let leave = leave::find(&view.store, reader, leave_id).await?;
    if let Some(agent_id) = asked.off_shift {
        let agent = agent::find(&view.store, reader, agent_id).await?;
        return Ok(warning(view, serial, &task, (&agent, asked.unavailable)));
    }
    let page = asked.page;
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
    view.say(&Sentence::CreatePerson {
        name: one.agent.name.clone().into(),
        detail: view.availability(&one.agent).into(),
    })
}

/// Whoever was chosen says that he cannot then, needs help himself, or is outside of any shift.
fn warning(view: &View, serial: i64, task: &Task, (agent, unavailable): (&Agent, bool)) -> Screen {
    let (name, code) = (agent.name.clone().into(), task.code.clone().into());
    let question = match unavailable {
        true => Sentence::TakeoverUnavailable {
            name,
            availability: view.against(agent).into(),
            code,
        },
        false => Sentence::TakeoverOffShift { name, code },
    };
    let rows = Rows::default().row([choice(view, serial, &Sentence::ButtonConfirm, "ok")]);
    with(with_cancel(view, serial, rows), plain(view.say(&question)))
}

pub async fn pressed(ctx: &Ctx, ids: Ids, off_shift: Option<i64>, choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    let number = i64::from_str_radix(value, 16).ok();
    match (word, number, off_shift) {
        ("page", Some(page), None) => turn(ctx, ids, page).await,
        ("a", Some(agent_id), None) => take_over(ctx, ids, agent_id, false).await,
        ("ok", None, Some(agent_id)) => take_over(ctx, ids, agent_id, true).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn turn(ctx: &Ctx, ids: Ids, page: i64) -> Result<()> {
    let asked = Asked {
        page: page.try_into().unwrap_or(0),
        ..Asked::default()
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.stay(tx, stage(ids, asked)).await }))
        .await
        .map(drop)
}

async fn go(ctx: &Ctx, ids: Ids, asked: Asked) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage(ids, asked)).await }))
        .await
        .map(drop)
}

/// The one on leave goes, the other comes. Outside of a shift it asks once; who cannot at all leaves the list open.
async fn take_over(ctx: &Ctx, ids: Ids, agent_id: i64, agreed: bool) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .write(move |tx| Box::pin(async move { hand_on(tx, &inner, ids, agent_id, agreed).await }))
        .await;
    let refusal = match done {
        Err(Error::Refused(refusal)) => *refusal,
        done => return done.map(drop),
    };
    let about = Some(ids.1);
    match refusal {
        Refusal::Soft { conflicts } => {
            let asked = Asked {
                page: 0,
                off_shift: Some(agent_id),
                unavailable: conflicts.iter().any(wording::beside_shifts),
            };
            go(ctx, ids, asked).await
        }
        Refusal::OnLeave { .. } | Refusal::Overlap { .. } | Refusal::AgentInactive { .. } => {
            ctx.refuse(refusal, about).await
        }
        refusal => ctx.refuse_ending(refusal, about).await,
    }
}

/// Whoever led hands that over too.
async fn hand_on(tx: &mut Tx, ctx: &Ctx, ids: Ids, agent_id: i64, agreed: bool) -> Result<()> {
    leave::lock_hand_on(tx, ids.0, ids.1, agent_id).await?;
    let (task, leave) = broken(tx, &ctx.actor, ids).await?;
    let away = leave.agent_id;
    let reason = Sentence::TakeoverReason {
        name: leave.agent.into(),
    };
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
        override_reason: agreed.then(|| reason.to(ctx.lang)),
    };
    let task = assignment::assign(tx, &ctx.actor, task.id, crew).await?;
    let name = task
        .assignment_of(agent_id)
        .map(|one| one.agent.name.clone())
        .unwrap_or_default();
    leave::refresh(tx, ids.0).await?;
    let task_id = task.id;
    ctx.end(tx, Reply::Reassigned { task_id, name }).await
}
