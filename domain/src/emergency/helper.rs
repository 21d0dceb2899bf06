//! Somebody who comes to a call for help calls for help himself: whoever counts on him there hears it.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Query, SelectStatement},
};

use ::entity::{emergency, emergency_offer};

use super::{EmergencyStatus, OfferState, voice};
use crate::{
    Result, Tx,
    outbox::{self, Lane, Message, Notice},
};

/// His call has left: whoever called at the others, those who come to them and those in command there learn it.
pub(super) async fn calls(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let Some(agent_id) = row.agent_id.filter(|_| !row.drill) else {
        return Ok(());
    };
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let others = emergency::Entity::find()
        .filter(emergency::Column::Id.in_subquery(comes_to(agent_id)))
        .filter(emergency::Column::Id.ne(row.id))
        .filter(emergency::Column::Status.is_in(open))
        .order_by_asc(emergency::Column::Id)
        .all(tx.db())
        .await?;
    for other in others {
        let Some(task_id) = other.task_id else {
            continue;
        };
        let people = voice::listeners(tx, &other, task_id, row.raised_by).await?;
        let notice = Notice::EmergencyHelperCalls {
            emergency_id: other.id,
            own_id: row.id,
        };
        let told = people.into_iter().map(|(user_id, chat)| {
            Message::about(chat, Some(user_id), task_id, notice.clone()).in_lane(Lane::Emergency)
        });
        outbox::push(tx, told.collect()).await?;
    }
    Ok(())
}

fn comes_to(agent_id: i64) -> SelectStatement {
    Query::select()
        .column(emergency_offer::Column::EmergencyId)
        .from(emergency_offer::Entity)
        .and_where(emergency_offer::Column::AgentId.eq(agent_id))
        .and_where(emergency_offer::Column::State.eq(OfferState::Taken))
        .to_owned()
}
