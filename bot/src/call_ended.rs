//! Somebody else ended a call for help, or opened it again, in the chat of whoever called and of those in command.

use domain::{
    Actor, Result,
    actor::Channel,
    emergency::{self, Emergency, EmergencyStatus},
    user,
};
use locales::Sentence;

use crate::{
    emergencies,
    screen::Rendered,
    view::{View, headed},
};

/// Who ended it and when, and what to do if that was too early; nothing when it goes on by now.
pub async fn ended(view: &View, id: i64, by: Option<i64>) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    let Some(at) = emergency.ended_at else {
        return Ok(Rendered::Nothing);
    };
    let name = name(view, by).await?;
    if !is_own(view, &emergency) {
        return emergencies::ended(view, &emergency, name).await;
    }
    let name = name.into();
    let code = emergency.code.unwrap_or_default().into();
    let time = view.clock(at).into();
    let ended = match emergency.status {
        EmergencyStatus::Resolved => Sentence::EmergencyEndedDone { name, code, time },
        _ => Sentence::EmergencyEndedOff {
            name,
            code,
            time,
            reason: emergency.end_reason.unwrap_or_default().into(),
        },
    };
    let mut lines = vec![view.say(&ended)];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(view.say(&Sentence::EmergencyEndedAgain));
    Ok(headed(&lines).into())
}

/// Who opened it again; nothing when it has ended by now.
pub async fn reopened(view: &View, id: i64, by: Option<i64>) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    if !emergency::is_open(emergency.status) {
        return Ok(Rendered::Nothing);
    }
    let name = name(view, by).await?;
    if !is_own(view, &emergency) {
        return emergencies::reopened(view, &emergency, name).await;
    }
    let mut lines = vec![view.say(&Sentence::EmergencyOpenAgain {
        name: name.into(),
        code: emergency.code.unwrap_or_default().into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

fn is_own(view: &View, emergency: &Emergency) -> bool {
    let caller = emergency.raised_by.as_ref().map(|user| user.user_id);
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    caller.is_some() && caller == reader
}

async fn name(view: &View, by: Option<i64>) -> Result<String> {
    let system = Actor::system(Channel::Bot);
    Ok(match by {
        Some(id) => user::find(&view.store, &system, id).await?.name,
        None => "GAD".into(),
    })
}
