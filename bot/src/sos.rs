//! The SOS button, the place that follows it, and the answers to it.

use domain::{
    Result, Tx,
    broadcast::{Attached, Hearers, Reply as Word},
    emergency::{self, Called, Coming, OpenCall, Said},
    outbox::{self, Message as Outgoing},
    position::{self, PositionSource},
};
use locales::{Lang, Sentence};
use teloxide::types::Message;

use crate::{
    broadcasts::told,
    content::{self, Content, FILE_MOST},
    ctx::Ctx,
    dialogues::report,
    keyboards::Help,
    presence,
    reply::Reply,
};

mod instead;

/// The button or the command: asks for the place, and counts.
pub async fn begin(ctx: &Ctx) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            match emergency::call(tx, &inner.actor).await? {
                Called::Waiting { until, .. } => {
                    let left = (until - tx.now()).num_seconds().clamp(1, 86_400);
                    let seconds = left as u32;
                    inner.say(tx, Reply::SosAsk { seconds }).await
                }
                Called::Running(id) => {
                    let card =
                        Outgoing::emergency(inner.chat_id, inner.actor.user_id, None, id, true);
                    outbox::push(tx, vec![card]).await?;
                    inner.say(tx, Reply::SosAgain).await
                }
            }
        })
    })
    .await
    .map(drop)
}

/// A place or a word that belongs to one's own call. False when there is none.
pub async fn heard(ctx: &Ctx, message: &Message) -> Result<bool> {
    let text = message.text().unwrap_or_default();
    let place = content::place(message);
    let taken_back = locales::matches(&Sentence::ButtonWithdraw, text);
    if place.is_none() && !taken_back {
        return Ok(false);
    }
    let Some(call) = emergency::open_of(&ctx.store, &ctx.actor).await? else {
        return Ok(false);
    };
    match place {
        Some(place) if call.wants_place => {
            placed(ctx, call.id, presence::shared(place, message)).await?;
        }
        Some(_) => return Ok(false),
        None => withdraw(ctx, call.id).await?,
    }
    Ok(true)
}

async fn placed(ctx: &Ctx, id: i64, shared: position::Shared) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let place = (shared.point, shared.accuracy_m);
            let launched = emergency::placed(tx, &inner.actor, id, place).await?;
            // Off shift the place belongs to the call alone.
            let source = PositionSource::Sos;
            let shared = position::Shared { source, ..shared };
            match position::share(tx, &inner.actor, shared).await {
                Err(domain::Error::Refused(_)) | Ok(_) if launched => Ok(()),
                Ok(_) => inner.say(tx, Reply::PositionSaved).await,
                Err(error) => Err(error),
            }
        })
    })
    .await
    .map(drop)
}

/// His own call, when it came after the step he is in: what he sends now is about it.
pub async fn after_this_step(ctx: &Ctx) -> Result<Option<OpenCall>> {
    let call = emergency::open_of(&ctx.store, &ctx.actor).await?;
    let step = ctx.state.since;
    Ok(call.filter(|call| step.is_none_or(|step| step <= call.called_at)))
}

/// What somebody sends while his own call is open is a report on it, also while it still waits for a place: then it leaves
/// with it.
pub async fn reports(ctx: &Ctx, id: i64, content: Content) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let task_id = emergency::launched(tx, &inner.actor, id).await?;
            keep(tx, &inner, (task_id, false), content).await
        })
    })
    .await
    .map(drop)
}

/// The same on a call of his that ended lately.
pub async fn says_after(ctx: &Ctx, task_id: i64, content: Content) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move { keep(tx, &inner, (task_id, true), content).await })
    })
    .await
    .map(drop)
}

/// What somebody sends about the call of another that goes on.
pub async fn says_to(ctx: &Ctx, task_id: i64, content: Content) -> Result<()> {
    says_at(ctx, task_id, None, content).await
}

/// The same, and what he is asked about it.
pub async fn says_and_is_asked(
    ctx: &Ctx,
    task_id: i64,
    content: Content,
    question: Reply,
) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            keep(tx, &inner, (task_id, false), content).await?;
            inner.say(tx, question).await
        })
    })
    .await
    .map(drop)
}

/// What somebody sends who is at the call of another and asked for help in a broadcast is a report on that call; whoever sent
/// the broadcast hears it too.
pub async fn says_at(
    ctx: &Ctx,
    task_id: i64,
    broadcast_id: Option<i64>,
    content: Content,
) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            if let Some(id) = broadcast_id {
                told::keep(tx, &inner, id, Some(Word::NeedsHelp), &content).await?;
            }
            keep(tx, &inner, (task_id, false), content).await
        })
    })
    .await
    .map(drop)
}

/// Adds it to the task of the call, which goes on or is `over`, and says who hears it.
async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    (task_id, over): (i64, bool),
    content: Content,
) -> Result<()> {
    let (content, file) = kept(content, ctx.lang);
    if file.is_some() && !emergency::has_room(tx, &ctx.actor, task_id).await? {
        let megabytes = (FILE_MOST / 1024 / 1024).into();
        return ctx.say(tx, Reply::ReportTooLarge { megabytes }).await;
    }
    let kind = content.kind();
    report::add(tx, ctx, task_id, content).await?;
    if let Some(file) = file {
        emergency::pass_on(tx, &ctx.actor, task_id, file).await?;
    }
    let Hearers {
        names,
        drill,
        quiet,
    } = emergency::who_hears(tx, &ctx.actor, task_id).await?;
    let kept = Reply::SosReported {
        task_id,
        kind,
        names,
        drill,
        quiet,
        over,
    };
    ctx.say(tx, kept).await
}

/// What of it is kept, and the file that Telegram does not hand out for that: it goes on all the same.
fn kept(content: Content, lang: Lang) -> (Content, Option<Attached>) {
    if !content.is_too_large() {
        return (content, None);
    }
    let megabytes = (FILE_MOST / 1024 / 1024).into();
    let note = Sentence::SosTooLarge { megabytes }.to(lang);
    let words = match &content {
        Content::File {
            caption: Some(words),
            ..
        } => format!("{note} {words}"),
        _ => note,
    };
    (Content::Text(words), content.attached())
}

/// Takes a call back.
pub async fn withdraw(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let reason = Sentence::SosWithdrawReason.to(inner.lang);
            emergency::withdraw(tx, &inner.actor, id, &reason).await?;
            inner.say(tx, Reply::SosWithdrawn).await
        })
    })
    .await
    .map(drop)
}

/// A press under the card of an emergency.
pub async fn pressed(ctx: &Ctx, verb: Help, id: i64) -> Result<()> {
    match verb {
        Help::Go => go(ctx, id).await,
        Help::Decline => decline(ctx, id).await,
        Help::Withdraw => withdraw(ctx, id).await,
        Help::Switch => comes(ctx, id, true).await,
        Help::Show => show(ctx, id).await,
    }
}

/// The card as a new message at the end of the chat, for whoever may see it.
async fn show(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            emergency::find_in(tx, &inner.actor, id).await?;
            let card = Outgoing::emergency(inner.chat_id, inner.actor.user_id, None, id, true);
            outbox::push(tx, vec![card]).await
        })
    })
    .await
    .map(drop)
}

/// A word by itself: he cannot, else he comes.
pub async fn answers(ctx: &Ctx, id: i64, word: Word) -> Result<()> {
    match word {
        Word::Declined => decline(ctx, id).await,
        Word::Acknowledged | Word::OnTheWay | Word::NeedsHelp => go(ctx, id).await,
    }
}

/// "I come". Whoever goes to another is asked whether he leaves that.
async fn go(ctx: &Ctx, id: i64) -> Result<()> {
    match instead::is_asked(ctx, id).await? {
        true => Ok(()),
        false => comes(ctx, id, false).await,
    }
}

/// He comes to this one, where it is said `instead` of any other.
async fn comes(ctx: &Ctx, id: i64, instead: bool) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                let reason = Sentence::EmergencyInsteadReason.to(inner.lang);
                let coming = match instead {
                    true => emergency::go_instead(tx, &inner.actor, id, &reason).await?,
                    false => emergency::go(tx, &inner.actor, id).await?,
                };
                if let Coming::Full { .. } | Coming::Over = coming {
                    let card =
                        Outgoing::emergency(inner.chat_id, inner.actor.user_id, None, id, false);
                    outbox::push(tx, vec![card]).await?;
                }
                say_which(tx, &inner, id, true).await?;
                Ok(coming)
            })
        })
        .await?;
    match done {
        Some(Coming::Taken | Coming::Again) => ctx.toast(&Sentence::EmergencyYouGo),
        Some(Coming::Full { names }) => ctx.toast(&Sentence::EmergencyFull {
            count: names.len().into(),
            names: names.join(", ").into(),
        }),
        Some(Coming::Over) => ctx.toast(&Sentence::EmergencyOver),
        None => {}
    }
    Ok(())
}

/// Whoever answers with a word hears which call he answered; whoever presses sees it on the card.
async fn say_which(tx: &mut Tx, ctx: &Ctx, id: i64, going: bool) -> Result<()> {
    match ctx.query {
        Some(_) => Ok(()),
        None => ctx.say(tx, Reply::SosAnswered { id, going }).await,
    }
}

async fn decline(ctx: &Ctx, id: i64) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                let reason = Sentence::EmergencyCannotReason.to(inner.lang);
                let said = emergency::decline(tx, &inner.actor, id, &reason).await?;
                let card = Outgoing::emergency(inner.chat_id, inner.actor.user_id, None, id, false);
                outbox::push(tx, vec![card]).await?;
                say_which(tx, &inner, id, false).await?;
                Ok(said)
            })
        })
        .await?;
    match done {
        Some(Said::Declined) => ctx.toast(&Sentence::EmergencyYouCannot),
        Some(Said::Over) => ctx.toast(&Sentence::EmergencyOver),
        None => {}
    }
    Ok(())
}
