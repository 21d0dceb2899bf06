//! When a task is late: one rule for lists, figures, overviews, reminders and the board.
//!
//! What is planned is late ten minutes after its start, work at the end of its window. An end that somebody named is
//! by the clock; what a kind usually takes is time of work, which stands still in a pause (see
//! `task::window::stretched`).

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use ::entity::task;

use crate::{
    Result, Tx, setting,
    task::{Status, Task},
};

/// How long after the planned start a task counts as late.
pub(crate) const GRACE: TimeDelta = TimeDelta::minutes(10);

/// From when on a task is late, as long as nobody does anything about it; nothing when time alone does not make it so.
pub fn from(task: &Task) -> Option<DateTime<Utc>> {
    match task.status {
        Status::Scheduled => task.planned_start.map(|start| start + GRACE),
        Status::InProgress => task.window_end,
        Status::Paused => task.window_end.filter(|end| {
            task.planned_end == Some(*end) || task.paused_at.is_some_and(|since| *end <= since)
        }),
        Status::Completed | Status::Cancelled => None,
    }
}

/// Whether it is late now.
pub(crate) fn is(task: &Task, now: DateTime<Utc>) -> bool {
    from(task).is_some_and(|from| from <= now)
}

/// The same of rows. Never unknown, so that its opposite can be asked for.
pub(crate) fn is_late(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(late_to_start(now))
        .add(late_to_end(now))
}

pub(crate) fn late_to_start(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(task::Column::Status.eq(Status::Scheduled))
        .add(task::Column::PlannedStartAt.is_not_null())
        .add(task::Column::PlannedStartAt.lte(now - GRACE))
}

pub(crate) fn late_to_end(now: DateTime<Utc>) -> Condition {
    let end = || Expr::col((task::Entity, task::Column::WindowEndAt));
    let named = Condition::all()
        .add(task::Column::PlannedEndAt.is_not_null())
        .add(end().equals((task::Entity, task::Column::PlannedEndAt)));
    let before_the_pause = Condition::all()
        .add(task::Column::PausedAt.is_not_null())
        .add(end().lte(Expr::col((task::Entity, task::Column::PausedAt))));
    let counts = Condition::any()
        .add(task::Column::Status.eq(Status::InProgress))
        .add(named)
        .add(before_the_pause);
    Condition::all()
        .add(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .add(task::Column::WindowEndAt.is_not_null())
        .add(task::Column::WindowEndAt.lte(now))
        .add(counts)
}

/// Windows of an earlier release did not grow by pauses: done once in the life of an installation.
pub(crate) async fn wind_up(tx: &mut Tx) -> Result<()> {
    if !setting::first(tx, "windows", "stretched").await? {
        return Ok(());
    }
    let paused = task::Entity::find()
        .filter(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .filter(task::Column::PausedSeconds.gt(0))
        .all(tx.db())
        .await?;
    for row in paused {
        let grown = row
            .window_end_at
            .filter(|end| row.planned_end_at != Some(*end));
        let Some(end) = grown else { continue };
        let window = task::ActiveModel {
            id: Set(row.id),
            window_end_at: Set(Some(end + TimeDelta::seconds(row.paused_seconds))),
            ..Default::default()
        };
        task::Entity::update(window).exec(tx.db()).await?;
    }
    Ok(())
}
