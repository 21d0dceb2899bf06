//! What people write, dictate, photograph or share, outside of commands.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Result, Store,
    actor::{Channel, Permission},
    broadcast::{self, Reply as Said, Taking},
    emergency,
    page::Window,
    task::{
        AssignmentState, Status, Task,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;
use teloxide::types::Message;

use crate::{
    broadcasts::told,
    check_ins, commands,
    content::{Content, FILE_MOST, Spot},
    ctx::Ctx,
    dialogues, presence,
    reply::Reply,
    schema::Command,
    sos,
    state::{FinishStep, Stage},
};

mod about;
mod quoted;
mod waiting;
mod words;

use about::Help;

/// What begins so soon may be what words are about.
const SOON: TimeDelta = TimeDelta::hours(1);

/// The most open calls for help that those in command choose from.
const COMMANDED: u64 = 50;

/// A message: a button of the menu, an answer within a dialogue, a word that acts, or a report.
pub async fn run(ctx: &Ctx, message: &Message) -> Result<()> {
    if sos::heard(ctx, message).await? {
        return Ok(());
    }
    let text = message.text().unwrap_or_default();
    let is_cry = words::is_cry(text) && about::help(ctx).await?.is_some();
    let command = Command::of_label(text);
    if let Some(command) = command.filter(|_| !is_cry) {
        return commands::run(ctx, command, message).await;
    }
    if text.starts_with('/') {
        return ctx.reply(Reply::UnknownCommand).await;
    }
    let live = message
        .location()
        .filter(|place| place.live_period.is_some());
    if let Some(place) = live {
        return presence::share(ctx, presence::shared(place, message), true).await;
    }
    let Some(content) = Content::of(message) else {
        return ctx.reply(Reply::Unsupported).await;
    };
    if content.is_too_large() {
        return too_large(ctx, &content).await;
    }
    if dialogues::report::follows(ctx, &content).await? {
        return Ok(());
    }
    if words::replied(ctx, message, &content).await?
        || quoted::about_call(ctx, message, &content).await?
    {
        return Ok(());
    }
    if let Content::Text(text) = &content
        && check_ins::heard(ctx, text).await?
    {
        return Ok(());
    }
    if !matches!(ctx.state.stage, Stage::Idle) && acts(ctx, &content).await? {
        return Ok(());
    }
    match &ctx.state.stage {
        Stage::Idle => freely(ctx, content).await,
        _ if asks_for_help(ctx, &content).await? => Ok(()),
        Stage::Outdated => outdated(ctx).await,
        _ => dialogues::said(ctx, content).await,
    }
}

/// What cannot be kept goes on to others all the same, if he asks for help.
async fn too_large(ctx: &Ctx, content: &Content) -> Result<()> {
    if asks_for_help(ctx, content).await? {
        return Ok(());
    }
    ctx.reply(Reply::ReportTooLarge {
        megabytes: (FILE_MOST / 1024 / 1024).into(),
    })
    .await
}

/// What he sends after he called for help, or said in a broadcast that he needs it, is about that; unless he has begun
/// something else since. False when he did neither.
async fn asks_for_help(ctx: &Ctx, content: &Content) -> Result<bool> {
    let content = content.clone();
    match about::help(ctx).await? {
        Some(Help::Call(id)) => sos::reports(ctx, id, content).await?,
        Some(Help::Ended(task_id)) => sos::says_after(ctx, task_id, content).await?,
        Some(Help::Asked(id)) => told::tells(ctx, id, Some(Said::NeedsHelp), content).await?,
        Some(Help::At(at)) => sos::says_at(ctx, at.task_id, at.broadcast_id, content).await?,
        None => return Ok(false),
    }
    Ok(true)
}

/// In the middle of something else "voy" is still the answer to a call for help, as is "no puedo" where no words are awaited, or
/// it rang since; and "listo" where they are is none of them. False when it is none of these.
async fn acts(ctx: &Ctx, content: &Content) -> Result<bool> {
    let (Content::Text(text), Some(agent_id)) = (content, ctx.actor.agent_id) else {
        return Ok(false);
    };
    let is_work = matches!(
        ctx.state.stage,
        Stage::Report { .. } | Stage::Reason { .. } | Stage::Finish { .. }
    );
    // Whether there is anything to report is asked by buttons: what is written there is no answer to it.
    let by_buttons = matches!(
        ctx.state.stage,
        Stage::Finish {
            step: FinishStep::Outcome,
            ..
        }
    );
    let asked_for_words = is_work && !by_buttons;
    if is_work && locales::matches(&Sentence::WordDone, text) {
        return dialogues::finish::heard(ctx, text).await;
    }
    if !asked_for_words && words::needs_help(ctx, text).await? {
        return Ok(true);
    }
    let Some(said @ (Said::OnTheWay | Said::Declined)) = words::heard(text) else {
        return Ok(false);
    };
    let mut calls = words::calls(ctx, agent_id).await?;
    if said == Said::Declined && asked_for_words {
        calls.retain(|one| ctx.state.since.is_some_and(|step| step < one.at));
    }
    words::answer_one(ctx, &calls, said).await
}

async fn outdated(ctx: &Ctx) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.end(tx, Reply::Outdated).await }))
        .await
        .map(drop)
}

/// Outside of any dialogue.
async fn freely(ctx: &Ctx, content: Content) -> Result<()> {
    if let Content::Text(text) = &content {
        if dialogues::finish::heard(ctx, text).await? || words::needs_help(ctx, text).await? {
            return Ok(());
        }
        let answered = match words::heard(text) {
            Some(said) => {
                words::answer_newest(ctx, said).await? || words::answered_already(ctx, said).await?
            }
            None => words::speaks_of_coming(ctx, text).await?,
        };
        if answered {
            return Ok(());
        }
    }
    report(ctx, content).await
}

/// Such as `PAT-2026-0042`.
pub fn looks_like_a_code(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('-').collect();
    matches!(parts[..], [prefix, year, number]
        if (2..=5).contains(&prefix.len()) && year.len() == 4 && !number.is_empty()
            && [year, number].iter().all(|part| part.chars().all(|c| c.is_ascii_digit())))
}

/// The tasks that this person can be telling of: those in progress that he is on or leads, or else those that pause.
pub async fn running(ctx: &Ctx) -> Result<Vec<Task>> {
    open(ctx).await.map(told_of)
}

/// What he can choose from when it is asked what he tells of: the tasks he is at, else the calls for help that he commands, else
/// what he has not begun.
pub async fn to_tell_of(store: &Store, actor: &Actor) -> Result<Vec<Task>> {
    let open = match actor.agent_id {
        Some(agent_id) => list::open_of(store, actor, agent_id).await?,
        None => Vec::new(),
    };
    let told = told_of(open.clone());
    if !told.is_empty() {
        return Ok(told);
    }
    let commanded = commanded(store, actor).await?;
    Ok(match commanded.is_empty() {
        true => answered(open, actor.agent_id, store.now()),
        false => commanded,
    })
}

/// The open calls for help of those in command.
async fn commanded(store: &Store, actor: &Actor) -> Result<Vec<Task>> {
    if !actor.may_command() && !actor.has(Permission::Broadcast) {
        return Ok(Vec::new());
    }
    let filter = TaskFilter {
        statuses: vec![Status::Scheduled, Status::InProgress, Status::Paused],
        kind: Some(emergency::KIND.to_owned()),
        ..TaskFilter::default()
    };
    // Who sends broadcasts is told of every call, also of those whose tasks are none of his.
    let all = Actor::system(Channel::Bot);
    let reader = match actor.has(Permission::Broadcast) {
        true => &all,
        false => actor,
    };
    Ok(list::list(store, reader, filter, Window::first(COMMANDED))
        .await?
        .items)
}

/// Those of them that he goes to or is at, or said he has and that begin soon.
fn answered(mut tasks: Vec<Task>, agent_id: Option<i64>, now: DateTime<Utc>) -> Vec<Task> {
    let soon = |task: &Task| task.planned_start.is_none_or(|start| start <= now + SOON);
    tasks.retain(|task| {
        let his = agent_id.and_then(|id| task.assignment_of(id));
        match his.map(|one| one.state) {
            Some(AssignmentState::EnRoute | AssignmentState::OnSite) => true,
            Some(AssignmentState::Acknowledged) => soon(task),
            _ => false,
        }
    });
    tasks
}

/// Those of these open tasks that somebody can be telling of: a call for help that he is put on waits for no start.
pub fn told_of(tasks: Vec<Task>) -> Vec<Task> {
    let waits = |task: &Task| task.status == Status::Scheduled && is_emergency(task);
    let (mut told, others): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(waits);
    told.extend(at_work(others));
    told
}

/// Whether somebody called for help with it.
fn is_emergency(task: &Task) -> bool {
    task.kind.code == emergency::KIND
}

/// The open tasks that this person is on or leads.
pub async fn open(ctx: &Ctx) -> Result<Vec<Task>> {
    match ctx.actor.agent_id {
        Some(agent_id) => list::open_of(&ctx.store, &ctx.actor, agent_id).await,
        None => Ok(Vec::new()),
    }
}

/// Those of these tasks that somebody is at: in progress, or when none of them is, paused.
pub fn at_work(mut tasks: Vec<Task>) -> Vec<Task> {
    let runs = |task: &Task| task.status == Status::InProgress;
    let status = match tasks.iter().any(runs) {
        true => Status::InProgress,
        false => Status::Paused,
    };
    tasks.retain(|task| task.status == status);
    tasks
}

/// Becomes a report on his own call for help, else on the one task he is at; of several, it asks which.
async fn report(ctx: &Ctx, content: Content) -> Result<()> {
    if asks_for_help(ctx, &content).await? {
        return Ok(());
    }
    let tasks = running(ctx).await?;
    match (&tasks[..], &content) {
        ([task], _) => dialogues::report::save(ctx, task.id, content).await,
        ([], Content::Place(spot)) => presence::share(ctx, pin(ctx, spot), true).await,
        ([], _) if is_in_command(ctx).await? => which(ctx, content).await,
        ([], _) => without_task(ctx, content, false).await,
        _ => which(ctx, content).await,
    }
}

/// Whether what he says may be meant for the people of a call for help that he commands: any is open, and no open broadcast
/// in earnest asks him for words.
async fn is_in_command(ctx: &Ctx) -> Result<bool> {
    if commanded(&ctx.store, &ctx.actor).await?.is_empty() {
        return Ok(false);
    }
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let taking = broadcast::taking(&ctx.store, user_id).await?;
    Ok(taking.is_none_or(|one| !one.open || one.drill))
}

/// About his own call for help that has just ended, or the broadcast that asks him, if there is either; else about what he has
/// not begun, or his shift, but bare words only when he `says` that they are a report: then his shift goes before all of these.
pub async fn without_task(ctx: &Ctx, content: Content, says: bool) -> Result<()> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let taking = broadcast::taking(&ctx.store, user_id).await?;
    let ended = emergency::ended_of(&ctx.store, &ctx.actor).await?;
    if let Some(call) = ended.filter(|call| about::goes_before(call, taking.as_ref())) {
        return sos::says_after(ctx, call.task_id, content).await;
    }
    if let Some(one) = taking {
        let standing = broadcast::standing(&ctx.store, one.id, user_id).await?;
        let said = standing.and_then(|one| one.reply);
        let on_shift = says && !takes_reports(&one, said);
        return match on_shift
            && dialogues::report_shift::instead(ctx, content.clone(), true).await?
        {
            true => Ok(()),
            false => told::tells(ctx, one.id, said, content).await,
        };
    }
    if matches!(content, Content::Text(_)) && ctx.actor.agent_id.is_none() {
        return ctx.reply(Reply::NotUnderstood).await;
    }
    if says && dialogues::report_shift::instead(ctx, content.clone(), true).await? {
        return Ok(());
    }
    let begins = answered(open(ctx).await?, ctx.actor.agent_id, ctx.store.now());
    match &begins[..] {
        [task] => return dialogues::report::save(ctx, task.id, content).await,
        [_, ..] => return which(ctx, content).await,
        [] => {}
    }
    match dialogues::report_shift::instead(ctx, content, false).await? {
        true => Ok(()),
        false => not_kept(ctx).await,
    }
}

/// Whether even what he calls a report is about this broadcast: its end asked for it, or he said there that he needs help.
fn takes_reports(taking: &Taking, said: Option<Said>) -> bool {
    !taking.open || said == Some(Said::NeedsHelp)
}

/// There is no task that it could be about: one has to begin first, if he has any.
async fn not_kept(ctx: &Ctx) -> Result<()> {
    let tasks = open(ctx).await?;
    ctx.reply(match tasks.is_empty() {
        true => Reply::ReportNowhere,
        false => Reply::ReportNone,
    })
    .await
}

/// /novedad without a word and without a task: what is awaited, if anything is, but his shift goes before an open broadcast.
pub async fn nothing_to_report_on(ctx: &Ctx) -> Result<()> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let taking = broadcast::taking(&ctx.store, user_id).await?;
    let asked = about::help(ctx).await?.is_some() || taking.is_some_and(|one| !one.open);
    if !asked && dialogues::report_shift::begin(ctx).await? {
        return Ok(());
    }
    match asked || taking.is_some() {
        true => ctx.reply(Reply::ReportSend).await,
        false => not_kept(ctx).await,
    }
}

/// Where he was by this pin.
pub fn pin(ctx: &Ctx, spot: &Spot) -> domain::position::Shared {
    domain::position::Shared {
        point: spot.point,
        accuracy_m: spot.accuracy_m,
        source: domain::position::PositionSource::Pin,
        at: ctx.at,
    }
}

async fn which(ctx: &Ctx, content: Content) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            inner
                .enter(
                    tx,
                    Stage::ReportWhich {
                        content: Box::new(content),
                        more: Vec::new(),
                        at: Some(inner.at),
                    },
                )
                .await
        })
    })
    .await
    .map(drop)
}
