//! The end of a shift, with or without a note for the next one.

use domain::{
    Result,
    actor::Act,
    shift::{self, HandOver},
    task::{Status, Task, list},
};
use locales::Sentence;

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    keyboards::{Button, Rows, Verb},
    reply::Reply,
    screen::Screen,
    text::cut,
    view::{View, plain, with},
};

/// The longest title in a line.
const TITLE: usize = 60;

/// The most tasks that are named with what can be done about each.
const NAMED: usize = 3;

/// Asks for a note. Whoever still leads something hears it first, and may end his shift all the same.
pub async fn prompt(view: &View, serial: i64) -> Result<Screen> {
    let led = led(view).await?;
    let led = &led[..led.len().min(NAMED)];
    let mut lines: Vec<String> = led.iter().map(|task| still_led(view, task)).collect();
    lines.push(view.say(&Sentence::ShiftEndAsk));
    let rows = led
        .iter()
        .fold(Rows::default(), |rows, task| rows.row(ways_out(view, task)));
    let nothing = choice(view, serial, &Sentence::ButtonNothingToReport, "none");
    let rows = with_cancel(view, serial, rows.row([nothing]));
    Ok(with(rows, plain(lines.join("\n"))))
}

/// What goes on and is the reader's to lead.
async fn led(view: &View) -> Result<Vec<Task>> {
    let Some(reader) = &view.reader else {
        return Ok(Vec::new());
    };
    let Some(agent_id) = reader.agent_id else {
        return Ok(Vec::new());
    };
    let mut tasks = list::open_of(&view.store, reader, agent_id).await?;
    tasks.retain(|task| {
        let goes_on = matches!(task.status, Status::InProgress | Status::Paused);
        goes_on && reader.may(Act::Complete, &task.stake())
    });
    Ok(tasks)
}

fn still_led(view: &View, task: &Task) -> String {
    view.say(&Sentence::ShiftEndLeads {
        code: task.code.clone().into(),
        title: cut(&task.title, TITLE).into(),
    })
}

/// He finishes it, or has those who answer for it send somebody who takes over.
fn ways_out(view: &View, task: &Task) -> [(String, Button); 2] {
    let id = task.id;
    let finish = Sentence::ShiftEndFinish {
        code: task.code.clone().into(),
    };
    [
        (finish, Verb::Finish),
        (Sentence::ButtonReinforce, Verb::Reinforce),
    ]
    .map(|(label, verb)| (view.say(&label), Button::Task { verb, id }))
}

pub async fn pressed(ctx: &Ctx, shift_id: i64, choice: &str) -> Result<()> {
    match choice {
        "none" => end(ctx, shift_id, HandOver::default()).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

/// The note itself.
pub async fn said(ctx: &Ctx, shift_id: i64, content: Content) -> Result<()> {
    if matches!(content, Content::Place(_)) {
        return ctx.explain(Reply::Write).await;
    }
    let note = content.report(ctx.at);
    let handover = HandOver {
        text: note.text,
        file: note.file,
    };
    end(ctx, shift_id, handover).await
}

async fn end(ctx: &Ctx, shift_id: i64, handover: HandOver) -> Result<()> {
    let noted = handover.text.is_some() || handover.file.is_some();
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            shift::end(tx, &inner.actor, shift_id, handover).await?;
            inner.end(tx, Reply::ShiftEnded { noted }).await
        })
    })
    .await
    .map(drop)
}
