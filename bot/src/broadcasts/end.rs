//! The presses that end a broadcast, or keep a planned drill from leaving, and what is asked before one in which somebody needs help.

use domain::{
    Actor, Error, Result, Tx,
    broadcast::{self, Confirmation, RecipientState},
    drill,
};
use locales::Sentence;

use super::needing;
use crate::{
    ctx::Ctx,
    keyboards::{Button, Ending, Rows},
    reply::Reply,
    screen::Screen,
    text,
    view::{View, plain, with},
};

/// A press that ends it, has a draft leave, or calls a planned drill off. While somebody of it needs help, that is said first.
pub async fn pressed(ctx: &Ctx, how: Ending, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let unsure = matches!(how, Ending::Close | Ending::Cancel);
            if unsure && leaves_in_need(tx, &inner.actor, id).await? {
                let call_off = how == Ending::Cancel;
                return inner.say(tx, Reply::BroadcastEndAsk { id, call_off }).await;
            }
            end(tx, &inner.actor, how, id).await?;
            match how {
                Ending::DrillOff => inner.say(tx, Reply::DrillOff).await,
                _ => Ok(()),
            }
        })
    })
    .await
    .map(drop)
}

async fn end(tx: &mut Tx, actor: &Actor, how: Ending, id: i64) -> Result<()> {
    match how {
        Ending::Close | Ending::CloseAnyway => broadcast::close(tx, actor, id, None).await,
        Ending::Cancel | Ending::CancelAnyway => broadcast::cancel(tx, actor, id).await,
        Ending::Confirm => broadcast::confirm(tx, actor, id, Confirmation::default()).await,
        Ending::DrillOff => drill::cancel(tx, actor, id).await,
    }
}

/// Whether it goes on and somebody said that he needs help; what he may not see, the press is refused by.
async fn leaves_in_need(tx: &Tx, actor: &Actor, id: i64) -> Result<bool> {
    match broadcast::find_in(tx, actor, id).await {
        Ok(found) => {
            let needing = found.counts.of(RecipientState::NeedsHelp);
            Ok(broadcast::is_open(found.status) && needing > 0)
        }
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The button that keeps a planned drill from leaving.
pub fn call_off_drill(view: &View, id: i64) -> Rows {
    let how = Ending::DrillOff;
    let off = (
        view.say(&Sentence::ButtonDrillCallOff),
        Button::BroadcastEnd { how, id },
    );
    Rows::default().row([off])
}

/// Who needs help in it, and whether it shall end all the same.
pub async fn ask(view: &View, id: i64, call_off: bool) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::RefusalNotAllowed)));
    };
    let found = match broadcast::find(&view.store, reader, id).await {
        Err(Error::Refused(_)) => return Ok(plain(view.say(&Sentence::RefusalNotAllowed))),
        found => found?,
    };
    let text = text::cut(&found.text, 60).into();
    let (question, label, how) = match call_off {
        true => (
            Sentence::BroadcastCancelAsk { text },
            Sentence::ButtonBroadcastCancelAnyway,
            Ending::CancelAnyway,
        ),
        false => (
            Sentence::BroadcastCloseAsk { text },
            Sentence::ButtonBroadcastCloseAnyway,
            Ending::CloseAnyway,
        ),
    };
    let mut lines: Vec<String> = needing::names(view, reader, &found)
        .await?
        .into_iter()
        .collect();
    lines.push(view.say(&question));
    lines.extend(found.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let anyway = (view.say(&label), Button::BroadcastEnd { how, id });
    Ok(with(Rows::default().row([anyway]), plain(lines.join("\n"))))
}
