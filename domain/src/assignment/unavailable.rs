//! Whoever is at work says that he cannot: he stays on his tasks, and those who answer for them hear it.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{assignment, task};

use super::responsible::tell_responsible;
use crate::{
    Actor, Result, Tx,
    availability::HELD,
    outbox::Notice,
    task::{Status, load},
};

/// Tells them of each task that is under way; not whoever said so.
pub(crate) async fn tell_unavailable(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    let ids = under_way(tx, agent_id).await?;
    for task in load::these(tx.db(), &ids).await? {
        let notice = Notice::Unavailable {
            task_id: task.id,
            agent_id,
        };
        tell_responsible(tx, &task, notice, actor.telegram_id).await?;
    }
    Ok(())
}

async fn under_way(tx: &Tx, agent_id: i64) -> Result<Vec<i64>> {
    let his = Query::select()
        .column(assignment::Column::TaskId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::AgentId).eq(agent_id))
        .and_where(Expr::col(assignment::Column::State).is_in(HELD))
        .to_owned();
    Ok(task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::Column::Status.is_in([Status::InProgress, Status::Paused]))
        .filter(task::Column::Id.in_subquery(his))
        .order_by_asc(task::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?)
}
