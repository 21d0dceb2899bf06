//! One's shifts, the question at their start, and what the ones before have left.

use chrono::TimeDelta;
use domain::{
    Actor, Error, Result,
    actor::Channel,
    attachment::Attachment,
    card::Subject,
    shift::{self, Note, Shift, ShiftStatus},
};
use locales::Sentence;

use crate::{
    keyboards::{Button, DutyVerb, Rows},
    lists::PAGE,
    screen::{Media, Rendered, Screen},
    text::cut,
    view::{View, headed, plain, with},
};

/// The longest note that is shown within another message.
const NOTE: usize = 300;

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
    if begins_soon(view, first) {
        lines.extend(notes(view, reader, first.id).await?);
    }
    let rows = Rows::default()
        .row(now(view, first))
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

async fn notes(view: &View, reader: &Actor, shift_id: i64) -> Result<Vec<String>> {
    let notes = shift::notes_for(&view.store, reader, shift_id).await?;
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = vec![String::new(), view.say(&Sentence::ShiftNotes)];
    lines.extend(notes.iter().map(|note| {
        view.say(&Sentence::ShiftNote {
            name: note.agent.clone().into(),
            time: view.clock(note.at).into(),
            text: words(view, note).into(),
        })
    }));
    Ok(lines)
}

fn words(view: &View, note: &Note) -> String {
    let attached = || view.say(&Sentence::ShiftNoteFile);
    cut(&note.text.clone().unwrap_or_else(attached), NOTE)
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
    lines.extend(notes(view, reader, shift_id).await?);
    let rows = Rows::default().row(now(view, &shift));
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
    if reader.agent_id == Some(shift.agent_id) && view.now < shift.starts_at {
        lines.extend(notes(view, reader, shift_id).await?);
    }
    Ok(Some(plain(lines.join("\n"))))
}

/// A colleague has handed over while the reader is on duty.
pub async fn handed_over(view: &View, shift_id: i64) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let shift = match shift::find(&view.store, &system, shift_id).await {
        Ok(shift) => shift,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let media = shift.attachments.first().and_then(media);
    let Some(note) = Note::of(shift) else {
        return Ok(Rendered::Nothing);
    };
    let text = Sentence::ShiftNoteNew {
        name: note.agent.clone().into(),
        text: words(view, &note).into(),
    };
    Ok(Screen {
        media,
        ..plain(view.say(&text))
    }
    .into())
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
