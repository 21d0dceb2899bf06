//! What somebody says to one of the people of a broadcast by quoting his words.

use domain::{
    Result,
    broadcast::{self, Cry, Hearers, Spoken},
};
use locales::Sentence;

use super::{
    roll_call::{about, name},
    told::{self, NAME},
};
use crate::{
    content::Content,
    ctx::Ctx,
    presence,
    reply::Reply,
    screen::{Rendered, Screen},
    text,
    view::{View, headed, plain},
};

/// Passes on what quotes him, and says to whom.
pub async fn passes(ctx: &Ctx, cry: Cry, content: &Content) -> Result<()> {
    let (inner, content) = (ctx.clone(), content.clone());
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let (note, file) = (told::note(&content, inner.lang), content.attached());
            presence::pinned(tx, &inner, &content).await?;
            let spoken = broadcast::speak(tx, &inner.actor, cry, &note, file).await?;
            let Spoken { hearers, missed } = spoken;
            let Hearers {
                names,
                drill,
                quiet,
            } = hearers;
            let said = Reply::BroadcastSpoken {
                id: cry.broadcast_id,
                names,
                missed,
                drill,
                quiet,
            };
            inner.say(tx, said).await
        })
    })
    .await
    .map(drop)
}

/// Who hears it, and who of them does not; to whoever said it.
pub async fn heard(
    view: &View,
    id: i64,
    (names, missed): (&[String], Option<String>),
    (drill, quiet): (bool, bool),
) -> Result<Screen> {
    let of = broadcast::show(&view.store, id).await?;
    let called = text::cut(&of.text, NAME);
    let mut lines = vec![view.say(&told::kept(called, names, quiet))];
    lines.extend(missed.map(|name| {
        let name = name.into();
        view.say(&Sentence::BroadcastToldMissed { name })
    }));
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(plain(lines.join("\n")))
}

/// It, for him whom it is said to and for the others who heard him.
pub async fn answered(
    view: &View,
    id: i64,
    (user_id, answer_id): (i64, i64),
    to_user: i64,
) -> Result<Rendered> {
    let of = broadcast::show(&view.store, id).await?;
    let note = broadcast::note_of(&view.store, id, user_id, Some(answer_id)).await?;
    let Some(note) = note else {
        return Ok(Rendered::Nothing);
    };
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    let (note, text) = (note.into(), about(&of));
    let by = name(view, user_id).await?.into();
    let words = match reader == Some(to_user) {
        true => Sentence::BroadcastToldYou {
            name: by,
            note,
            text,
        },
        false => Sentence::BroadcastTold {
            name: by,
            to: name(view, to_user).await?.into(),
            note,
            text,
        },
    };
    let mut lines = vec![view.say(&words)];
    let part = broadcast::is_answer_practised(&view.store, &of, Some(answer_id)).await?;
    lines.extend(view.practised(of.drill, part));
    Ok(headed(&lines).into())
}
