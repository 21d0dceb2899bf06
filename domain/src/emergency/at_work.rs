//! Who has no hand free for other work: he comes to a call for help that goes on, or it is his own.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use ::entity::{emergency, task};

use super::busy::tasks_of;
use crate::{Result, Store, Tx, availability};

/// The code of the newest call that this agent is at; practised ones do not count.
pub async fn at_work(store: &Store, agent_id: i64) -> Result<Option<String>> {
    newest(store.reader(), agent_id).await
}

/// Whether he is at any.
pub(crate) async fn is_at_work(tx: &Tx, agent_id: i64) -> Result<bool> {
    Ok(newest(tx.db(), agent_id).await?.is_some())
}

async fn newest(db: &impl ConnectionTrait, agent_id: i64) -> Result<Option<String>> {
    let its_task: RelationDef = emergency::Entity::belongs_to(task::Entity)
        .from(emergency::Column::TaskId)
        .to(task::Column::Id)
        .into();
    let his = Condition::any()
        .add(emergency::Column::AgentId.eq(agent_id))
        .add(emergency::Column::TaskId.in_subquery(tasks_of(agent_id)));
    Ok(emergency::Entity::find()
        .select_only()
        .column(task::Column::Code)
        .join(JoinType::InnerJoin, its_task)
        .filter(availability::calls_that_go_on())
        .filter(his)
        .order_by_desc(emergency::Column::Id)
        .into_tuple()
        .one(db)
        .await?)
}
