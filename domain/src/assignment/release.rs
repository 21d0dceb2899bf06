//! Letting people go.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use ::entity::assignment;
use ::entity::assignment::AssignmentState;

use crate::{
    Result, Tx,
    outbox::{self, Message, Notice},
    task::{Assignment, Task},
    timer::{self, Due},
};

/// Takes agents off the task and tells them.
pub(super) async fn dismiss(tx: &mut Tx, task: &Task, gone: &[&Assignment]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    release(tx, gone).await?;
    let told = gone.iter().filter_map(|one| {
        let notice = Notice::Unassigned { task_id: task.id };
        Some(Message::about(
            one.agent.telegram_id?,
            one.agent.user_id,
            task.id,
            notice,
        ))
    });
    outbox::push(tx, told.collect()).await
}

/// Ends these assignments and stops waiting for answers.
pub(super) async fn release(tx: &Tx, gone: &[&Assignment]) -> Result<()> {
    let asked = gone
        .iter()
        .filter(|one| one.state == AssignmentState::Offered);
    timer::cancel_all(
        tx,
        asked
            .map(|one| Due::Ack {
                assignment_id: one.id,
            })
            .collect(),
    )
    .await?;
    assignment::Entity::update_many()
        .col_expr(
            assignment::Column::State,
            Expr::value(AssignmentState::Released),
        )
        .col_expr(assignment::Column::StateAt, Expr::value(tx.now()))
        .col_expr(assignment::Column::ReleasedAt, Expr::value(tx.now()))
        .col_expr(
            assignment::Column::AckDueAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(assignment::Column::Id.is_in(gone.iter().map(|one| one.id)))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Releases everybody who is on the task; returns who was in which state.
pub(crate) async fn release_all(tx: &Tx, task: &Task) -> Result<Vec<(i64, AssignmentState)>> {
    let held: Vec<&Assignment> = task.held().collect();
    release(tx, &held).await?;
    Ok(held
        .iter()
        .map(|one| (one.agent.agent_id, one.state))
        .collect())
}
