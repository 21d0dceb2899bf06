//! What people say about a broadcast beyond its buttons: what they need, their report once it was closed, an answer once more.

use domain::{
    Actor, Result, Tx,
    broadcast::{self, Hearers, PASSED_ON, Reply as Said},
    outbox,
    report::ReportKind,
};
use locales::{Lang, Sentence};

use super::label;
use crate::{
    content::{Content, Spot},
    ctx::Ctx,
    keyboards::{Button, Rows},
    presence,
    reply::{Place, Reply},
    screen::Screen,
    text,
    view::{View, plain, with},
};

/// So many characters of its text tell which broadcast it is.
pub(super) const NAME: usize = 40;

/// Keeps what somebody sends beside his answer, or without one; whoever hears it gets a file too, and he learns who that is.
pub async fn tells(ctx: &Ctx, id: i64, said: Option<Said>, content: Content) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move { keep(tx, &inner, id, said, &content).await })
    })
    .await
    .map(drop)
}

/// The same within a transaction.
pub async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    said: Option<Said>,
    content: &Content,
) -> Result<()> {
    let note = note(content, ctx.lang);
    // Words that cry are for more than whoever sent it; whoever asked for help before is heard as that.
    let cries = content.cries() && said != Some(Said::NeedsHelp);
    let heard = match (cries, said) {
        (true, _) => Some(broadcast::cried(tx, &ctx.actor, id, &note).await?),
        (false, Some(said)) => {
            broadcast::answer(tx, &ctx.actor, id, said, Some(&note)).await?;
            None
        }
        (false, None) => {
            broadcast::remark(tx, &ctx.actor, id, &note).await?;
            None
        }
    };
    presence::pinned(tx, ctx, content).await?;
    if let Some(file) = content.attached() {
        broadcast::pass_on(tx, &ctx.actor, id, said, file).await?;
    }
    let Hearers {
        names,
        drill,
        quiet,
    } = match heard {
        Some(heard) => heard,
        None => broadcast::who_hears(tx, &ctx.actor, id, said).await?,
    };
    let noted = Reply::BroadcastNoted {
        id: Some(id),
        names,
        drill,
        quiet,
    };
    ctx.say(tx, noted).await
}

/// Whoever has just said that he needs help is asked in his own chat what he needs.
pub async fn ask_what(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let Some(chat_id) = actor.telegram_id else {
        return Ok(());
    };
    let hearers = broadcast::who_hears(tx, actor, id, Some(Said::NeedsHelp)).await?;
    let Hearers { names, drill, .. } = hearers;
    let asked = Reply::BroadcastNeed { names, drill };
    let asked = asked.message(chat_id, actor.user_id, Place::Plain)?;
    outbox::push(tx, vec![asked]).await
}

/// As what it stands beside his answer.
pub(super) fn note(content: &Content, lang: Lang) -> String {
    let (what, words) = match content {
        Content::Text(words) => return words.clone(),
        Content::Place(Spot { point, name, .. }) => {
            let place = text::point(*point).into();
            (Sentence::BroadcastNotePlace { place }, name)
        }
        Content::File { kind, caption, .. } => (kind_of(*kind), caption),
    };
    let what = what.to(lang);
    match words {
        Some(words) => format!("{what}: {words}"),
        None => what,
    }
}

fn kind_of(kind: ReportKind) -> Sentence {
    match kind {
        ReportKind::Photo => Sentence::BroadcastNotePhoto,
        ReportKind::Video => Sentence::BroadcastNoteVideo,
        ReportKind::Voice => Sentence::BroadcastNoteVoice,
        ReportKind::Document | ReportKind::Text | ReportKind::Place => {
            Sentence::BroadcastNoteDocument
        }
    }
}

/// What does he need? With the way to a call for help of his own.
pub fn ask(view: &View, names: &[String], drill: bool) -> Screen {
    let question = match names.is_empty() {
        true => Sentence::BroadcastNeedNobody,
        false => Sentence::BroadcastNeedAsk {
            names: names.join(", ").into(),
        },
    };
    let mut lines = vec![view.say(&question)];
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    with(sos(view), plain(lines.join("\n")))
}

fn sos(view: &View) -> Rows {
    Rows::default().row([(view.say(&Sentence::ButtonMenuSos), Button::Sos)])
}

/// What he said is kept, with which broadcast, and who hears it; with a drill, also one that is over, how to call for help in
/// earnest.
pub async fn noted(
    view: &View,
    id: Option<i64>,
    names: &[String],
    (drill, quiet): (bool, bool),
) -> Result<Screen> {
    let of = match id {
        Some(id) => Some(broadcast::show(&view.store, id).await?),
        None => None,
    };
    let called = of.as_ref().map(|of| text::cut(&of.text, NAME));
    let called = called.unwrap_or_else(|| "…".to_owned());
    let practised = drill || of.is_some_and(|of| of.drill);
    let mut lines = vec![view.say(&kept(called, names, quiet))];
    lines.extend(practised.then(|| view.say(&Sentence::BroadcastNotedReal)));
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let screen = plain(lines.join("\n"));
    Ok(match practised {
        true => with(sos(view), screen),
        false => screen,
    })
}

pub(super) fn kept(called: String, names: &[String], quiet: bool) -> Sentence {
    let text = called.into();
    match names.is_empty() {
        true => Sentence::BroadcastNotedNobody { text },
        false if quiet => Sentence::BroadcastNotedQuiet {
            text,
            count: PASSED_ON.into(),
        },
        false => Sentence::BroadcastNoted {
            text,
            names: names.join(", ").into(),
        },
    }
}

/// What he has answered, perhaps `before`, and that it is over where it is.
pub async fn known(view: &View, id: i64, before: bool) -> Result<Screen> {
    let user_id = view.reader.as_ref().and_then(|reader| reader.user_id);
    let standing = broadcast::standing(&view.store, id, user_id.unwrap_or_default()).await?;
    let answer = standing.and_then(|one| one.reply).map(|said| {
        let answer = view.say(&label(said)).into();
        view.say(&match before {
            true => Sentence::BroadcastKnown { answer },
            false => Sentence::BroadcastYou { answer },
        })
    });
    let over = standing.and_then(|one| one.ended_at).map(|at| {
        let time = view.clock(at).into();
        view.say(&Sentence::BroadcastEndedAt { time })
    });
    let drill = standing.filter(|one| one.drill);
    let drill = drill.map(|_| view.say(&Sentence::TaskCardDrill));
    let lines: Vec<String> = answer.into_iter().chain(over).chain(drill).collect();
    Ok(plain(lines.join("\n")))
}
