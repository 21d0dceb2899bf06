//! Somebody else ended a call for help: whoever called hears it, because edits make no sound.

use sea_orm::{EntityTrait, QueryFilter};

use ::entity::{emergency, user};

use crate::{
    Actor, Result, Tx,
    outbox::{self, Lane, Message, Notice},
    reach::hears,
};

/// Tells whoever called, unless it was he who ended it.
pub(super) async fn tell_caller(tx: &mut Tx, actor: &Actor, row: &emergency::Model) -> Result<()> {
    let Some(caller) = row.raised_by.filter(|id| actor.user_id != Some(*id)) else {
        return Ok(());
    };
    let caller = user::Entity::find_by_id(caller)
        .filter(hears())
        .one(tx.db())
        .await?;
    let chat = caller.and_then(|user| Some((user.telegram_id?, user.id)));
    let ended = chat.map(|(chat_id, user_id)| Message {
        lane: Lane::Emergency,
        notice: Notice::EmergencyEnded {
            emergency_id: row.id,
            by_user: actor.user_id,
        },
        collapse: None,
        ..Message::emergency(chat_id, Some(user_id), row.task_id, row.id, true)
    });
    outbox::push(tx, ended.into_iter().collect()).await
}
