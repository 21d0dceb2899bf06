//! Whom those in command sent to an emergency: the search asked him in none of its rings.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use ::entity::emergency_offer;

use super::OfferState;
use crate::{Result, Tx};

/// The ring he stands in.
pub(super) const NO_RING: i32 = -1;

/// These stand in no ring: the search had only passed them over, or not thought of them.
pub(super) async fn in_no_ring(
    tx: &Tx,
    id: i64,
    agent_ids: &[i64],
    state: OfferState,
) -> Result<()> {
    emergency_offer::Entity::update_many()
        .col_expr(emergency_offer::Column::Ring, Expr::value(NO_RING))
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(emergency_offer::Column::State.eq(state))
        .exec(tx.db())
        .await?;
    Ok(())
}
