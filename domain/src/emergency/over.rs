//! Somebody else ended a call for help, or opened it again: whoever called hears it and so do those in command, because edits
//! make no sound.

use sea_orm::{EntityTrait, QueryFilter};

use ::entity::{emergency, user};

use super::{is_open, voice};
use crate::{
    Actor, Result, Tx,
    outbox::{self, Lane, Message, Notice},
    reach::hears,
    task::Task,
};

/// Tells those in command who were told of it, unless it was they who did it.
pub(super) async fn tell_command(
    tx: &mut Tx,
    actor: &Actor,
    row: &emergency::Model,
    task: &Task,
) -> Result<()> {
    let mut people = voice::command_told(tx, task.id, actor.user_id).await?;
    if let Some(caller) = row.raised_by {
        people.remove(&caller);
    }
    let notice = news(row, actor.user_id);
    let told = people.into_iter().map(|(user_id, chat)| {
        Message::about(chat, Some(user_id), task.id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, told.collect()).await
}

/// That it is open again, or has ended.
fn news(row: &emergency::Model, by_user: Option<i64>) -> Notice {
    let emergency_id = row.id;
    match is_open(row.status) {
        true => Notice::EmergencyReopened {
            emergency_id,
            by_user,
        },
        false => Notice::EmergencyEnded {
            emergency_id,
            by_user,
        },
    }
}

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
    let told = Message {
        notice: news(row, actor.user_id),
        collapse: None,
        ..card.clone()
    };
    let card = is_open(row.status).then_some(card);
    outbox::push(tx, [told].into_iter().chain(card).collect()).await
}
