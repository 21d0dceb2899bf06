//! What people answered before they were asked anew stays known.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use ::entity::{assignment, former_assignment};

use crate::{Result, Tx};

/// Keeps the rows of these agents on a task, which the next offer overwrites.
pub(super) async fn keep(tx: &Tx, task_id: i64, agent_ids: Vec<i64>) -> Result<()> {
    let before = assignment::Entity::find()
        .filter(assignment::Column::TaskId.eq(task_id))
        .filter(assignment::Column::AgentId.is_in(agent_ids))
        .all(tx.db())
        .await?;
    if before.is_empty() {
        return Ok(());
    }
    former_assignment::Entity::insert_many(before.into_iter().map(former))
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// One of them as it is kept.
pub(super) fn former(row: assignment::Model) -> former_assignment::ActiveModel {
    former_assignment::ActiveModel {
        task_id: Set(row.task_id),
        agent_id: Set(row.agent_id),
        state: Set(row.state),
        reason: Set(row.reason),
        override_reason: Set(row.override_reason),
        state_at: Set(row.state_at),
        offered_by: Set(row.offered_by),
        offered_at: Set(row.offered_at),
        acknowledged_at: Set(row.acknowledged_at),
        en_route_at: Set(row.en_route_at),
        on_site_at: Set(row.on_site_at),
        released_at: Set(row.released_at),
        escalated_at: Set(row.escalated_at),
        unreachable_at: Set(row.unreachable_at),
        ..Default::default()
    }
}
