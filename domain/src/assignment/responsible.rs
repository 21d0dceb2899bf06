//! Who answers for a task, and is told how its people are.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{unit_member, user};

use super::offer::lane;
use crate::{
    Result, Tx,
    actor::Level,
    emergency,
    outbox::{self, Message, Notice},
    reach::hears,
    task::Task,
};

/// Tells those who answer for a task, each once, but not the chats of `except`.
pub(crate) async fn tell_responsible(
    tx: &mut Tx,
    task: &Task,
    notice: Notice,
    except: &[i64],
) -> Result<()> {
    let people = responsible(tx, task).await?;
    let messages = people
        .into_iter()
        .filter(|(chat_id, _)| !except.contains(chat_id))
        .map(|(chat_id, user_id)| {
            Message::about(chat_id, Some(user_id), task.id, notice.clone())
                .in_lane(lane(task.priority))
        })
        .collect();
    outbox::push(tx, messages).await
}

/// Chats and accounts of lead, creator and the unit's supervisors, of those who can hear; the admins too where none of these is
/// in command.
pub(crate) async fn responsible(tx: &Tx, task: &Task) -> Result<BTreeSet<(i64, i64)>> {
    let mut owners = owners(tx, task).await?;
    if !owners.iter().any(|one| one.commands) {
        owners.extend(admins(tx).await?);
    }
    Ok(owners
        .into_iter()
        .map(|one| (one.chat_id, one.user_id))
        .collect())
}

/// Somebody who answers for a task and can hear.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub chat_id: i64,
    pub user_id: i64,
    /// At least a supervisor.
    pub commands: bool,
}

impl Owner {
    fn of(user: &user::Model) -> Option<Self> {
        Some(Self {
            chat_id: user.telegram_id?,
            user_id: user.id,
            commands: user.level >= Level::Supervisor as i16,
        })
    }
}

/// Lead, creator and the unit's supervisors, those who can hear; not whoever called for help, of his own rescue.
pub(super) async fn owners(tx: &Tx, task: &Task) -> Result<Vec<Owner>> {
    let mut ids: Vec<i64> = task.lead.iter().filter_map(|lead| lead.user_id).collect();
    ids.extend(task.created_by.iter().map(|user| user.user_id));
    if let Some(unit) = &task.unit {
        ids.extend(members(tx, unit.id).await?);
    }
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .filter(hears())
        .all(tx.db())
        .await?;
    let lead = task.lead.as_ref().and_then(|lead| lead.user_id);
    let answers =
        |one: &Owner| one.commands || Some(one.user_id) == lead || is_creator(task, one.user_id);
    let mut owners: Vec<Owner> = users.iter().filter_map(Owner::of).filter(answers).collect();
    let caller = emergency::caller_of(tx, task).await?;
    owners.retain(|one| Some(one.user_id) != caller);
    Ok(owners)
}

/// The admins who can hear: those who are told when nobody else in command can be.
pub(super) async fn admins(tx: &Tx) -> Result<Vec<Owner>> {
    let users = user::Entity::find()
        .filter(user::Column::Level.eq(Level::Admin as i16))
        .filter(hears())
        .all(tx.db())
        .await?;
    Ok(users.iter().filter_map(Owner::of).collect())
}

fn is_creator(task: &Task, user_id: i64) -> bool {
    task.created_by
        .as_ref()
        .is_some_and(|user| user.user_id == user_id)
}

async fn members(tx: &Tx, unit_id: i64) -> Result<Vec<i64>> {
    Ok(unit_member::Entity::find()
        .select_only()
        .column(unit_member::Column::UserId)
        .filter(unit_member::Column::UnitId.eq(unit_id))
        .into_tuple()
        .all(tx.db())
        .await?)
}
