//! Nobody answered in time: ring again, then tell those who are responsible.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use ::entity::assignment::{self, AssignmentState};

use super::{offer::lane, unheard::pass_on};
use crate::{
    Result, Tx, emergency,
    outbox::{self, Message},
    task::{Priority, Task, load},
    timer::{self, Due},
};

/// Locks the task of an assignment, as whoever answers does, before anything else of it.
pub(crate) async fn lock_task_of(tx: &Tx, assignment_id: i64) -> Result<()> {
    let row = assignment::Entity::find_by_id(assignment_id)
        .one(tx.db())
        .await?;
    match row {
        Some(row) => load::lock(tx, row.task_id).await.map(drop),
        None => Ok(()),
    }
}

/// Nobody answered in time: ring again, and after the last ring, or at once where he is at a call for help, tell those who are
/// responsible; nobody could be told: try that again.
pub(crate) async fn overdue(tx: &mut Tx, assignment_id: i64) -> Result<()> {
    let Some(row) = assignment::Entity::find_by_id(assignment_id)
        .one(tx.db())
        .await?
    else {
        return Ok(());
    };
    let Some(task) = load::one(tx.db(), row.task_id).await? else {
        return Ok(());
    };
    if row.state != AssignmentState::Offered || !task.is_open() {
        return Ok(());
    }
    if row.unheard_at.is_some() {
        return pass_on(tx, &task, &row, true).await;
    }
    let rings = row.rings + 1;
    if rings >= tx.rules().ack.rings as i32 || is_elsewhere(tx, &task, row.agent_id).await? {
        return pass_on(tx, &task, &row, false).await;
    }
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let update = assignment::ActiveModel {
        id: Set(row.id),
        rings: Set(rings),
        ack_due_at: Set(Some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    timer::set(tx, &Due::Ack { assignment_id }, due_at).await?;
    let agent = task
        .assignment_of(row.agent_id)
        .map(|one| one.agent.clone());
    match agent.and_then(|agent| Some((agent.telegram_id?, agent.user_id))) {
        Some((chat_id, user_id)) => {
            outbox::push(
                tx,
                vec![Message::ring(
                    chat_id,
                    user_id,
                    task.id,
                    lane(task.priority),
                )],
            )
            .await
        }
        None => Ok(()),
    }
}

/// Whether he is at a call for help and this is none: no bell for other work reaches him there.
async fn is_elsewhere(tx: &Tx, task: &Task, agent_id: i64) -> Result<bool> {
    Ok(task.kind.code != emergency::KIND && emergency::is_at_work(tx, agent_id).await?)
}

/// A task has become more pressing: who has not answered yet is waited for no longer than such a task allows.
pub(crate) async fn hasten(tx: &mut Tx, task_id: i64, priority: Priority) -> Result<()> {
    let due_at = tx.now() + tx.rules().ack.deadline(priority);
    let ids: Vec<i64> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::Id)
        .filter(assignment::Column::TaskId.eq(task_id))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::AckDueAt.gt(due_at))
        .into_tuple()
        .all(tx.db())
        .await?;
    assignment::Entity::update_many()
        .col_expr(assignment::Column::AckDueAt, Expr::value(due_at))
        .filter(assignment::Column::Id.is_in(ids.iter().copied()))
        .exec(tx.db())
        .await?;
    let due = |assignment_id| Due::Ack { assignment_id };
    timer::set_all(tx, ids.into_iter().map(due).collect(), due_at).await
}
