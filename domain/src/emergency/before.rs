//! What whoever called has sent so far, for those who come later: his words, and the last files as Telegram has them.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{emergency, user};

use super::{change, people, ring::accounts_of, set};
use crate::{
    Result, Store, Tx,
    broadcast::Attached,
    outbox::{self, Lane, Message, Notice},
};

/// So many files are kept for those who come later, the newest.
const FILES_MOST: usize = 5;

/// His words on the call with this task.
pub async fn words_on(store: &Store, task_id: i64) -> Result<Option<String>> {
    let words: Option<Option<String>> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Text)
        .filter(emergency::Column::TaskId.eq(task_id))
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(words.flatten())
}

/// The call with this task.
pub async fn on_task(store: &Store, task_id: i64) -> Result<Option<i64>> {
    Ok(emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .filter(emergency::Column::TaskId.eq(task_id))
        .into_tuple()
        .one(store.reader())
        .await?)
}

/// Keeps a file of his; the oldest gives way.
pub(super) async fn keep(tx: &Tx, row: &emergency::Model, file: Attached) -> Result<()> {
    let mut files = kept(row);
    files.push(file);
    let over = files.len().saturating_sub(FILES_MOST);
    files.drain(..over);
    let files = emergency::ActiveModel {
        files: Set(Some(serde_json::to_string(&files)?)),
        ..change(row.id)
    };
    set(tx, files).await?;
    Ok(())
}

/// What only another release can read is none of ours.
fn kept(row: &emergency::Model) -> Vec<Attached> {
    let files = row.files.as_deref();
    let read = files.and_then(|files| serde_json::from_str(files).ok());
    read.unwrap_or_default()
}

/// These come from now on: they get the files that were sent before, behind a word that says so.
pub(super) async fn hand_on(tx: &mut Tx, row: &emergency::Model, agent_ids: &[i64]) -> Result<()> {
    let files = kept(row);
    let (Some(caller), Some(task_id)) = (row.raised_by, row.task_id) else {
        return Ok(());
    };
    if files.is_empty() {
        return Ok(());
    }
    let come = user::Column::Id.in_subquery(accounts_of(agent_ids));
    let people = people::linked(tx, Condition::all().add(come), Some(caller)).await?;
    let mut notices = vec![Notice::EmergencyBefore {
        emergency_id: row.id,
        count: files.len(),
    }];
    notices.extend(files.into_iter().map(|file| Notice::PassedOn {
        user_id: caller,
        drill: row.drill,
        file,
    }));
    let mut told = Vec::new();
    for (user_id, chat) in people {
        told.extend(notices.iter().map(|notice| {
            Message::about(chat, Some(user_id), task_id, notice.clone()).in_lane(Lane::Emergency)
        }));
    }
    outbox::push(tx, told).await
}
