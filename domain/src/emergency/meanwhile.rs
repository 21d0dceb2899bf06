//! What whoever called sends while somebody in command is about to end his call.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{emergency, report};

use super::is_open;
use crate::{Actor, Result, Store};

/// So many of them are shown, the newest.
const SHOWN: u64 = 5;

/// The reports of whoever called with this task since then, the newest last, while it goes on; nothing for himself.
pub async fn said_since(
    store: &Store,
    actor: &Actor,
    task_id: i64,
    since: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let row = emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task_id))
        .one(store.reader())
        .await?;
    let row = row.filter(|row| is_open(row.status) && row.raised_by != actor.user_id);
    let Some(caller) = row.and_then(|row| row.raised_by) else {
        return Ok(Vec::new());
    };
    let mut said: Vec<i64> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(report::Column::TaskId.eq(task_id))
        .filter(report::Column::UserId.eq(caller))
        .filter(report::Column::RecordedAt.gt(since))
        .order_by_desc(report::Column::Id)
        .limit(SHOWN)
        .into_tuple()
        .all(store.reader())
        .await?;
    said.reverse();
    Ok(said)
}
