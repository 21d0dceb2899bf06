//! What would stand against people whom somebody thinks of for a task, before he confirms it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use ::entity::task_kind;

use super::{
    create::When,
    window::{self, Span},
};
use crate::{Actor, Refusal, Result, Store, assignment};

pub use super::window::Conflict;

/// No task has this number.
const NOT_THERE: i64 = 0;

/// For whom of these agents a task of this kind would be refused if it were planned for then, and what stands against each;
/// nobody where there is no such kind.
///
/// # Errors
/// Level 2 and above; everybody else is [`Refusal::NotAllowed`].
pub async fn against(
    store: &Store,
    actor: &Actor,
    (kind, start): (&str, When),
    ids: &[i64],
) -> Result<HashMap<i64, Conflict>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let db = store.reader();
    let kind = task_kind::Entity::find()
        .filter(task_kind::Column::Code.eq(kind))
        .one(db)
        .await?;
    let Some(kind) = kind.filter(|_| !ids.is_empty()) else {
        return Ok(HashMap::new());
    };
    let zone = store.rules().zone;
    let (start, _) = start.resolve(store.now(), zone);
    let span = Span::of(db, start, None, &kind, zone).await?;
    window::conflicts(db, store.now(), ids, (span, NOT_THERE)).await
}

/// The same for a task that is there, whoever is on it.
///
/// # Errors
/// Level 2 and above; everybody else is [`Refusal::NotAllowed`].
pub async fn against_task(
    store: &Store,
    actor: &Actor,
    task_id: i64,
    ids: &[i64],
) -> Result<HashMap<i64, Conflict>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (db, now) = (store.reader(), store.now());
    let span = assignment::span_at(db, task_id, now).await?;
    window::conflicts(db, now, ids, (span, task_id)).await
}
