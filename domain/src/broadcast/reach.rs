//! What Telegram says of its messages: taken, or refused for good.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    sea_query::{Expr, Func, LockType},
};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{RecipientState, SILENT, answer::open, audience::account_in, is_open, one, progress};
use crate::{
    Result, Tx,
    card::Shown,
    outbox::{self, Message, Notice, Outgoing},
};

/// Keeps these broadcasts from being called off or closed until what Telegram took of them is recorded, so that whoever ends
/// one finds every message that shows it; in one order.
pub(crate) async fn hold(tx: &Tx, mut ids: Vec<i64>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    broadcast::Entity::find()
        .select_only()
        .column(broadcast::Column::Id)
        .filter(broadcast::Column::Id.is_in(ids))
        .order_by_asc(broadcast::Column::Id)
        .lock(LockType::Share)
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
}

/// Telegram took the message; with `ring` one that made a sound.
pub(crate) async fn delivered(tx: &mut Tx, id: i64, chat_id: i64, ring: bool) -> Result<()> {
    let now = tx.now();
    let his = || {
        broadcast_recipient::Entity::update_many()
            .filter(broadcast_recipient::Column::BroadcastId.eq(id))
            .filter(broadcast_recipient::Column::UserId.in_subquery(account_in(chat_id)))
    };
    if ring {
        // An answer may have been quicker than this.
        let first = Func::coalesce([
            Expr::col(broadcast_recipient::Column::SentAt),
            Expr::value(now),
        ]);
        his()
            .col_expr(broadcast_recipient::Column::RungAt, Expr::value(now))
            .col_expr(broadcast_recipient::Column::SentAt, first.into())
            .exec(tx.db())
            .await?;
    }
    let done = his()
        .col_expr(
            broadcast_recipient::Column::State,
            Expr::value(RecipientState::Sent),
        )
        .col_expr(broadcast_recipient::Column::StateAt, Expr::value(now))
        .col_expr(broadcast_recipient::Column::SentAt, Expr::value(now))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::Queued))
        .exec(tx.db())
        .await?;
    // It was called off while the message was under way.
    if ring && !is_open(one(tx, id).await?.status) {
        let card = Message::broadcast(chat_id, None, id, false);
        outbox::push(tx, vec![card]).await?;
    }
    match done.rows_affected {
        0 => Ok(()),
        _ => progress(tx, id).await,
    }
}

/// A new message of it took over in a chat: the one before asks nothing any more, whatever becomes of the broadcast.
pub(crate) async fn replaced(tx: &mut Tx, by: &Outgoing, shown: &Shown) -> Result<()> {
    let Notice::Broadcast {
        broadcast_id,
        ring: true,
    } = by.notice
    else {
        return Ok(());
    };
    let earlier = move |message_id| Notice::BroadcastEarlier {
        broadcast_id,
        message_id,
    };
    outbox::replaced(tx, by, shown, earlier).await
}

/// From one of its people to his account.
pub(crate) fn with_account() -> RelationDef {
    broadcast_recipient::Entity::belongs_to(user::Entity)
        .from(broadcast_recipient::Column::UserId)
        .to(user::Column::Id)
        .into()
}

/// Telegram cannot reach this chat: whoever has not answered there is unreachable.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let ids: Vec<i64> = broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::BroadcastId)
        .filter(broadcast_recipient::Column::UserId.in_subquery(account_in(chat_id)))
        .filter(broadcast_recipient::Column::State.is_in(SILENT))
        .filter(broadcast_recipient::Column::BroadcastId.in_subquery(open()))
        .into_tuple()
        .all(tx.db())
        .await?;
    for id in ids {
        let done = broadcast_recipient::Entity::update_many()
            .col_expr(
                broadcast_recipient::Column::State,
                Expr::value(RecipientState::Unreachable),
            )
            .col_expr(broadcast_recipient::Column::StateAt, Expr::value(tx.now()))
            .filter(broadcast_recipient::Column::BroadcastId.eq(id))
            .filter(broadcast_recipient::Column::State.is_in(SILENT))
            .filter(broadcast_recipient::Column::UserId.in_subquery(account_in(chat_id)))
            .exec(tx.db())
            .await?;
        if done.rows_affected > 0 {
            progress(tx, id).await?;
        }
    }
    Ok(())
}

/// Somebody can be reached again: what he could not hear is said now.
pub(crate) async fn reachable(tx: &mut Tx, user_id: i64) -> Result<()> {
    let Some(chat_id) = chat_of(tx, user_id).await? else {
        return Ok(());
    };
    let missed = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::Unreachable))
        .filter(broadcast_recipient::Column::BroadcastId.in_subquery(open()))
        .all(tx.db())
        .await?;
    for row in missed {
        broadcast_recipient::Entity::update_many()
            .col_expr(
                broadcast_recipient::Column::State,
                Expr::value(RecipientState::Queued),
            )
            .col_expr(broadcast_recipient::Column::StateAt, Expr::value(tx.now()))
            .filter(broadcast_recipient::Column::Id.eq(row.id))
            .filter(broadcast_recipient::Column::State.eq(RecipientState::Unreachable))
            .exec(tx.db())
            .await?;
        let id = row.broadcast_id;
        let mut said = vec![Message::broadcast(chat_id, Some(user_id), id, true)];
        // Whoever was left out of the words was left out of the file.
        if row.sent_at.is_none() && one(tx, id).await?.media.is_some() {
            said.push(Message::broadcast_file(chat_id, user_id, id));
        }
        outbox::push(tx, said).await?;
        progress(tx, id).await?;
    }
    Ok(())
}

async fn chat_of(tx: &Tx, user_id: i64) -> Result<Option<i64>> {
    let user = user::Entity::find_by_id(user_id).one(tx.db()).await?;
    Ok(user.and_then(|user| user.telegram_id))
}
