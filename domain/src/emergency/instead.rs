//! Somebody who goes to one call for help leaves it for another.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{emergency, emergency_offer};

use super::{
    EmergencyStatus, OfferState,
    answer::{Coming, decline, go},
    is_open, lock, locks, progress,
};
use crate::{Actor, Refusal, Result, Tx, error::Thing};

/// He goes to this one, and to none of the others any more, which hear it. Where this one needs nobody he stays where he is.
///
/// # Errors
/// As [`go`]: then he stays, too.
pub async fn go_instead(tx: &mut Tx, actor: &Actor, id: i64, reason: &str) -> Result<Coming> {
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Emergency))?;
    locks::lock_all_of(tx, agent_id).await?;
    let (row, _) = lock(tx, id).await?;
    if is_open(row.status) && !progress::enough(tx, &row).await? {
        for other in others(tx, agent_id, id).await? {
            Box::pin(decline(tx, actor, other, reason)).await?;
        }
    }
    Box::pin(go(tx, actor, id)).await
}

/// The other open calls that he comes to.
async fn others(tx: &Tx, agent_id: i64, id: i64) -> Result<Vec<i64>> {
    let his = Query::select()
        .column(emergency_offer::Column::EmergencyId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::AgentId).eq(agent_id))
        .and_where(Expr::col(emergency_offer::Column::State).eq(OfferState::Taken))
        .to_owned();
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let rows = emergency::Entity::find()
        .filter(emergency::Column::Id.in_subquery(his))
        .filter(emergency::Column::Id.ne(id))
        .filter(emergency::Column::Status.is_in(open))
        .order_by_asc(emergency::Column::Id)
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
