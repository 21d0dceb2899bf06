//! What whoever called for help is at: those who look for him find him there.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    assignment::{self, AssignmentState},
    emergency,
    task::{self, TaskStatus},
};

use crate::{Result, Store, geo::Point, task::Place};

/// A task that has begun.
#[derive(Clone, Debug, PartialEq)]
pub struct AtWork {
    pub code: String,
    pub title: String,
    pub place: Place,
}

/// The task that whoever called is at, beside that of his call; of several the one that began last.
pub async fn callers_task(store: &Store, id: i64) -> Result<Option<AtWork>> {
    let row = emergency::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let Some((agent_id, call)) = row.and_then(|row| Some((row.agent_id?, row.task_id?))) else {
        return Ok(None);
    };
    let found = task::Entity::find()
        .filter(task::Column::Id.in_subquery(tasks_of(agent_id)))
        .filter(task::Column::Id.ne(call))
        .filter(task::Column::Status.is_in([TaskStatus::InProgress, TaskStatus::Paused]))
        .order_by_desc(task::Column::StartedAt)
        .one(store.reader())
        .await?;
    Ok(found.map(|task| AtWork {
        place: Place {
            point: Point::of(task.lat, task.lon),
            label: task.place_label,
            accuracy_m: task.place_accuracy_m,
        },
        code: task.code,
        title: task.title,
    }))
}

/// The tasks that he said he has, comes to or is at; whoever was only asked is on none.
pub(super) fn tasks_of(agent_id: i64) -> SelectStatement {
    let on_it = [
        AssignmentState::Acknowledged,
        AssignmentState::EnRoute,
        AssignmentState::OnSite,
    ];
    Query::select()
        .column(assignment::Column::TaskId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::AgentId).eq(agent_id))
        .and_where(assignment::Column::State.is_in(on_it))
        .to_owned()
}
