//! Where people are, and whether they can be reached at all.

use domain::{
    Error, Refusal, Result, Store, Tx,
    geo::Point,
    inbox,
    position::{self, PositionSource, Shared},
    reach,
};
use teloxide::types::{ChatMemberUpdated, Location, Message};

use crate::{
    content::Content, corrections, ctx::Ctx, groups, inflight::InboxId, reply::Reply, says,
};

/// Somebody blocked the bot, or took it back.
pub async fn changed(store: &Store, inbox: InboxId, change: &ChatMemberUpdated) -> Result<()> {
    let chat_id = change.chat.id.0;
    let present = change.new_chat_member.is_present();
    if !change.chat.is_private() {
        return groups::changed(store, inbox, change).await;
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                if !inbox::done(tx, inbox.0).await? {
                    return Ok(());
                }
                if present {
                    reach::regained(tx, chat_id).await
                } else {
                    reach::lost(tx, chat_id).await
                }
            })
        })
        .await
}

/// A live location moved, or words were corrected.
pub async fn moved(ctx: &Ctx, message: &Message) -> Result<()> {
    match message.location() {
        Some(place) => {
            // Also its last move, which carries no period any more.
            let source = PositionSource::Live;
            let shared = Shared {
                source,
                ..shared(place, message)
            };
            share(ctx, shared, false).await
        }
        None => corrections::made(ctx, message).await,
    }
}

/// A location as it was shared in this message: live ones carry a period, and the time of their last move.
pub fn shared(place: &Location, message: &Message) -> Shared {
    let live = place.live_period.is_some();
    Shared {
        point: Point {
            lat: place.latitude,
            lon: place.longitude,
        },
        accuracy_m: place.horizontal_accuracy,
        source: if live {
            PositionSource::Live
        } else {
            PositionSource::Pin
        },
        at: message.edit_date().copied().unwrap_or(message.date),
    }
}

/// Keeps where the person is, and says when `aloud` whether it did.
pub async fn share(ctx: &Ctx, shared: Shared, aloud: bool) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .write(move |tx| {
            Box::pin(async move {
                let kept = position::share(tx, &inner.actor, shared).await?;
                if !aloud {
                    return Ok(());
                }
                let answer = match kept {
                    true => Reply::PositionSaved,
                    false => Reply::PositionKnown,
                };
                inner.say(tx, answer).await
            })
        })
        .await;
    match done {
        Err(Error::Refused(refusal)) if *refusal == Refusal::PositionUnwanted => {
            match shared.source {
                PositionSource::Live => stop(ctx, aloud).await,
                _ => ctx.refuse(*refusal, None).await,
            }
        }
        Err(Error::Refused(refusal)) if aloud => ctx.refuse(*refusal, None).await,
        // It was answered when the live location began.
        Err(Error::Refused(_)) => ctx.ignore().await,
        done => done.map(drop),
    }
}

/// A pin that is about something else is where he is as well, unless it is the place of something that has a name, or a live
/// location says otherwise. Where it may not be kept as that it is not.
pub async fn pinned(tx: &mut Tx, ctx: &Ctx, content: &Content) -> Result<()> {
    let Content::Place(spot) = content else {
        return Ok(());
    };
    if spot.name.is_some() {
        return Ok(());
    }
    match position::share(tx, &ctx.actor, says::pin(ctx, spot)).await {
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A live location goes on for hours outside of the shift: that it is not kept is said once, when it begins (`aloud`) or
/// when the shift has ended, not every few seconds.
async fn stop(ctx: &Ctx, aloud: bool) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            let first = position::stop(tx, &inner.actor).await?;
            if !first && !aloud {
                return Ok(());
            }
            let refusal = Refusal::PositionUnwanted;
            let task_id = None;
            inner.say(tx, Reply::Refused { refusal, task_id }).await
        })
    })
    .await
    .map(drop)
}
