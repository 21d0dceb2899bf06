//! What people write, dictate, photograph or share, outside of commands.

use domain::{
    Result,
    assignment::{self, Answer},
    broadcast::{self, Reply as Said},
    emergency,
    task::{AssignmentState, Status, Task, list},
};
use locales::Sentence;
use teloxide::types::Message;

use crate::{
    check_ins, commands,
    content::{Content, FILE_MOST, Spot},
    ctx::Ctx,
    dialogues, presence,
    reply::Reply,
    schema::Command,
    sos,
    state::Stage,
};

/// A message: a button of the menu, an answer within a dialogue, a word that acts, or a report.
pub async fn run(ctx: &Ctx, message: &Message) -> Result<()> {
    if sos::heard(ctx, message).await? {
        return Ok(());
    }
    let text = message.text().unwrap_or_default();
    if let Some(command) = Command::of_label(text) {
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
        return ctx
            .reply(Reply::ReportTooLarge {
                megabytes: (FILE_MOST / 1024 / 1024).into(),
            })
            .await;
    }
    if dialogues::report::follows(ctx, &content).await? {
        return Ok(());
    }
    if let Content::Text(text) = &content
        && replied(ctx, message, text).await?
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
        Stage::Outdated => outdated(ctx).await,
        _ => match sos::after_this_step(ctx).await? {
            Some(call) => sos::reports(ctx, call.id, content).await,
            None => dialogues::said(ctx, content).await,
        },
    }
}

/// In the middle of something else "voy" is still the answer to a call for help, and "listo" where words are awaited is
/// none of them. False when it is neither.
async fn acts(ctx: &Ctx, content: &Content) -> Result<bool> {
    let (Content::Text(text), Some(agent_id)) = (content, ctx.actor.agent_id) else {
        return Ok(false);
    };
    let asked_for_words = matches!(
        ctx.state.stage,
        Stage::Report { .. } | Stage::Reason { .. } | Stage::Finish { .. }
    );
    if asked_for_words && locales::matches(&Sentence::WordDone, text) {
        return dialogues::finish::by_word(ctx, None).await.map(|()| true);
    }
    if !locales::matches(&Sentence::WordGoing, text) {
        return Ok(false);
    }
    match emergency::asked_of(&ctx.store, agent_id).await? {
        Some((id, _)) => sos::go(ctx, id).await.map(|()| true),
        None => Ok(false),
    }
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
        if locales::matches(&Sentence::WordDone, text) {
            return dialogues::finish::by_word(ctx, None).await;
        }
        if let Some(code) =
            locales::after(&Sentence::WordDone, text).filter(|rest| looks_like_a_code(rest))
        {
            return dialogues::finish::by_word(ctx, Some(code.trim())).await;
        }
        if let Some(said) = heard(text)
            && acknowledge_newest(ctx, said).await?
        {
            return Ok(());
        }
    }
    report(ctx, content).await
}

/// Such as `PAT-2026-0042`.
fn looks_like_a_code(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('-').collect();
    matches!(parts[..], [prefix, year, number]
        if (2..=5).contains(&prefix.len()) && year.len() == 4 && !number.is_empty()
            && [year, number].iter().all(|part| part.chars().all(|c| c.is_ascii_digit())))
}

/// What a word by itself answers.
fn heard(text: &str) -> Option<Said> {
    [
        (Sentence::WordGoing, Said::OnTheWay),
        (Sentence::WordAnswer, Said::Acknowledged),
    ]
    .into_iter()
    .find_map(|(word, said)| locales::matches(&word, text).then_some(said))
}

/// "Recibido" in words answers the newest offer. False when there is none.
async fn acknowledge_newest(ctx: &Ctx, said: Said) -> Result<bool> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return Ok(heard_broadcast(ctx, said, None).await? || gets_going(ctx, said).await?);
    };
    let tasks = list::open_of(&ctx.store, &ctx.actor, agent_id).await?;
    let newest = tasks
        .iter()
        .filter_map(|task| task.assignment_of(agent_id).map(|mine| (task, mine)))
        .filter(|(_, mine)| mine.state == AssignmentState::Offered)
        .max_by_key(|(_, mine)| (mine.offered_at, mine.id));
    let help = emergency::asked_of(&ctx.store, agent_id).await?;
    let newest_at = newest
        .map(|(_, mine)| mine.offered_at)
        .max(help.map(|(_, at)| at));
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let sent = broadcast::waiting_of(&ctx.store, user_id).await?;
    let newest_of_all = newest_at.max(sent.map(|(_, at)| at));
    if said == Said::Acknowledged && check_ins::acknowledged(ctx, newest_of_all).await? {
        return Ok(true);
    }
    if heard_broadcast(ctx, said, newest_at).await? {
        return Ok(true);
    }
    if let Some((id, at)) = help
        && newest.is_none_or(|(_, mine)| mine.offered_at <= at)
    {
        return sos::go(ctx, id).await.map(|()| true);
    }
    let Some((task, _)) = newest else {
        return gets_going(ctx, said).await;
    };
    let (inner, id) = (ctx.clone(), task.id);
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            assignment::answer(tx, &inner.actor, id, Answer::Acknowledge).await?;
            crate::presses::ring(tx, &inner, id).await
        })
    })
    .await?;
    Ok(true)
}

/// A reply to the message of a broadcast answers it, whatever became of its buttons; other words stand beside the answer
/// he gave before. False when it is none, or is over and these words are no answer.
async fn replied(ctx: &Ctx, message: &Message, text: &str) -> Result<bool> {
    let Some(to) = message.reply_to_message() else {
        return Ok(false);
    };
    let shown = broadcast::shown_by(&ctx.store, ctx.chat_id, to.id.0.into()).await?;
    let Some(id) = shown else {
        return Ok(false);
    };
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let standing = broadcast::standing(&ctx.store, id, user_id).await?;
    let buttons = [
        (Sentence::ButtonNeedHelp, Said::NeedsHelp),
        (Sentence::ButtonDecline, Said::Declined),
        (Sentence::ButtonEnRoute, Said::OnTheWay),
    ];
    let button = buttons
        .iter()
        .find(|(word, _)| locales::after(word, text).is_some());
    let bare = match button {
        Some((word, said)) => locales::matches(word, text).then_some(*said),
        None => heard(text),
    };
    let before = standing.filter(|one| one.open);
    let said = bare
        .or(button.map(|(_, said)| *said))
        .or(before.map(|one| one.reply.unwrap_or(Said::Acknowledged)));
    let Some(said) = said else {
        return Ok(false);
    };
    let note = bare.is_none().then(|| text.to_owned());
    crate::broadcasts::answer(ctx, id, said, note)
        .await
        .map(|()| true)
}

/// The same answers a broadcast that came after everything else that waits.
async fn heard_broadcast(
    ctx: &Ctx,
    said: Said,
    newest: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<bool> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let waits = broadcast::waiting_of(&ctx.store, user_id).await?;
    let Some((id, _)) = waits.filter(|(_, at)| newest.is_none_or(|newest| newest <= *at)) else {
        return Ok(false);
    };
    crate::broadcasts::answer(ctx, id, said, None).await?;
    Ok(true)
}

/// "Voy" from somebody who had said "Recibido" to a broadcast, when nothing else waits for him.
async fn gets_going(ctx: &Ctx, said: Said) -> Result<bool> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    if said != Said::OnTheWay {
        return Ok(false);
    }
    let Some(id) = broadcast::acknowledged_by(&ctx.store, user_id).await? else {
        return Ok(false);
    };
    crate::broadcasts::answer(ctx, id, said, None).await?;
    Ok(true)
}

/// The tasks in progress that this person is on or leads, or else those that pause.
pub async fn running(ctx: &Ctx) -> Result<Vec<Task>> {
    open(ctx).await.map(at_work)
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
    if let Some(call) = emergency::open_of(&ctx.store, &ctx.actor).await? {
        return sos::reports(ctx, call.id, content).await;
    }
    let tasks = running(ctx).await?;
    match (&tasks[..], &content) {
        ([task], _) => dialogues::report::save(ctx, task.id, content).await,
        ([], Content::Place(spot)) => presence::share(ctx, pin(ctx, spot), true).await,
        ([], Content::Text(_)) if ctx.actor.agent_id.is_none() => {
            ctx.reply(Reply::NotUnderstood).await
        }
        ([], _) => ctx.reply(Reply::ReportNone).await,
        _ => which(ctx, content).await,
    }
}

fn pin(ctx: &Ctx, spot: &Spot) -> domain::position::Shared {
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
                    },
                )
                .await
        })
    })
    .await
    .map(drop)
}
