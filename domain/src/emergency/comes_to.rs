//! The calls for help that somebody comes to.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{emergency, emergency_offer};

use super::{EmergencyStatus, OfferState};
use crate::{Result, Tx};

/// The ids of those that one of these agents comes to, also of those that are over.
pub(super) fn ids(whether_his: Expr) -> SelectStatement {
    Query::select()
        .column(emergency_offer::Column::EmergencyId)
        .from(emergency_offer::Entity)
        .and_where(whether_his)
        .and_where(Expr::col(emergency_offer::Column::State).eq(OfferState::Taken))
        .to_owned()
}

/// Those that go on, but not this one.
pub(super) async fn others(tx: &Tx, agent_id: i64, than: i64) -> Result<Vec<emergency::Model>> {
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let his = ids(emergency_offer::Column::AgentId.eq(agent_id));
    Ok(emergency::Entity::find()
        .filter(emergency::Column::Id.in_subquery(his))
        .filter(emergency::Column::Id.ne(than))
        .filter(emergency::Column::Status.is_in(open))
        .order_by_asc(emergency::Column::Id)
        .all(tx.db())
        .await?)
}
