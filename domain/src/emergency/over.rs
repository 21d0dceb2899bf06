//! Somebody else ended a call for help, or opened it again: whoever called hears it, because edits make no sound.

use sea_orm::{EntityTrait, QueryFilter};

use ::entity::{emergency, user};

use super::is_open;
use crate::{
    Actor, Result, Tx,
    outbox::{self, Message, Notice},
    reach::hears,
};

/// Tells whoever called, unless it was he who did it. Of one that is open again he gets the card anew.
pub(super) async fn tell_caller(tx: &mut Tx, actor: &Actor, row: &emergency::Model) -> Result<()> {
    let Some(caller) = row.raised_by.filter(|id| actor.user_id != Some(*id)) else {
        return Ok(());
    };
    let caller = user::Entity::find_by_id(caller)
        .filter(hears())
        .one(tx.db())
        .await?;
    let Some((chat_id, user_id)) = caller.and_then(|user| Some((user.telegram_id?, user.id)))
    else {
        return Ok(());
    };
    let card = Message::emergency(chat_id, Some(user_id), row.task_id, row.id, true);
    let told = |notice| Message {
        notice,
        collapse: None,
        ..card.clone()
    };
    let (emergency_id, by_user) = (row.id, actor.user_id);
    let news = match is_open(row.status) {
        true => vec![
            told(Notice::EmergencyReopened {
                emergency_id,
                by_user,
            }),
            card.clone(),
        ],
        false => vec![told(Notice::EmergencyEnded {
            emergency_id,
            by_user,
        })],
    };
    outbox::push(tx, news).await
}
