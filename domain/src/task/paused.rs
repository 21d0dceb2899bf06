//! Why a task rests.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::history;

use super::{Status, Task};
use crate::{Result, Store};

/// The reason that was given for the pause that a task is in; none while it is in no pause.
pub async fn why(store: &Store, task: &Task) -> Result<Option<String>> {
    if task.status != Status::Paused {
        return Ok(None);
    }
    let reason: Option<Option<String>> = history::Entity::find()
        .select_only()
        .column(history::Column::Reason)
        .filter(history::Column::TaskId.eq(task.id))
        .filter(history::Column::ToStatus.eq(Status::Paused))
        .order_by_desc(history::Column::Id)
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(reason.flatten())
}
