//! Whether Telegram can reach somebody.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use ::entity::user;

use crate::{Result, Tx, assignment};

/// Telegram says that this chat is gone or the bot is blocked: whoever was to answer there is unreachable at once.
pub async fn lost(tx: &mut Tx, chat_id: i64) -> Result<()> {
    assignment::unreachable(tx, chat_id).await
}

/// The person took the bot back.
pub async fn regained(tx: &Tx, chat_id: i64) -> Result<()> {
    user::Entity::update_many()
        .col_expr(
            user::Column::UnreachableAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(user::Column::TelegramId.eq(chat_id))
        .filter(user::Column::UnreachableAt.is_not_null())
        .exec(tx.db())
        .await?;
    Ok(())
}
