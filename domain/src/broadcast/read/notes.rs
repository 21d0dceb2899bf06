//! What people wrote beside their answers to a broadcast, or without one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::broadcast_answer;

use crate::{Result, Store};

/// So many a page of people bears at most, the newest.
const MOST: u64 = 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub at: DateTime<Utc>,
    pub text: String,
}

/// By person, oldest first.
pub(super) async fn notes(
    store: &Store,
    broadcast_id: i64,
    user_ids: impl Iterator<Item = i64>,
) -> Result<BTreeMap<i64, Vec<Note>>> {
    let newest = broadcast_answer::Entity::find()
        .filter(broadcast_answer::Column::BroadcastId.eq(broadcast_id))
        .filter(broadcast_answer::Column::UserId.is_in(user_ids))
        .filter(broadcast_answer::Column::Note.is_not_null())
        .order_by_desc(broadcast_answer::Column::Id)
        .limit(MOST)
        .all(store.reader())
        .await?;
    let mut notes: BTreeMap<i64, Vec<Note>> = BTreeMap::new();
    for row in newest.into_iter().rev() {
        let Some(text) = row.note else { continue };
        let note = Note { at: row.at, text };
        notes.entry(row.user_id).or_default().push(note);
    }
    Ok(notes)
}
