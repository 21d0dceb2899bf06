//! How a broadcast ends: called off, closed with a last word, or its time is over.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use ::entity::{broadcast, card};

use super::{
    BroadcastStatus, NEVER_TOLD, PAGE, UNHEARD, escalation::escalate, is_open, lock, may, posts,
    progress, set_status, tell,
};
use crate::{
    Actor, Refusal, Result, Tx,
    audit::{self, Subject},
    card::Subject as Shown,
    drill,
    error::Problem,
    outbox::{self, Lane, Message, Notice},
    task::create::text,
    timer::{self, Due},
};

/// Stops what has not left; whoever has it sees that it is over. Again: nothing.
///
/// # Errors
/// Needs the permission `broadcast`; [`Refusal::Ended`] when it is over already.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    end(tx, actor, id, BroadcastStatus::Cancelled)
        .await
        .map(drop)
}

/// Ends it with a last word that stands in the message of everybody; whoever never got it is named to those who are
/// responsible.
///
/// # Errors
/// Needs the permission `broadcast`; [`Refusal::Ended`] when it is over already.
pub async fn close(tx: &mut Tx, actor: &Actor, id: i64, word: Option<&str>) -> Result<()> {
    let word = text(word);
    if word.as_ref().is_some_and(|word| word.chars().count() > 500) {
        return Err(Refusal::invalid("text", Problem::TooLong).into());
    }
    if !end(tx, actor, id, BroadcastStatus::Closed).await? {
        return Ok(());
    }
    let update = broadcast::ActiveModel {
        id: Set(id),
        closing: Set(word),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    Ok(())
}

/// False when it had ended so before.
async fn end(tx: &mut Tx, actor: &Actor, id: i64, how: BroadcastStatus) -> Result<bool> {
    may(actor)?;
    let row = lock(tx, id).await?;
    if row.status == how {
        return Ok(false);
    }
    let draft = row.status == BroadcastStatus::Draft && how == BroadcastStatus::Cancelled;
    if !is_open(row.status) && !draft {
        return Err(Refusal::Ended.into());
    }
    if how == BroadcastStatus::Closed {
        escalate(tx, &row, &NEVER_TOLD, false).await?;
        scored(tx, &row).await?;
    }
    over(tx, &row, how).await?;
    let action = match how {
        BroadcastStatus::Closed => "broadcast.close",
        _ => "broadcast.cancel",
    };
    let data = json!({ "broadcast": id });
    audit::record(tx, actor, action, Subject::Broadcast(id), data).await?;
    Ok(true)
}

async fn over(tx: &mut Tx, row: &broadcast::Model, how: BroadcastStatus) -> Result<()> {
    let id = row.id;
    for due in [
        Due::BroadcastAsk {
            broadcast_id: id,
            after: 0,
        },
        Due::BroadcastFiles {
            broadcast_id: id,
            after: 0,
            first: 0,
        },
        Due::BroadcastRound { broadcast_id: id },
        Due::BroadcastHeld { broadcast_id: id },
        Due::BroadcastEnd { broadcast_id: id },
    ] {
        timer::cancel(tx, &due).await?;
    }
    set_status(tx, id, how).await?;
    if row.drill {
        drill::keep(tx, id).await?;
    }
    posts::show_end(tx, id).await?;
    show_end(tx, id, i64::MIN).await?;
    progress(tx, id).await
}

/// The messages that show it are brought up to date: a page of chats, and the rest by and by.
pub(crate) async fn show_end(tx: &mut Tx, id: i64, after: i64) -> Result<()> {
    let chats: Vec<i64> = card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(Shown::Broadcast(id).to_string()))
        .filter(card::Column::ChatId.gt(after))
        .order_by_asc(card::Column::ChatId)
        .limit(PAGE)
        .into_tuple()
        .all(tx.db())
        .await?;
    let last = chats.last().copied();
    let full = chats.len() as u64 == PAGE;
    let cards = chats
        .into_iter()
        .map(|chat| Message::broadcast(chat, None, id, false).in_lane(Lane::Task));
    outbox::push(tx, cards.collect()).await?;
    let Some(after) = last.filter(|_| full) else {
        return Ok(());
    };
    let broadcast_id = id;
    let next = Due::BroadcastShown {
        broadcast_id,
        after,
    };
    let now = tx.now();
    timer::set(tx, &next, now).await
}

/// Nobody is waited for any more: whoever was never told, or owes an answer, is named to those who are responsible.
pub(crate) async fn expired(tx: &mut Tx, id: i64) -> Result<()> {
    let row = lock(tx, id).await?;
    let unheard = match row.status {
        BroadcastStatus::Active => &UNHEARD[..],
        BroadcastStatus::Acknowledged => &NEVER_TOLD[..],
        // Nobody was to hear of it yet.
        BroadcastStatus::Draft => &[],
        _ => return Ok(()),
    };
    escalate(tx, &row, unheard, false).await?;
    if row.status != BroadcastStatus::Draft {
        scored(tx, &row).await?;
    }
    over(tx, &row, BroadcastStatus::Expired).await
}

/// Whoever sent a drill learns how well it was answered.
async fn scored(tx: &mut Tx, row: &broadcast::Model) -> Result<()> {
    if !row.drill {
        return Ok(());
    }
    let broadcast_id = row.id;
    let sender = row.created_by.into_iter().collect();
    tell(tx, sender, Notice::DrillScore { broadcast_id }).await
}
