//! What somebody began at his tasks himself: he said that he has one, comes or is there, or moved it on in its life.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use ::entity::history;

use crate::{
    Actor, Result, Store,
    task::{AssignmentState, Task},
};

/// Whether this person took up one of these tasks himself after this moment; what others did with it does not count.
pub async fn taken_up(
    store: &Store,
    actor: &Actor,
    tasks: &[Task],
    since: DateTime<Utc>,
) -> Result<bool> {
    if tasks.iter().any(|task| answered(task, actor, since)) {
        return Ok(true);
    }
    let moved = history::Entity::find()
        .filter(history::Column::TaskId.is_in(tasks.iter().map(|task| task.id)))
        .filter(history::Column::UserId.eq(actor.user_id))
        .filter(history::Column::RecordedAt.gt(since))
        .count(store.reader())
        .await?;
    Ok(moved > 0)
}

fn answered(task: &Task, actor: &Actor, since: DateTime<Utc>) -> bool {
    let steps = [
        AssignmentState::Acknowledged,
        AssignmentState::EnRoute,
        AssignmentState::OnSite,
    ];
    let mine = actor.agent_id.and_then(|id| task.assignment_of(id));
    mine.is_some_and(|mine| {
        let reached = steps.into_iter().filter_map(|step| mine.reached(step));
        reached.max().is_some_and(|at| at > since)
    })
}
