//! A message that a newer one has replaced: it asks nothing any more, whatever becomes of what it is about.

use sea_orm::EntityTrait;

use ::entity::card;

use super::{Lane, Message, Notice, Outgoing, push};
use crate::{Result, Tx, card::Shown};

/// A new message took over in a chat: the one that showed its subject before, if one did, is worded as `earlier` says of its
/// number.
pub(crate) async fn replaced(
    tx: &mut Tx,
    by: &Outgoing,
    shown: &Shown,
    earlier: impl FnOnce(i64) -> Notice,
) -> Result<()> {
    let before = card::Entity::find_by_id((by.chat_id, shown.subject.to_string()))
        .one(tx.db())
        .await?;
    let before = before.map(|card| card.message_id);
    let anew = before
        .filter(|id| *id != shown.message_id)
        .map(|id| anew(by, id, earlier(id)));
    push(tx, anew.into_iter().collect()).await
}

/// Behind everything else that people are told.
fn anew(by: &Outgoing, message_id: i64, notice: Notice) -> Message {
    let chat_id = by.chat_id;
    Message {
        collapse: Some(format!("earlier:{chat_id}:{message_id}")),
        ..Message::news(chat_id, by.user_id, notice).in_lane(Lane::Digest)
    }
}
