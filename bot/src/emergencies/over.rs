//! That an emergency has ended or is open again, for those in command who were told of it, and what they can do about it.

use domain::{
    Actor, Error, Result,
    actor::{Act, Permission},
    emergency::{Emergency, EmergencyStatus},
    task::{Status, load},
};
use locales::Sentence;

use super::{caller, command};
use crate::{
    keyboards::{Button, Rows, Verb},
    screen::Rendered,
    view::{View, headed, with},
};

/// Who ended it, and when.
pub async fn ended(view: &View, emergency: &Emergency, by: String) -> Result<Rendered> {
    let Some(at) = emergency.ended_at else {
        return Ok(Rendered::Nothing);
    };
    let code = emergency.code.clone().unwrap_or_default().into();
    let (by, name) = (by.into(), caller(emergency).into());
    let time = view.clock(at).into();
    let head = match emergency.status {
        EmergencyStatus::Resolved => Sentence::EmergencyOverDone {
            by,
            code,
            name,
            time,
        },
        _ => Sentence::EmergencyOverOff {
            by,
            code,
            name,
            time,
            reason: emergency.end_reason.clone().unwrap_or_default().into(),
        },
    };
    told(view, emergency, &head).await
}

/// Who opened it again.
pub async fn reopened(view: &View, emergency: &Emergency, by: String) -> Result<Rendered> {
    let head = Sentence::EmergencyOverOpen {
        by: by.into(),
        code: emergency.code.clone().unwrap_or_default().into(),
        name: caller(emergency).into(),
    };
    told(view, emergency, &head).await
}

async fn told(view: &View, emergency: &Emergency, head: &Sentence) -> Result<Rendered> {
    if watcher(view).is_none() {
        return Ok(Rendered::Nothing);
    }
    let mut lines = vec![view.say(head)];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let rows = buttons(view, emergency).await?;
    Ok(with(rows, headed(&lines)).into())
}

/// To see it, and to open it again once it is over; nothing for whoever watches over none.
pub(super) async fn buttons(view: &View, emergency: &Emergency) -> Result<Rows> {
    let Some(reader) = watcher(view) else {
        return Ok(Rows::default());
    };
    let show = command::opens(view, &Sentence::ButtonShowCall, emergency.id);
    let again = opens_again(view, reader, emergency).await?;
    Ok(Rows::default().row([show].into_iter().chain(again)))
}

/// The reader, if he watches over any: the chat may be that of somebody else by now.
fn watcher(view: &View) -> Option<&Actor> {
    let watches = |one: &&Actor| one.may_command() || one.has(Permission::Broadcast);
    view.reader.as_ref().filter(watches)
}

async fn opens_again(
    view: &View,
    reader: &Actor,
    emergency: &Emergency,
) -> Result<Option<(String, Button)>> {
    let Some(id) = emergency.task_id else {
        return Ok(None);
    };
    let task = match load::find(&view.store, reader, id).await {
        Ok(task) => task,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let over = task.status == Status::Completed;
    let may = over && reader.may(Act::Reopen, &task.stake());
    let verb = Verb::Reopen;
    Ok(may.then(|| (view.say(&Sentence::ButtonReopen), Button::Task { verb, id })))
}
