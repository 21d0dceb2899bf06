//! What Telegram says of its messages: taken, refused for good, or itself away for a while.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{
    BroadcastStatus, RecipientState, SILENT, answer::open, audience::account_in, is_open, one,
    progress, round::ask,
};
use crate::{
    Result, Store, Tx,
    outbox::{self, Message},
};

/// The most open broadcasts that are looked at when Telegram answers again.
const OPEN_MOST: u64 = 50;

/// Telegram took the message.
pub(crate) async fn delivered(tx: &mut Tx, id: i64, chat_id: i64) -> Result<()> {
    let now = tx.now();
    let his = || {
        broadcast_recipient::Entity::update_many()
            .filter(broadcast_recipient::Column::BroadcastId.eq(id))
            .filter(broadcast_recipient::Column::UserId.in_subquery(account_in(chat_id)))
    };
    // An answer may have been quicker than this.
    his()
        .col_expr(broadcast_recipient::Column::SentAt, Expr::value(now))
        .filter(broadcast_recipient::Column::SentAt.is_null())
        .exec(tx.db())
        .await?;
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
    if done.rows_affected == 0 {
        return Ok(());
    }
    // It was called off while the message was under way.
    if !is_open(one(tx, id).await?.status) {
        let card = Message::broadcast(chat_id, None, id, false);
        outbox::push(tx, vec![card]).await?;
    }
    progress(tx, id).await
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
        let ring = Message::broadcast(chat_id, Some(user_id), row.broadcast_id, true);
        outbox::push(tx, vec![ring]).await?;
        progress(tx, row.broadcast_id).await?;
    }
    Ok(())
}

async fn chat_of(tx: &Tx, user_id: i64) -> Result<Option<i64>> {
    let user = user::Entity::find_by_id(user_id).one(tx.db()).await?;
    Ok(user.and_then(|user| user.telegram_id))
}

/// Telegram answers again after it was away: everybody who has not answered is asked again. Returns how many.
pub async fn telegram_is_back(store: &Store) -> Result<usize> {
    store
        .write(|tx| {
            Box::pin(async move {
                let waiting: Vec<i64> = broadcast::Entity::find()
                    .select_only()
                    .column(broadcast::Column::Id)
                    .filter(broadcast::Column::Status.eq(BroadcastStatus::Active))
                    .filter(Expr::col(broadcast::Column::ExpiresAt).gt(tx.now()))
                    .order_by_desc(broadcast::Column::Id)
                    .limit(OPEN_MOST)
                    .into_tuple()
                    .all(tx.db())
                    .await?;
                let mut asked = 0;
                for id in waiting {
                    asked += ask(tx, id).await?;
                }
                Ok(asked)
            })
        })
        .await
}
