//! Requests of whoever is switched off: nobody has to decide about them any more.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use ::entity::leave;

use super::{LeaveStatus, settled};
use crate::{Actor, Result, Tx};

/// Takes those back that nobody decided about; leave that was approved stays what it was.
pub(crate) async fn drop_requests_of(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    let asked = leave::Entity::find()
        .filter(leave::Column::AgentId.eq(agent_id))
        .filter(leave::Column::Status.eq(LeaveStatus::Requested))
        .order_by_asc(leave::Column::Id)
        .all(tx.db())
        .await?;
    for row in asked {
        let update = leave::ActiveModel {
            id: Set(row.id),
            status: Set(LeaveStatus::Cancelled),
            decided_by: Set(actor.user_id),
            decided_at: Set(Some(tx.now())),
            ..Default::default()
        };
        let row = leave::Entity::update(update).exec(tx.db()).await?;
        settled(tx, actor, "leave.drop", &row).await?;
    }
    Ok(())
}
