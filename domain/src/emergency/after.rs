//! The time after the end of a call for help: what whoever called sends is still about it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::{emergency, report};

use super::{Emergency, crew, is_open};
use crate::{Actor, Result, Store, Tx, task::Task};

/// For so long.
pub(super) const AFTERWARDS: TimeDelta = TimeDelta::minutes(30);

/// A call of one's own that ended lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedCall {
    pub task_id: i64,
    pub called_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    /// It was he who ended it or took it back.
    pub by_himself: bool,
    pub drill: bool,
}

/// The call of this person that ended last, while what he sends can be about it; one in earnest before any that was practised.
pub async fn ended_of(store: &Store, actor: &Actor) -> Result<Option<EndedCall>> {
    let Some(user_id) = actor.user_id else {
        return Ok(None);
    };
    let row = emergency::Entity::find()
        .filter(emergency::Column::RaisedBy.eq(user_id))
        .filter(emergency::Column::TaskId.is_not_null())
        .filter(emergency::Column::EndedAt.gt(store.now() - AFTERWARDS))
        .order_by_asc(emergency::Column::Drill)
        .order_by_desc(emergency::Column::EndedAt)
        .order_by_desc(emergency::Column::Id)
        .one(store.reader())
        .await?;
    Ok(row.and_then(|row| {
        Some(EndedCall {
            task_id: row.task_id?,
            called_at: row.created_at,
            ended_at: row.ended_at?,
            by_himself: row.ended_by == Some(user_id),
            drill: row.drill,
        })
    }))
}

/// Whether this report is a part of a drill: what somebody says after its end may be meant.
pub async fn is_report_practised(store: &Store, of: &Emergency, report_id: i64) -> Result<bool> {
    let Some(end) = of.ended_at.filter(|_| of.drill) else {
        return Ok(of.drill);
    };
    let said = report::Entity::find_by_id(report_id)
        .one(store.reader())
        .await?;
    Ok(said.is_none_or(|said| said.recorded_at <= end))
}

/// Whether what this person reports on the task is about a call of his own that is open or ended lately.
pub(crate) async fn is_about_his(tx: &Tx, actor: &Actor, task: &Task) -> Result<bool> {
    let row = crew::of_task(tx, task).await?;
    Ok(row.is_some_and(|row| is_his(tx, &row, actor)))
}

pub(super) fn is_his(tx: &Tx, row: &emergency::Model, actor: &Actor) -> bool {
    let own = actor.user_id.is_some() && row.raised_by == actor.user_id;
    let lately = row.ended_at.is_some_and(|end| tx.now() - end < AFTERWARDS);
    own && (is_open(row.status) || lately)
}
