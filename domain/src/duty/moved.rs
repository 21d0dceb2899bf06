//! Who hears that somebody belongs to other units from now on: he, and those in charge of the units that he leaves or joins.

use std::collections::BTreeSet;

use super::{Reader, in_charge, readers};
use crate::{
    Actor, Result, Tx,
    outbox::{self, Message, Notice},
};

/// Tells them, but for whoever did it; nobody when nothing has changed.
pub(crate) async fn tell_moved(
    tx: &mut Tx,
    actor: &Actor,
    agent_id: i64,
    (before, now): (Vec<i64>, Vec<i64>),
) -> Result<()> {
    let was: BTreeSet<i64> = before.iter().copied().collect();
    let is: BTreeSet<i64> = now.iter().copied().collect();
    if was == is {
        return Ok(());
    }
    let own = readers(tx, &[agent_id]).await?;
    let mut told: BTreeSet<Reader> = own.into_iter().collect();
    for unit_id in was.symmetric_difference(&is) {
        told.extend(in_charge(tx, Some(*unit_id)).await?);
    }
    told.retain(|(_, user_id)| actor.user_id != Some(*user_id));
    let notice = Notice::Moved {
        agent_id,
        before,
        now,
    };
    let messages = told
        .into_iter()
        .map(|(chat_id, user_id)| Message::news(chat_id, Some(user_id), notice.clone()));
    outbox::push(tx, messages.collect()).await
}
