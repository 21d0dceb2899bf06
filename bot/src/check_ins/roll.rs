//! Who has answered, and how often to ask: for the people of a task, and for one who works alone.

use domain::{
    Error, Result,
    actor::Act,
    check_in::{self, CheckIn, Person, PersonState},
    task::{Task, load},
};
use locales::Sentence;

use super::{NAMED, more};
use crate::{
    keyboards::{Button, Check, Rows},
    screen::Screen,
    view::{View, headed, plain, with},
};

/// After how many minutes everybody can be asked again by one tap.
const TASK_MINUTES: [u32; 4] = [10, 20, 30, 60];
const ALONE_MINUTES: [u32; 3] = [15, 30, 60];

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
        PersonState::Waiting if one.step > 0 || one.is_silent() => Sentence::CheckInLineSilent {
            name,
            time: time(one.asked_at),
        },
        PersonState::Waiting | PersonState::Released => Sentence::CheckInLineWaiting { name },
        PersonState::Unreachable => Sentence::CheckInLineLost { name },
        PersonState::Help => Sentence::CheckInLineHelp {
            name,
            time: time(last),
        },
        PersonState::Well => Sentence::CheckInLineWell {
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
