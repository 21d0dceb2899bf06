//! "Are you well?": the question and its answers, who hears of silence, and where it is started and ended.

use domain::{
    Actor, Error, Result,
    actor::{Act, Channel},
    agent,
    card::Subject,
    check_in::{self, Answered, CheckIn, Person, PersonState, Said, Standing},
    emergency,
    task::{Task, load},
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    keyboards::{Button, Check, Rows},
    reply::Reply,
    screen::{Rendered, Screen},
    view::{View, headed, plain, with},
};

/// The most people that one message names.
const NAMED: usize = 20;

/// After how many minutes everybody can be asked again by one tap.
const TASK_MINUTES: [u32; 4] = [10, 20, 30, 60];
const ALONE_MINUTES: [u32; 3] = [15, 30, 60];

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
    let asks = standing.running && standing.state == PersonState::Waiting;
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

fn code(task: Option<&(String, bool)>) -> String {
    task.map(|(code, _)| code.clone()).unwrap_or_default()
}

/// The sentence without the gap that a missing code leaves at its end.
fn trimmed(view: &View, sentence: &Sentence) -> String {
    view.say(sentence).trim_end().to_owned()
}

fn buttons(view: &View, id: i64, standing: &Standing) -> Rows {
    let button = |label: Sentence, verb| (view.say(&label), Button::CheckIn { verb, id });
    if !standing.running || standing.state == PersonState::Released {
        return Rows::default();
    }
    let well =
        (standing.state == PersonState::Waiting).then(|| button(Sentence::ButtonWell, Check::Well));
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

fn more(view: &View, count: usize) -> Option<String> {
    (count > NAMED).then(|| {
        view.say(&Sentence::CheckInLineMore {
            count: (count - NAMED).into(),
        })
    })
}

/// To the lead: somebody who was asked called for help.
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

/// Who of a task has answered, the silent first, or how often to ask; nothing for whoever does not see the task.
pub async fn roll(view: &View, task_id: i64) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let task = match load::find(&view.store, reader, task_id).await {
        Err(Error::Refused(_)) => return Ok(None),
        found => found?,
    };
    let check = check_in::of_task(&view.store, reader, task_id).await?;
    let may = reader.may(Act::Pause, &task.stake());
    Ok(Some(match check.filter(|check| check.running) {
        Some(check) => running(view, &task, &check, may),
        None => choose(view, &task),
    }))
}

fn running(view: &View, task: &Task, check: &CheckIn, may: bool) -> Screen {
    let mut lines = vec![view.say(&Sentence::CheckInRunning {
        code: task.code.clone().into(),
        minutes: check.every_minutes.into(),
        time: view.clock(check.next_at.unwrap_or(view.now)).into(),
    })];
    lines.extend(task.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(
        check
            .people
            .is_empty()
            .then(|| view.say(&Sentence::CheckInNobody)),
    );
    let shown: Vec<&Person> = check
        .people
        .iter()
        .filter(|one| one.state != PersonState::Released)
        .collect();
    lines.extend(shown.iter().take(NAMED).map(|one| line(view, one)));
    lines.extend(more(view, shown.len()));
    let (verb, id) = (Check::Stop, check.id);
    let stop = (
        view.say(&Sentence::ButtonCheckStop),
        Button::CheckIn { verb, id },
    );
    with(Rows::default().row(may.then_some(stop)), headed(&lines))
}

fn line(view: &View, one: &Person) -> String {
    let name = one.name.clone().into();
    let time = |at| view.clock(at).into();
    let last = one.answered_at.unwrap_or(one.asked_at);
    view.say(&match one.state {
        PersonState::Waiting if one.step > 0 => Sentence::CheckInLineSilent {
            name,
            time: time(one.asked_at),
        },
        PersonState::Waiting => Sentence::CheckInLineWaiting { name },
        PersonState::Unreachable => Sentence::CheckInLineLost { name },
        PersonState::Help => Sentence::CheckInLineHelp {
            name,
            time: time(last),
        },
        PersonState::Well | PersonState::Released => Sentence::CheckInLineWell {
            name,
            time: time(last),
        },
    })
}

fn choose(view: &View, task: &Task) -> Screen {
    let text = view.say(&Sentence::CheckInChoose {
        code: task.code.clone().into(),
    });
    let rows = Rows::default().pairs(&paces(view, Some(task.id), &TASK_MINUTES));
    with(rows, plain(text))
}

/// How often one who works alone shall be asked.
pub fn choose_alone(view: &View) -> Screen {
    let rows = Rows::default().row(paces(view, None, &ALONE_MINUTES));
    with(rows, plain(view.say(&Sentence::CheckInChooseAlone)))
}

fn paces(view: &View, task_id: Option<i64>, minutes: &[u32]) -> Vec<(String, Button)> {
    let pace = |minutes: &u32| {
        let minutes = *minutes;
        let label = Sentence::ButtonCheckEvery {
            minutes: minutes.into(),
        };
        (view.say(&label), Button::CheckEvery { task_id, minutes })
    };
    minutes.iter().map(pace).collect()
}

/// What /estado says and offers about working alone.
pub async fn alone(view: &View, agent_id: i64) -> Result<(Option<String>, (String, Button))> {
    let Some(check) = check_in::alone_of(&view.store, agent_id).await? else {
        let (verb, id) = (Check::Alone, 0);
        let begin = view.say(&Sentence::ButtonAlone);
        return Ok((None, (begin, Button::CheckIn { verb, id })));
    };
    let line = view.say(&Sentence::CheckInWellAlone {
        minutes: check.every_minutes.into(),
        until: view.clock(check.until.unwrap_or(view.now)).into(),
    });
    let (verb, id) = (Check::Stop, check.id);
    let stop = view.say(&Sentence::ButtonCheckStop);
    Ok((Some(line), (stop, Button::CheckIn { verb, id })))
}

/// A press on one of its buttons.
pub async fn pressed(ctx: &Ctx, verb: Check, id: i64) -> Result<()> {
    match verb {
        Check::Well => answer(ctx, id, Said::Well).await,
        Check::Help => answer(ctx, id, Said::Help).await,
        Check::Stop => stop(ctx, id).await,
        Check::Alone if ctx.actor.agent_id.is_none() => ctx.reply(Reply::NoAgent).await,
        Check::Alone => ctx.reply(Reply::AloneAsk).await,
    }
}

async fn stop(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            check_in::stop(tx, &inner.actor, id).await?;
            inner.say(tx, Reply::CheckInStopped).await
        })
    })
    .await
    .map(drop)
}

/// A pace was chosen, for the people of a task or for oneself.
pub async fn every(ctx: &Ctx, task_id: Option<i64>, minutes: u32) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(task_id, move |tx| {
        Box::pin(async move {
            match task_id {
                Some(task_id) => {
                    check_in::start(tx, &inner.actor, task_id, minutes).await?;
                    inner.say(tx, Reply::CheckIns { task_id }).await
                }
                // The card says until when.
                None => check_in::alone(tx, &inner.actor, minutes, None)
                    .await
                    .map(drop),
            }
        })
    })
    .await
    .map(drop)
}

async fn answer(ctx: &Ctx, id: i64, said: Said) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                let answered = check_in::answer(tx, &inner.actor, id, said).await?;
                if let Answered::Help { .. } = answered {
                    // It has left; here is how to say where one is.
                    inner.say(tx, Reply::SosAgain).await?;
                }
                Ok(answered)
            })
        })
        .await?;
    match done {
        Some(Answered::Well) => ctx.toast(&Sentence::CheckInToastWell),
        Some(Answered::Help { .. }) => ctx.toast(&Sentence::ButtonNeedHelp),
        Some(Answered::Over) => ctx.toast(&Sentence::CheckInToastOver),
        Some(Answered::Again) | None => {}
    }
    Ok(())
}

/// Words that answer the question while it waits, also in the middle of something else. False when they do not, or nobody
/// asks.
pub async fn heard(ctx: &Ctx, text: &str) -> Result<bool> {
    let said = [
        (Sentence::WordWell, Said::Well),
        (Sentence::ButtonNeedHelp, Said::Help),
    ]
    .into_iter()
    .find_map(|(word, said)| locales::matches(&word, text).then_some(said));
    let (Some(said), Some(agent_id)) = (said, ctx.actor.agent_id) else {
        return Ok(false);
    };
    match check_in::waiting_of(&ctx.store, agent_id).await? {
        Some((id, _)) => answer(ctx, id, said).await.map(|()| true),
        None => Ok(false),
    }
}

/// "ok" answers the question when nothing newer waits. False when something does, or nobody asks.
pub async fn acknowledged(
    ctx: &Ctx,
    newest: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<bool> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return Ok(false);
    };
    let waits = check_in::waiting_of(&ctx.store, agent_id).await?;
    match waits.filter(|(_, at)| newest.is_none_or(|newest| newest <= *at)) {
        Some((id, _)) => answer(ctx, id, Said::Well).await.map(|()| true),
        None => Ok(false),
    }
}
