//! Since when nobody goes to a call for help: what is no longer read from those who are on it now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::{former_assignment, history, task::TaskStatus};

use crate::Result;

/// The latest of these times, by emergency.
pub(super) type Latest = HashMap<i64, DateTime<Utc>>;

/// Notes a time, unless a later one stands there.
pub(super) fn note(latest: &mut Latest, id: i64, at: Option<DateTime<Utc>>) {
    if let Some(at) = at {
        let last = latest.entry(id).or_insert(at);
        *last = at.max(*last);
    }
}

/// When the last one left who went and was asked anew since, or the call was opened again: the time in which it was over is none
/// in which nobody went. `calls` are emergencies by task.
pub(super) async fn before(db: &impl ConnectionTrait, calls: &HashMap<i64, i64>) -> Result<Latest> {
    let mut times = left(db, calls).await?;
    times.extend(opened_again(db, calls).await?);
    let mut latest = Latest::new();
    for (task_id, at) in times {
        if let Some(id) = calls.get(&task_id) {
            note(&mut latest, *id, Some(at));
        }
    }
    Ok(latest)
}

type Times = Vec<(i64, DateTime<Utc>)>;

async fn left(db: &impl ConnectionTrait, calls: &HashMap<i64, i64>) -> Result<Times> {
    use former_assignment::Column;
    let went = Condition::any()
        .add(Column::EnRouteAt.is_not_null())
        .add(Column::OnSiteAt.is_not_null());
    Ok(former_assignment::Entity::find()
        .select_only()
        .column(Column::TaskId)
        .column(Column::StateAt)
        .filter(Column::TaskId.is_in(calls.keys().copied()))
        .filter(went)
        .into_tuple()
        .all(db)
        .await?)
}

async fn opened_again(db: &impl ConnectionTrait, calls: &HashMap<i64, i64>) -> Result<Times> {
    use history::Column;
    let over = [TaskStatus::Completed, TaskStatus::Cancelled];
    Ok(history::Entity::find()
        .select_only()
        .column(Column::TaskId)
        .column(Column::HappenedAt)
        .filter(Column::TaskId.is_in(calls.keys().copied()))
        .filter(Column::FromStatus.is_in(over))
        .into_tuple()
        .all(db)
        .await?)
}
