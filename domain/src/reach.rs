//! Whether Telegram can reach somebody.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr,
};

use ::entity::user;

use crate::{Result, Tx, assignment, broadcast, check_in, emergency, group};

/// Whoever can hear what he is told: active, linked, and as far as is known not out of reach.
pub(crate) fn hears() -> Condition {
    Condition::all()
        .add(user::Column::Active.eq(true))
        .add(user::Column::TelegramId.is_not_null())
        .add(user::Column::UnreachableAt.is_null())
}

/// Telegram says that this chat is gone or the bot is blocked: whoever was to answer there is unreachable at once.
/// A group that is gone belongs to no unit any more.
pub async fn lost(tx: &mut Tx, chat_id: i64) -> Result<()> {
    if chat_id < 0 {
        return group::lost(tx, chat_id).await;
    }
    if is_news(tx, chat_id).await? {
        Box::pin(emergency::deaf(tx, chat_id)).await?;
    }
    assignment::unreachable(tx, chat_id).await?;
    emergency::unreachable(tx, chat_id).await?;
    broadcast::unreachable(tx, chat_id).await?;
    check_in::unreachable(tx, chat_id).await
}

/// Notes it; whether that was not known yet: each of the messages that wait for him is refused.
async fn is_news(tx: &Tx, chat_id: i64) -> Result<bool> {
    let noted = user::Entity::update_many()
        .col_expr(user::Column::UnreachableAt, Expr::value(tx.now()))
        .filter(user::Column::TelegramId.eq(chat_id))
        .filter(user::Column::UnreachableAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(noted.rows_affected > 0)
}

/// The person took the bot back: what he could not hear meanwhile is asked now.
pub async fn regained(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let lost = user::Entity::find()
        .filter(user::Column::TelegramId.eq(chat_id))
        .filter(user::Column::UnreachableAt.is_not_null())
        .one(tx.db())
        .await?;
    let Some(user) = lost else { return Ok(()) };
    let back = user::ActiveModel {
        id: Set(user.id),
        unreachable_at: Set(None),
        ..Default::default()
    };
    user::Entity::update(back).exec(tx.db()).await?;
    let since = user.unreachable_at.unwrap_or(tx.now());
    Box::pin(emergency::hears_again(tx, &user, since)).await?;
    assignment::reachable(tx, user.id).await?;
    emergency::reachable(tx, chat_id).await?;
    broadcast::reachable(tx, user.id).await?;
    check_in::reachable(tx, user.id).await
}
