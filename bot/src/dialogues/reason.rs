//! Whatever needs a reason asks for it in the same way: usual ones on buttons, any other in words.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    assignment::{self, Answer},
    emergency,
    task::{
        Status, Task,
        life::{self, Step},
        load,
    },
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    dialogues::{away, choice, finish, with_cancel},
    emergencies,
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    state::{Ask, Stage},
    text::cut,
    view::{View, plain, with},
};

/// The longest reason, in characters.
const LONGEST: usize = 500;

/// Tells a hopeless case before anybody types.
pub fn check(actor: &Actor, ask: Ask, task: &Task) -> Result<(), Refusal> {
    let stake = task.stake();
    let wrong = Refusal::WrongStatus {
        status: task.status,
    };
    match ask {
        Ask::Decline => {
            let mine = actor
                .agent_id
                .and_then(|id| task.assignment_of(id))
                .filter(|mine| mine.is_held());
            mine.map(drop).ok_or(Refusal::NotAssigned)
        }
        Ask::Pause if task.status != Status::InProgress => Err(wrong),
        Ask::Pause => actor.check(Act::Pause, &stake),
        Ask::Reopen if task.status != Status::Completed => Err(wrong),
        Ask::Reopen => actor.check(Act::Reopen, &stake),
        Ask::CancelTask if !task.is_open() => Err(wrong),
        Ask::CancelTask => actor.check(Act::Cancel, &stake),
        Ask::ForceFinish | Ask::Unavailable => Ok(()),
    }
}

/// The usual reasons.
fn usual(ask: Ask) -> Vec<Sentence> {
    match ask {
        Ask::Decline => vec![
            Sentence::DeclineReasonFar,
            Sentence::DeclineReasonBusy,
            Sentence::DeclineReasonOffShift,
        ],
        Ask::Pause => vec![
            Sentence::PauseReasonSupport,
            Sentence::PauseReasonUrgent,
            Sentence::PauseReasonWeather,
            Sentence::PauseReasonBreak,
        ],
        Ask::Unavailable => vec![
            Sentence::StateReasonMeal,
            Sentence::StateReasonErrand,
            Sentence::StateReasonVehicle,
            Sentence::StateReasonHealth,
        ],
        // Of a call for help only.
        Ask::ForceFinish => vec![
            Sentence::FinishReasonSafe,
            Sentence::FinishReasonFalseAlarm,
            Sentence::FinishReasonOthers,
        ],
        Ask::CancelTask | Ask::Reopen => Vec::new(),
    }
}

/// Asks why. Whoever ends a call for help reads below it what the caller wrote since he `began`.
pub async fn prompt(
    view: &View,
    serial: i64,
    (ask, task_id): (Ask, Option<i64>),
    began: Option<DateTime<Utc>>,
) -> Result<Screen> {
    let task = match (&view.reader, task_id) {
        (Some(reader), Some(id)) => load::find(&view.store, reader, id).await.ok(),
        _ => None,
    };
    let reasons = match ask == Ask::ForceFinish && !task.as_ref().is_some_and(is_call) {
        true => Vec::new(),
        false => usual(ask),
    };
    let buttons: Vec<_> = reasons
        .iter()
        .enumerate()
        .map(|(i, label)| choice(view, serial, label, i.to_string()))
        .collect();
    let rows = with_cancel(view, serial, Rows::default().pairs(&buttons));
    let mut lines = match task_id.filter(|_| matches!(ask, Ask::ForceFinish | Ask::CancelTask)) {
        Some(id) => emergencies::meanwhile(view, id, began).await?,
        None => Vec::new(),
    };
    lines.push(view.say(&question(ask, task.as_ref())));
    Ok(with(rows, plain(lines.join("\n"))))
}

fn is_call(task: &Task) -> bool {
    task.kind.code == emergency::KIND
}

fn question(ask: Ask, task: Option<&Task>) -> Sentence {
    let code = task
        .map(|task| task.code.clone())
        .unwrap_or_default()
        .into();
    let lead = task
        .and_then(|task| task.lead.as_ref())
        .map(|lead| lead.name.clone());
    match ask {
        Ask::Decline => Sentence::DeclineAskReason { code },
        Ask::Pause => Sentence::PauseAskReason { code },
        Ask::CancelTask if task.is_some_and(is_call) => Sentence::CancelTaskAskReasonCall { code },
        Ask::CancelTask => Sentence::CancelTaskAskReason { code },
        Ask::Reopen => Sentence::ReopenAskReason { code },
        Ask::Unavailable => Sentence::StateAskReason,
        Ask::ForceFinish if task.is_some_and(is_call) => Sentence::FinishAskReasonCall { code },
        Ask::ForceFinish => match lead {
            Some(name) => Sentence::FinishAskReason {
                code,
                name: name.into(),
            },
            None => Sentence::FinishAskReasonNoLead { code },
        },
    }
}

/// One of the usual reasons was pressed.
pub async fn pressed(ctx: &Ctx, ask: Ask, task_id: Option<i64>, choice: &str) -> Result<()> {
    let reasons = usual(ask);
    match choice.parse::<usize>().ok().and_then(|i| reasons.get(i)) {
        // Nobody who ends a call for help with it is asked for more.
        Some(reason) if ask == Ask::ForceFinish => {
            finish::at_once(ctx, task_id.unwrap_or_default(), reason.to(ctx.lang)).await
        }
        Some(reason) => given(ctx, ask, task_id, reason.to(ctx.lang)).await,
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

/// A reason was given: now it is done, or the end of being unavailable is asked for.
pub async fn given(ctx: &Ctx, ask: Ask, task_id: Option<i64>, reason: String) -> Result<()> {
    let reason = cut(reason.trim(), LONGEST);
    if ask == Ask::ForceFinish {
        return finish::forced(ctx, task_id.unwrap_or_default(), reason).await;
    }
    let Some(task_id) = task_id else {
        return away::ask(ctx, reason).await;
    };
    let since = ctx.state.since;
    if ask == Ask::CancelTask && finish::sure::has_said(ctx, task_id, since).await? {
        return ask_again(ctx, ask, task_id).await;
    }
    let inner = ctx.clone();
    ctx.attempt_ending(Some(task_id), move |tx| {
        Box::pin(async move {
            let reply = act(tx, &inner, ask, task_id, reason).await?;
            inner.end(tx, reply).await
        })
    })
    .await
    .map(drop)
}

/// Whoever called wrote while the reason was awaited: it is asked for below his words.
async fn ask_again(ctx: &Ctx, ask: Ask, task_id: i64) -> Result<()> {
    let inner = ctx.clone();
    let task_id = Some(task_id);
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, Stage::Reason { ask, task_id }).await }))
        .await
        .map(drop)
}

async fn act(tx: &mut Tx, ctx: &Ctx, ask: Ask, task_id: i64, reason: String) -> Result<Reply> {
    let actor = &ctx.actor;
    let step = Step::because(reason.clone());
    Ok(match ask {
        Ask::Decline => {
            assignment::answer(
                tx,
                actor,
                task_id,
                Answer::Decline {
                    reason: reason.clone(),
                },
            )
            .await?;
            Reply::Declined { task_id, reason }
        }
        Ask::Pause => {
            life::pause(tx, actor, task_id, step).await?;
            Reply::Paused { task_id, reason }
        }
        Ask::CancelTask => {
            life::cancel(tx, actor, task_id, step).await?;
            Reply::TaskCancelled { task_id }
        }
        Ask::Reopen | Ask::ForceFinish | Ask::Unavailable => {
            let reopened = life::reopen(tx, actor, task_id, step).await?;
            Reply::Reopened {
                task_id,
                back: reopened.task.held().count(),
                not_back: reopened.not_back,
                known: reopened.known,
            }
        }
    })
}
