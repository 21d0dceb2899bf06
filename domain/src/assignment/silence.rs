//! Nobody answered in time: ring again, then tell those who are responsible.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use ::entity::assignment::{self, AssignmentState};

use super::{bump, offer::lane, responsible::tell_responsible, scope::scope_of};
use crate::{
    Result, Tx,
    event::Event,
    outbox::{self, Message, Notice},
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

/// Nobody answered in time: ring again, and after the last ring tell those who are responsible.
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
    let rings = row.rings + 1;
    if rings >= tx.rules().ack.rings as i32 {
        return escalate(tx, &task, &row).await;
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

async fn escalate(tx: &mut Tx, task: &Task, row: &assignment::Model) -> Result<()> {
    let update = assignment::ActiveModel {
        id: Set(row.id),
        escalated_at: Set(Some(tx.now())),
        ack_due_at: Set(None),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    bump(tx, task.id).await?;
    let scope = scope_of(tx, task.id).await?;
    tx.log(
        Event::TaskUpdated {
            id: task.id,
            code: task.code.clone(),
        },
        &scope,
    );
    let notice = Notice::NoAnswer {
        task_id: task.id,
        agent_id: row.agent_id,
    };
    let himself = task
        .assignment_of(row.agent_id)
        .and_then(|one| one.agent.telegram_id);
    tell_responsible(tx, task, notice, himself).await?;
    outbox::refresh_cards(tx, task.id).await
}
