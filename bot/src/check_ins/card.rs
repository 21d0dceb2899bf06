//! The question and its answers, and what others hear of it.

use domain::{
    Actor, Result,
    actor::Channel,
    agent,
    card::Subject,
    check_in::{self, PersonState, Standing},
    emergency,
};
use locales::Sentence;

use super::{NAMED, code, more, trimmed};
use crate::{
    keyboards::{Button, Check, Rows},
    screen::{Rendered, Screen},
    view::{View, headed, with},
};

/// The question for its reader, or what he answered; nothing when there is nothing to ask any more.
pub async fn card(view: &View, id: i64, ring: bool) -> Result<Rendered> {
    let agent_id = view.reader.as_ref().and_then(|reader| reader.agent_id);
    let standing = match agent_id {
        Some(agent_id) => check_in::standing(&view.store, id, agent_id).await?,
        None => None,
    };
    let Some(standing) = standing else {
        return Ok(Rendered::Nothing);
    };
    let asks = standing.running && is_open(&standing);
    let begins = standing.running && standing.task.is_none();
    if ring && !asks && !begins {
        return Ok(Rendered::Nothing);
    }
    let drill = standing.task.as_ref().is_some_and(|(_, drill)| *drill);
    let mut lines = vec![trimmed(view, &words(view, &standing))];
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(asks.then(|| view.say(&Sentence::CheckInHint)));
    Ok(Screen {
        subject: Some(Subject::CheckIn(id)),
        ring,
        ..with(buttons(view, id, &standing), headed(&lines))
    }
    .into())
}

/// Whether his answer is waited for; what he cannot read yet asks as well.
fn is_open(standing: &Standing) -> bool {
    matches!(
        standing.state,
        PersonState::Waiting | PersonState::Unreachable
    )
}

fn words(view: &View, standing: &Standing) -> Sentence {
    let alone = standing.task.is_none();
    let code = || locales::Arg::from(code(standing.task.as_ref()));
    let time = || view.clock(standing.answered_at.unwrap_or(view.now)).into();
    let minutes = standing.every_minutes.into();
    let again = standing.step > 0;
    match standing.state {
        PersonState::Help => Sentence::CheckInHelp {
            time: time(),
            code: code(),
        },
        _ if !standing.running => Sentence::CheckInOver { code: code() },
        PersonState::Released => Sentence::CheckInOver { code: code() },
        PersonState::Well if alone => Sentence::CheckInWellAlone {
            minutes,
            until: view.clock(standing.until.unwrap_or(view.now)).into(),
        },
        PersonState::Well => Sentence::CheckInWell {
            code: code(),
            time: time(),
            minutes,
        },
        _ if alone && again => Sentence::CheckInAskAloneAgain,
        _ if alone => Sentence::CheckInAskAlone,
        _ if again => Sentence::CheckInAskAgain { code: code() },
        _ => Sentence::CheckInAsk { code: code() },
    }
}

fn buttons(view: &View, id: i64, standing: &Standing) -> Rows {
    let button = |label: Sentence, verb| (view.say(&label), Button::CheckIn { verb, id });
    if !standing.running || standing.state == PersonState::Released {
        return Rows::default();
    }
    let well = is_open(standing).then(|| button(Sentence::ButtonWell, Check::Well));
    let help = (standing.state != PersonState::Help)
        .then(|| button(Sentence::ButtonNeedHelp, Check::Help));
    let stop = standing
        .task
        .is_none()
        .then(|| button(Sentence::ButtonCheckStop, Check::Stop));
    Rows::default().row(well.into_iter().chain(help)).row(stop)
}

/// Who is silent, and for those in command whom to call; nothing once all have answered.
pub async fn silent(view: &View, id: i64, phones: bool) -> Result<Rendered> {
    let silent = check_in::silent(&view.store, id).await?;
    if silent.people.is_empty() {
        return Ok(Rendered::Nothing);
    }
    let reader = view.reader.as_ref();
    let phones = phones && reader.is_some_and(Actor::may_command);
    let head = Sentence::CheckInSilent {
        count: silent.people.len().into(),
        code: code(silent.task.as_ref()).into(),
    };
    let mut lines = vec![trimmed(view, &head)];
    let drill = silent.task.as_ref().is_some_and(|(_, drill)| *drill);
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    for (name, phone, lost, since) in silent.people.iter().take(NAMED) {
        let name = || locales::Arg::from(name.clone());
        lines.push(view.say(&match lost {
            true => Sentence::CheckInSilentLost { name: name() },
            false => Sentence::CheckInSilentOne {
                name: name(),
                time: view.clock(*since).into(),
            },
        }));
        let phone = phone.clone().filter(|_| phones);
        lines.extend(phone.map(|phone| phone_line(view, name(), phone)));
    }
    lines.extend(more(view, silent.people.len()));
    if phones {
        let list = emergency::phones(&view.store, silent.unit_id).await?;
        let others = list
            .into_iter()
            .filter(|one| Some(one.user_id) != reader.and_then(|reader| reader.user_id));
        lines.extend(others.map(|one| phone_line(view, one.name.into(), one.phone)));
    }
    Ok(headed(&lines).into())
}

fn phone_line(view: &View, name: locales::Arg, phone: String) -> String {
    view.say(&Sentence::CheckInSilentPhone {
        name,
        phone: phone.into(),
    })
}

/// Somebody who was asked called for help.
pub async fn called(view: &View, id: i64, agent_id: i64) -> Result<Rendered> {
    about(view, id, agent_id, |name, code| Sentence::CheckInCalled {
        name,
        code,
    })
    .await
}

/// Somebody whose silence was told has answered.
pub async fn fine(view: &View, id: i64, agent_id: i64) -> Result<Rendered> {
    about(view, id, agent_id, |name, code| Sentence::CheckInFine {
        name,
        code,
    })
    .await
}

async fn about(
    view: &View,
    id: i64,
    agent_id: i64,
    sentence: impl Fn(locales::Arg, locales::Arg) -> Sentence,
) -> Result<Rendered> {
    let Some(standing) = check_in::standing(&view.store, id, agent_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let system = Actor::system(Channel::Bot);
    let who = agent::find(&view.store, &system, agent_id).await?;
    let code = code(standing.task.as_ref());
    let mut lines = vec![trimmed(view, &sentence(who.name.into(), code.into()))];
    let drill = standing.task.is_some_and(|(_, drill)| drill);
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}
