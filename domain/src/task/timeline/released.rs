//! Who took somebody off a task: what the record says of that moment.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::audit;

use crate::Result;

/// The account that changed a task at each of these moments; none where the system did, or nobody knows any more.
pub(super) async fn by(
    db: &impl ConnectionTrait,
    task_id: i64,
    moments: Vec<DateTime<Utc>>,
) -> Result<HashMap<DateTime<Utc>, i64>> {
    if moments.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(DateTime<Utc>, Option<i64>)> = audit::Entity::find()
        .select_only()
        .column(audit::Column::At)
        .column(audit::Column::UserId)
        .filter(audit::Column::SubjectKind.eq("task"))
        .filter(audit::Column::SubjectId.eq(task_id))
        .filter(audit::Column::At.is_in(moments))
        .order_by_asc(audit::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let known = rows.into_iter();
    Ok(known
        .filter_map(|(at, user_id)| Some((at, user_id?)))
        .collect())
}
