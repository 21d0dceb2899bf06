//! What the shifts before have left to be known: named where a shift begins, sent as it was left, and sent again.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    attachment::Attachment,
    files::Files,
    outbox::{self, Lane, Message, Notice},
    shift::{self, Note},
};
use locales::Sentence;

use super::shifts::media;
use crate::{
    broadcasts::files::mime,
    ctx::Ctx,
    keyboards::{Button, DutyVerb},
    reply::Reply,
    screen::{Form, Made, Media, Rendered, Screen},
    text::cut,
    view::{View, plain},
};

/// The longest note that is shown within another message.
const NOTE: usize = 300;

/// What this shift has to know, a line for each note, and the button that brings them again.
pub async fn notes(
    view: &View,
    reader: &Actor,
    shift_id: i64,
) -> Result<(Vec<String>, Option<(String, Button)>)> {
    let notes = shift::notes_for(&view.store, reader, shift_id).await?;
    if notes.is_empty() {
        return Ok((Vec::new(), None));
    }
    let mut lines = vec![String::new(), view.say(&Sentence::ShiftNotes)];
    lines.extend(notes.iter().map(|note| {
        view.say(&Sentence::ShiftNote {
            name: note.agent.clone().into(),
            time: view.clock(note.at).into(),
            text: words(view, note).into(),
        })
    }));
    let show = Button::Duty {
        verb: DutyVerb::ShowHandOver,
        id: shift_id,
    };
    let label = view.say(&Sentence::ButtonShowHandOver);
    Ok((lines, Some((label, show))))
}

fn words(view: &View, note: &Note) -> String {
    let attached = || view.say(&Sentence::ShiftNoteFile);
    cut(&note.text.clone().unwrap_or_else(attached), NOTE)
}

/// Brings the notes for a shift again, each as it was left, the newest last.
pub async fn show(ctx: &Ctx, shift_id: i64) -> Result<()> {
    let notes = match shift::notes_for(&ctx.store, &ctx.actor, shift_id).await {
        Ok(notes) => notes,
        Err(Error::Refused(refusal)) => return ctx.refuse(*refusal, None).await,
        Err(error) => return Err(error),
    };
    if notes.is_empty() {
        return ctx.reply(Reply::NoHandOver).await;
    }
    let (chat_id, user_id) = (ctx.chat_id, ctx.actor.user_id);
    let messages = notes.iter().rev().map(|note| {
        let notice = Notice::HandOver {
            shift_id: note.shift_id,
        };
        Message::news(chat_id, user_id, notice).in_lane(Lane::Answer)
    });
    let messages: Vec<Message> = messages.collect();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { outbox::push(tx, messages).await })
    })
    .await
    .map(drop)
}

/// What somebody has left, as he left it: who, when, and the words or the file itself.
pub async fn handed_over(view: &View, files: &dyn Files, shift_id: i64) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let shift = match shift::find(&view.store, &system, shift_id).await {
        Ok(shift) => shift,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let media = match shift.attachments.first() {
        Some(file) => brought(files, file).await?,
        None => None,
    };
    let Some(note) = Note::of(shift) else {
        return Ok(Rendered::Nothing);
    };
    let text = Sentence::ShiftNoteNew {
        name: note.agent.clone().into(),
        time: view.clock(note.at).into(),
        text: words(view, &note).into(),
    };
    Ok(Screen {
        media,
        ..plain(view.say(&text))
    }
    .into())
}

/// By the id that Telegram gave it; what came by the board, from where it lies.
async fn brought(files: &dyn Files, file: &Attachment) -> Result<Option<Media>> {
    if let Some(known) = media(file) {
        return Ok(Some(known));
    }
    let Some(path) = &file.path else {
        return Ok(None);
    };
    let found = files.get(path).await;
    let bytes = found.map_err(|error| Error::Away(error.to_string()))?;
    Ok(bytes.map(|bytes| {
        let made = Made {
            name: file.name.clone().unwrap_or_else(|| "file".into()),
            mime: mime(&file.mime).to_owned().into(),
            bytes: bytes.into(),
        };
        Media::Brought(form(&file.mime), made)
    }))
}

fn form(mime: &str) -> Form {
    match mime.split('/').next() {
        Some("audio") => Form::Voice,
        Some("image") => Form::Photo,
        Some("video") => Form::Video,
        _ => Form::Document,
    }
}
