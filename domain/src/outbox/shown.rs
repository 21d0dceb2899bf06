//! What stands in a chat.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::outbox::{self, OutboxStatus};

use crate::{Result, Store};

/// The newest word about this message in this chat; nothing for one that is none of ours, or was pruned.
pub(crate) async fn shown(
    store: &Store,
    chat_id: i64,
    message_id: i64,
) -> Result<Option<outbox::Model>> {
    Ok(outbox::Entity::find()
        .filter(outbox::Column::ChatId.eq(chat_id))
        .filter(outbox::Column::Status.eq(OutboxStatus::Sent))
        .filter(outbox::Column::MessageId.eq(message_id))
        .order_by_desc(outbox::Column::Id)
        .one(store.reader())
        .await?)
}
