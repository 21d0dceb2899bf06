//! How far those are who come, by what they said themselves.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use ::entity::{assignment, emergency};

use super::{OfferState, read::Offer};
use crate::Result;

/// Adds to the offers of those who come when each said that he goes, and that he is there.
pub(super) async fn add(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<()> {
    let with_task = rows.iter().filter_map(|row| Some((row.task_id?, row.id)));
    let calls: HashMap<i64, i64> = with_task.collect();
    let goes = Condition::any()
        .add(assignment::Column::EnRouteAt.is_not_null())
        .add(assignment::Column::OnSiteAt.is_not_null());
    let found = assignment::Entity::find()
        .filter(assignment::Column::TaskId.is_in(calls.keys().copied()))
        .filter(goes)
        .all(db)
        .await?;
    for one in found {
        let Some(id) = calls.get(&one.task_id) else {
            continue;
        };
        let mut of_call = offers.get_mut(id).into_iter().flatten();
        let comes = |offer: &&mut Offer| {
            offer.agent.agent_id == one.agent_id && offer.state == OfferState::Taken
        };
        if let Some(offer) = of_call.find(comes) {
            offer.en_route_at = one.en_route_at;
            offer.on_site_at = one.on_site_at;
        }
    }
    Ok(())
}
