//! What goes with an account that is switched off: nobody counts any more on whoever cannot answer.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::agent;

use crate::{Actor, Result, Tx, assignment, check_in, emergency, leave, shift, swap};

/// Locks the tasks that his agent is on, before the account itself is locked.
pub(super) async fn hold(tx: &Tx, user_id: i64) -> Result<()> {
    let agent_id: Option<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::UserId.eq(user_id))
        .into_tuple()
        .one(tx.db())
        .await?;
    match agent_id {
        Some(agent_id) => assignment::lock_open_of(tx, agent_id).await,
        None => Ok(()),
    }
}

/// Gives back what he had to do and ends what he asked for; what was, stays.
pub(super) async fn settle(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    check_in::stop_alone(tx, actor, agent_id).await?;
    assignment::remove_from_all(tx, actor, agent_id).await?;
    emergency::gone(tx, agent_id).await?;
    swap::drop_of(tx, actor, agent_id).await?;
    shift::end_all_of(tx, actor, agent_id).await?;
    leave::drop_requests_of(tx, actor, agent_id).await
}
