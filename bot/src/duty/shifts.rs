//! One's shifts, and the question at their start, with what there is to do in them.

use chrono::TimeDelta;
use domain::{
    Actor, Error, Result,
    attachment::Attachment,
    card::Subject,
    shift::{self, Shift, ShiftStatus},
    task::{Status, Task, list},
};
use locales::Sentence;

use super::handover::notes;
use crate::{
    keyboards::{Button, DutyVerb, Rows},
    lists::PAGE,
    screen::{Media, Rendered, Screen},
    search::opened,
    text::cut,
    view::{View, headed, plain, with},
};

/// The most tasks that the start of a shift names, and the longest title in its line.
const TASKS: usize = 10;
const TITLE: usize = 60;

/// `25/11 22:00–06:00`, by the clock of the shift's own zone.
pub fn when(shift: &Shift) -> String {
    format!(
        "{}–{}",
        shift.starts_local.format("%d/%m %H:%M"),
        shift.ends_local.format("%H:%M")
    )
}

/// The next shifts of the reader, what he can do with them, and what he has to know.
pub async fn mine(view: &View) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let Some(agent_id) = reader.agent_id else {
        return Ok(Some(plain(view.say(&Sentence::StateNoAgent))));
    };
    let shifts = shift::coming(&view.store, agent_id, PAGE as u64).await?;
    let Some(first) = shifts.first() else {
        return Ok(Some(plain(view.say(&Sentence::ShiftNone))));
    };
    let mut lines = vec![view.say(&Sentence::ShiftHeader)];
    lines.extend(shifts.iter().map(|one| line(view, one)));
    let (left, again) = match begins_soon(view, first) {
        true => notes(view, reader, first.id).await?,
        false => (Vec::new(), None),
    };
    lines.extend(left);
    let rows = Rows::default()
        .row(now(view, first))
        .row(again)
        .row(swap(view, &shifts))
        .row(super::calendar::button(view, agent_id));
    Ok(Some(Screen {
        subject: Some(Subject::List),
        ring: true,
        ..with(rows, headed(&lines))
    }))
}

fn line(view: &View, shift: &Shift) -> String {
    let state = view.say(&match (shift.status, shift.present_at) {
        (ShiftStatus::Ended, _) => Sentence::ShiftStateEnded,
        (_, Some(_)) => Sentence::ShiftStatePresent,
        (ShiftStatus::Active, None) => Sentence::ShiftStateActive,
        (ShiftStatus::Planned, None) => Sentence::ShiftStatePlanned,
    });
    let (when, state) = (when(shift).into(), state.into());
    view.say(&match &shift.unit {
        Some(unit) => Sentence::ShiftLineUnit {
            when,
            unit: unit.name.clone().into(),
            state,
        },
        None => Sentence::ShiftLine { when, state },
    })
}

/// Whether he may say by now that he is there.
fn begins_soon(view: &View, shift: &Shift) -> bool {
    let early = TimeDelta::minutes(view.store.rules().shift.early_minutes.into());
    view.now >= shift.starts_at - early
}

/// What can be done with the present shift.
fn now(view: &View, shift: &Shift) -> Vec<(String, Button)> {
    let late = TimeDelta::minutes(view.store.rules().shift.late_minutes.into());
    let button = |label: &Sentence, verb| {
        let id = shift.id;
        (view.say(label), Button::Duty { verb, id })
    };
    let waits = shift.present_at.is_none()
        && begins_soon(view, shift)
        && view.now <= shift.starts_at + late;
    let mut buttons = Vec::new();
    buttons.extend(waits.then(|| button(&Sentence::ButtonPresent, DutyVerb::Present)));
    let runs = shift.status == ShiftStatus::Active;
    buttons.extend(runs.then(|| button(&Sentence::ButtonEndShift, DutyVerb::EndShift)));
    buttons
}

fn swap(view: &View, shifts: &[Shift]) -> Option<(String, Button)> {
    let next = shifts
        .iter()
        .find(|one| one.status == ShiftStatus::Planned)?;
    let button = Button::Duty {
        verb: DutyVerb::SwapShift,
        id: next.id,
    };
    Some((view.say(&Sentence::ButtonSwapShift), button))
}

/// The open tasks of whoever's shift it is that fall into it.
async fn work(view: &View, reader: &Actor, shift: &Shift) -> Result<Vec<Task>> {
    let mut tasks = list::open_of(&view.store, reader, shift.agent_id).await?;
    tasks.retain(|task| falls_into(task, shift));
    Ok(tasks)
}

/// What runs is his now; what is planned counts when it begins before the shift ends, and may still last when that begins.
fn falls_into(task: &Task, shift: &Shift) -> bool {
    let Some(start) = task
        .planned_start
        .filter(|_| task.status == Status::Scheduled)
    else {
        return task.status != Status::Scheduled;
    };
    start < shift.ends_at && task.window_end.unwrap_or(start) >= shift.starts_at
}

fn named(view: &View, work: &[Task]) -> Vec<String> {
    if work.is_empty() {
        return Vec::new();
    }
    let head = Sentence::ShiftTasks {
        count: work.len().into(),
    };
    let line = |task: &Task| {
        let at = task.planned_start.or(task.started_at);
        view.say(&Sentence::ShiftTask {
            time: view.clock(at.unwrap_or(task.created_at)).into(),
            code: task.code.clone().into(),
            title: cut(&task.title, TITLE).into(),
        })
    };
    let shown = work.iter().take(TASKS).map(line);
    [String::new(), view.say(&head)]
        .into_iter()
        .chain(shown)
        .collect()
}

/// A shift has begun: is he there?
pub async fn started(view: &View, shift_id: i64) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let shift = match shift::find(&view.store, reader, shift_id).await {
        Ok(shift) => shift,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    if shift.present_at.is_some() || shift.status == ShiftStatus::Ended {
        return Ok(Rendered::Nothing);
    }
    let head = Sentence::ShiftStarted {
        when: when(&shift).into(),
    };
    let mut lines = vec![view.say(&head)];
    let work = work(view, reader, &shift).await?;
    lines.extend(named(view, &work));
    let (left, again) = notes(view, reader, shift_id).await?;
    lines.extend(left);
    let rows = opened(view, &work[..work.len().min(PAGE)]);
    let rows = rows.row(now(view, &shift)).row(again);
    Ok(with(rows, headed(&lines)).into())
}

/// That somebody is there was recorded; what was handed over before is not asked about again at his start.
pub async fn present(view: &View, shift_id: i64) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let shift = match shift::find(&view.store, reader, shift_id).await {
        Ok(shift) => shift,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let when = when(&shift).into();
    let mut lines = vec![view.say(&Sentence::ShiftPresent { when })];
    let early = reader.agent_id == Some(shift.agent_id) && view.now < shift.starts_at;
    let (left, again) = match early {
        true => notes(view, reader, shift_id).await?,
        false => (Vec::new(), None),
    };
    lines.extend(left);
    let rows = Rows::default().row(again);
    Ok(Some(with(rows, plain(lines.join("\n")))))
}

/// A file by the id that Telegram gave it; none when it came by another way.
pub fn media(file: &Attachment) -> Option<Media> {
    let id = file.telegram_file_id.clone()?;
    Some(match file.mime.split('/').next() {
        Some("image") => Media::Photo(id),
        Some("video") => Media::Video(id),
        Some("audio") => Media::Voice(id),
        _ => Media::Document(id),
    })
}
