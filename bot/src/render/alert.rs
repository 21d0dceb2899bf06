//! What the responsible people of a task, and those on it, have to know of it.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    agent::{self, Agent},
    emergency,
    outbox::Notice,
    task::{News, Status, Task, load},
    user,
};
use locales::Sentence;

use super::reads;
use crate::{
    dialogues,
    keyboards::{Button, Rows},
    not_back,
    screen::Rendered,
    view::{View, plain, with},
};

/// Something about a task that its responsible people have to know; nothing once the chat is not that of whom it is `for_user`.
pub(super) async fn alert(view: &View, notice: &Notice, for_user: Option<i64>) -> Result<Rendered> {
    if !reads(view, for_user) {
        return Ok(Rendered::Nothing);
    }
    let system = Actor::system(Channel::Bot);
    let (Notice::Declined { task_id, .. }
    | Notice::Removed { task_id, .. }
    | Notice::Unavailable { task_id, .. }
    | Notice::NoAnswer { task_id, .. }
    | Notice::Unreachable { task_id, .. }
    | Notice::Unassigned { task_id }
    | Notice::NotBack { task_id, .. }
    | Notice::Task { task_id, .. }) = notice
    else {
        return Ok(Rendered::Nothing);
    };
    let task = load::find(&view.store, &system, *task_id).await?;
    if !holds(notice, &task) {
        return Ok(Rendered::Nothing);
    }
    let words = match notice {
        Notice::Task { what, by_user, .. } => {
            news_words(view, *what, doer(view, *by_user).await?, &task)
        }
        Notice::NotBack {
            by_user, people, ..
        } => not_back::head(view, &task, people, doer(view, *by_user).await?),
        Notice::Removed { agent_id, .. } | Notice::Unavailable { agent_id, .. } => {
            let agent = agent::find(&view.store, &system, *agent_id).await?;
            if !is_missing(notice, &agent, &task) {
                return Ok(Rendered::Nothing);
            }
            gone_words(view, notice, agent, &task)
        }
        other => alert_words(view, other, &task),
    };
    let mut lines = vec![view.say(&words)];
    lines.extend(task.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    if let Notice::NotBack { people, .. } = notice {
        lines.extend(not_back::lines(view, &task, people));
    }
    lines.extend(elsewhere(view, notice, &task).await?);
    lines.extend(phones(view, notice, &task).await?);
    let rows = Rows::default().row(replacing(view, notice, &task));
    Ok(with(rows, plain(lines.join("\n"))).into())
}

/// Whether it is still so.
fn holds(notice: &Notice, task: &Task) -> bool {
    match notice {
        Notice::Task { what, .. } => what.holds(task.status),
        Notice::NotBack { people, .. } => not_back::holds(task, people),
        _ => true,
    }
}

/// Whether somebody who was told of is still not there: he may be free, or back in the service, by now.
fn is_missing(notice: &Notice, agent: &Agent, task: &Task) -> bool {
    let held = || task.held().any(|one| one.agent.agent_id == agent.id);
    task.is_open()
        && match notice {
            Notice::Unavailable { .. } => agent.unavailable && held(),
            _ => !agent.active,
        }
}

/// That whoever does not answer is at a call for help.
async fn elsewhere(view: &View, notice: &Notice, task: &Task) -> Result<Option<String>> {
    let Notice::NoAnswer { agent_id, .. } = notice else {
        return Ok(None);
    };
    let code = emergency::at_work(&view.store, *agent_id).await?;
    let one = task.assignment_of(*agent_id);
    Ok(code.zip(one).map(|(code, one)| {
        view.say(&Sentence::AlertAtCall {
            name: one.agent.name.clone().into(),
            code: code.into(),
        })
    }))
}

/// Somebody else in the place of whoever cannot, or is not heard of.
fn replacing(view: &View, notice: &Notice, task: &Task) -> Option<(String, Button)> {
    match notice {
        Notice::Declined { .. }
        | Notice::Removed { .. }
        | Notice::Unavailable { .. }
        | Notice::NoAnswer { .. }
        | Notice::Unreachable { .. }
        | Notice::NotBack { .. } => dialogues::assign::button(view, task, &Sentence::ButtonReplace),
        _ => None,
    }
}

/// Whom to call when somebody does not answer: himself, then his unit. Only those in command are told numbers.
async fn phones(view: &View, notice: &Notice, task: &Task) -> Result<Vec<String>> {
    let commands = view.reader.as_ref().filter(|reader| reader.may_command());
    let (Notice::NoAnswer { agent_id, .. } | Notice::Unreachable { agent_id, .. }, Some(reader)) =
        (notice, commands)
    else {
        return Ok(Vec::new());
    };
    let unit_id = task.unit.as_ref().map(|unit| unit.id);
    let mut list = emergency::phones(&view.store, unit_id).await?;
    let silent = task.assignment_of(*agent_id).map(|one| &one.agent);
    let user_id = silent.and_then(|silent| silent.user_id);
    list.retain(|one| ![reader.user_id, user_id].contains(&Some(one.user_id)));
    let himself = match user_id {
        Some(id) => user::find(&view.store, reader, id).await.ok(),
        None => None,
    };
    let own = himself.and_then(|user| Some((user.name, user.phone?)));
    let line = |(name, phone): (String, String)| {
        view.say(&Sentence::AlertPhone {
            name: name.into(),
            phone: phone.into(),
        })
    };
    let others = list.into_iter().map(|one| (one.name, one.phone));
    Ok(own.into_iter().chain(others).map(line).collect())
}

/// What whoever did it is called now.
async fn doer(view: &View, user_id: Option<i64>) -> Result<String> {
    let system = Actor::system(Channel::Bot);
    let Some(id) = user_id else {
        return Ok(system.name);
    };
    match user::find(&view.store, &system, id).await {
        Ok(user) => Ok(user.name),
        Err(Error::Refused(_)) => Ok(system.name),
        Err(error) => Err(error),
    }
}

/// What became of somebody who is on it, or was.
fn gone_words(view: &View, notice: &Notice, agent: Agent, task: &Task) -> Sentence {
    let (code, title, name) = (
        task.code.clone().into(),
        task.title.clone().into(),
        agent.name.into(),
    );
    let reason = agent.reason.unwrap_or_else(|| "—".into()).into();
    match notice {
        Notice::Unavailable { .. } if task.status == Status::Scheduled => {
            let start = task.planned_start.unwrap_or(task.created_at);
            Sentence::AlertUnavailablePlanned {
                code,
                title,
                name,
                reason,
                time: view.clock(start).into(),
            }
        }
        Notice::Unavailable { .. } => Sentence::AlertUnavailable {
            code,
            title,
            name,
            reason,
        },
        _ => Sentence::AlertRemoved { code, title, name },
    }
}

fn alert_words(view: &View, notice: &Notice, task: &Task) -> Sentence {
    let (code, title) = (task.code.clone().into(), task.title.clone().into());
    let name = |id: &i64| {
        task.assignment_of(*id)
            .map(|one| one.agent.name.clone())
            .unwrap_or_default()
    };
    let reason = |id: &i64| {
        task.assignment_of(*id)
            .and_then(|one| one.reason.clone())
            .unwrap_or_default()
    };
    match notice {
        Notice::Declined { agent_id, .. } => Sentence::AlertDeclined {
            code,
            title,
            name: name(agent_id).into(),
            reason: reason(agent_id).into(),
        },
        Notice::NoAnswer { agent_id, .. } => {
            let since = task
                .assignment_of(*agent_id)
                .map_or(view.now, |one| one.offered_at);
            let minutes = (view.now - since).num_minutes().max(1);
            Sentence::AlertNoAnswer {
                code,
                title,
                name: name(agent_id).into(),
                minutes: minutes.into(),
            }
        }
        Notice::Unreachable { agent_id, .. } => Sentence::AlertUnreachable {
            code,
            title,
            name: name(agent_id).into(),
        },
        _ => Sentence::AlertUnassigned { code, title },
    }
}

fn news_words(view: &View, what: News, name: String, task: &Task) -> Sentence {
    let (code, title, name) = (
        task.code.clone().into(),
        task.title.clone().into(),
        name.into(),
    );
    match what {
        News::Cancelled => Sentence::AlertTaskCancelled {
            code,
            title,
            name,
            reason: task.end_reason.clone().unwrap_or_default().into(),
        },
        News::Completed => Sentence::AlertTaskCompleted {
            code,
            title,
            name,
            time: view.clock(task.ended_at.unwrap_or(view.now)).into(),
        },
        News::Reopened => Sentence::AlertTaskReopened { code, title, name },
        News::Paused => Sentence::AlertTaskPaused { code, title, name },
        News::Resumed => Sentence::AlertTaskResumed { code, title, name },
        News::Lead => Sentence::AlertLeadYou { code, title },
        News::Place => Sentence::AlertTaskPlace { code, title, name },
        News::Time => Sentence::AlertTaskTime { code, title, name },
        News::PlaceAndTime => Sentence::AlertTaskPlaceTime { code, title, name },
    }
}
