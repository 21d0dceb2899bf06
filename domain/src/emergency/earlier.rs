//! Messages about an emergency that call nobody any more: one that a newer one has replaced, and the word that nobody comes once
//! somebody does or it has ended. They are worded anew behind everything else that people are told.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{card, emergency};

use super::{is_open, progress};
use crate::{
    Result, Tx,
    card::{Shown, Subject},
    outbox::{self, Lane, Message, Notice, Outgoing},
};

/// A new message took over in a chat: the one before asks nothing any more, whatever becomes of the emergency.
pub(crate) async fn replaced(tx: &mut Tx, by: &Outgoing, shown: &Shown) -> Result<()> {
    let (Notice::Emergency {
        emergency_id,
        ring: true,
    }
    | Notice::EmergencyEscalated { emergency_id, .. }) = by.notice
    else {
        return Ok(());
    };
    let earlier = move |message_id| Notice::EmergencyEarlier {
        emergency_id,
        message_id,
    };
    outbox::replaced(tx, by, shown, earlier).await?;
    if shown.subject != Subject::Alert(emergency_id) {
        return Ok(());
    }
    // Somebody came, or it ended, while the word was under way.
    let row = emergency::Entity::find_by_id(emergency_id)
        .one(tx.db())
        .await?;
    let Some(row) = row else { return Ok(()) };
    if !is_answered(tx, &row).await? {
        return Ok(());
    }
    outbox::push(tx, vec![alert(by.chat_id, emergency_id)]).await
}

/// The word that nobody comes says so no longer, wherever it stands.
pub(super) async fn answer_alerts(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    if !is_answered(tx, row).await? {
        return Ok(());
    }
    let chats: Vec<i64> = card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(Subject::Alert(row.id).to_string()))
        .into_tuple()
        .all(tx.db())
        .await?;
    let alerts = chats.into_iter().map(|chat_id| alert(chat_id, row.id));
    outbox::push(tx, alerts.collect()).await
}

async fn is_answered(tx: &Tx, row: &emergency::Model) -> Result<bool> {
    if !is_open(row.status) {
        return Ok(true);
    }
    Ok(!progress::going(tx, row).await?.is_empty())
}

fn alert(chat_id: i64, emergency_id: i64) -> Message {
    let notice = Notice::EmergencyAnswered { emergency_id };
    Message {
        collapse: Some(format!("answered:{chat_id}:e{emergency_id}")),
        ..Message::news(chat_id, None, notice).in_lane(Lane::Digest)
    }
}
