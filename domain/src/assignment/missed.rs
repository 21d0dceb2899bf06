//! Who hears that some of a task that is open again did not come back to it.

use std::collections::BTreeSet;

use super::{
    Kept, NotBack,
    offer::lane,
    responsible::{Owner, admins, owners},
};
use crate::{
    Actor, Result, Tx,
    actor::Act,
    outbox::{self, Message, Notice},
    task::Task,
};

/// Tells those in command who answer for it, and whoever is at other work instead, but for whoever opened it again. Says
/// whether anybody in command is told, or did it himself.
pub(crate) async fn tell_of_missing(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    not_back: &[NotBack],
) -> Result<bool> {
    if not_back.is_empty() {
        return Ok(false);
    }
    let mut known = actor.may(Act::Assign, &task.stake());
    let command = command(tx, task, known).await?;
    let mut told: BTreeSet<i64> = actor.telegram_id.into_iter().collect();
    let notice = Notice::NotBack {
        task_id: task.id,
        by_user: actor.user_id,
        people: not_back.to_vec(),
    };
    let about = |chat_id, user_id| {
        Message::about(chat_id, user_id, task.id, notice.clone()).in_lane(lane(task.priority))
    };
    let mut messages = Vec::new();
    for one in command {
        if told.insert(one.chat_id) {
            known = true;
            messages.push(about(one.chat_id, Some(one.user_id)));
        }
    }
    for (chat_id, user_id) in elsewhere(task, not_back) {
        if told.insert(chat_id) {
            messages.push(about(chat_id, user_id));
        }
    }
    outbox::push(tx, messages).await?;
    Ok(known)
}

/// Those in command who answer for it; the admins, when there are none and nobody knows of it yet.
async fn command(tx: &Tx, task: &Task, known: bool) -> Result<Vec<Owner>> {
    let mut command = owners(tx, task).await?;
    command.retain(|one| one.commands);
    match command.is_empty() && !known {
        true => admins(tx).await,
        false => Ok(command),
    }
}

/// The chats of those who are at another task now: whoever is on leave is left in peace.
fn elsewhere(task: &Task, not_back: &[NotBack]) -> impl Iterator<Item = (i64, Option<i64>)> {
    let busy = not_back
        .iter()
        .filter(|one| matches!(one.kept, Kept::Task { .. }));
    busy.filter_map(move |one| {
        let agent = &task.assignment_of(one.agent_id)?.agent;
        Some((agent.telegram_id?, agent.user_id))
    })
}
