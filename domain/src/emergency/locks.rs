//! Which tasks are locked together, always in one order: whoever comes to one call does not come to the others.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{emergency, emergency_offer};

use super::{EmergencyStatus, OfferState, assigned};
use crate::{Result, Tx, task::load};

/// Locks the tasks of all that an agent is asked for, in one order: whoever comes to one does not come to the others.
pub(super) async fn lock_all_of(tx: &Tx, agent_id: i64) -> Result<()> {
    lock_tasks(tx, &[agent_id], thought_of(), None).await
}

/// The same together with the task of an emergency that he was put on, which may not have asked him.
pub(super) async fn lock_all_with(tx: &Tx, agent_id: i64, task_id: i64) -> Result<()> {
    lock_tasks(tx, &[agent_id], thought_of(), Some(task_id)).await
}

/// The same for those that wait for his answer. Whoever calls while he is at another holds his part of that one, and must not
/// wait for the whole of it.
pub(super) async fn lock_waiting_for(tx: &Tx, agent_id: i64) -> Result<()> {
    lock_tasks(tx, &[agent_id], waits(), None).await
}

/// The tasks of those that wait for his answer.
pub(crate) async fn waiting_for(tx: &Tx, agent_id: i64) -> Result<Vec<i64>> {
    tasks_of(tx, &[agent_id], waits()).await
}

fn thought_of() -> Expr {
    Expr::col(emergency_offer::Column::State).ne(OfferState::Passed)
}

fn waits() -> Expr {
    Expr::col(emergency_offer::Column::State).eq(OfferState::Offered)
}

/// Locks the task of a call that shall be open again, in one order with those that wait for an answer of whoever called or was
/// on it: he goes to none of them then.
pub(crate) async fn lock_reopened(tx: &Tx, task_id: i64) -> Result<()> {
    let row = emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task_id))
        .one(tx.db())
        .await?;
    let Some(row) = row else { return Ok(()) };
    let mut people = assigned::ever_on(tx, task_id).await?;
    people.extend(row.agent_id.filter(|_| !row.drill));
    lock_tasks(tx, &people, waits(), Some(task_id)).await
}

async fn lock_tasks(tx: &Tx, agent_ids: &[i64], which: Expr, with: Option<i64>) -> Result<()> {
    let tasks = tasks_of(tx, agent_ids, which).await?;
    load::lock_rows(tx, tasks.into_iter().chain(with).collect()).await
}

/// The tasks of the open calls that have such offers to these agents.
async fn tasks_of(tx: &Tx, agent_ids: &[i64], which: Expr) -> Result<Vec<i64>> {
    let asked = Query::select()
        .column(emergency_offer::Column::EmergencyId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::AgentId).is_in(agent_ids.iter().copied()))
        .and_where(which)
        .to_owned();
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let tasks: Vec<Option<i64>> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::TaskId)
        .filter(emergency::Column::Id.in_subquery(asked))
        .filter(emergency::Column::Status.is_in(open))
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(tasks.into_iter().flatten().collect())
}
