//! Somebody who was on the task of an emergency does not come after all: somebody else is looked for, and whoever counts on him
//! hears it, because edits make no sound.

use std::collections::BTreeMap;

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use ::entity::{emergency, emergency_offer, user};

use super::{OfferState, announce, answer, by_hand, crew, people, progress, voice};
use crate::{
    Result, Tx, agent as agents, assignment,
    outbox::{self, Lane, Message, Notice},
    task::{Assignment, Task},
};

/// He has said so, or is no longer in the service and says nothing any more, which those in command hear by this; this is how
/// his task was before.
pub(crate) async fn left(tx: &mut Tx, task: &Task, agent_id: i64, notice: &Notice) -> Result<()> {
    let Some(row) = crew::of_task(tx, task).await? else {
        return Ok(());
    };
    let Some(his) = task.assignment_of(agent_id) else {
        return announce(tx, &row, task).await;
    };
    tell_command(tx, &row, task, his, notice).await?;
    tell_caller(tx, &row, task, his).await?;
    let counted = progress::going(tx, &row).await?;
    let counted = counted.iter().any(|one| one.agent_id == agent_id);
    let removed = matches!(notice, Notice::Removed { .. });
    match offer_to(tx, row.id, agent_id).await? {
        Some(offer) => {
            match removed {
                true => crew::stand_down_these(tx, vec![offer.id], None).await?,
                false => answer::mark(tx, &offer, OfferState::Declined).await?,
            }
            if offer.state == OfferState::Taken {
                return crew::recount(tx, row, task, counted).await;
            }
        }
        None if removed => {}
        None => declined(tx, &row, his).await?,
    }
    announce(tx, &row, task).await
}

async fn offer_to(tx: &Tx, id: i64, agent_id: i64) -> Result<Option<emergency_offer::Model>> {
    Ok(emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .one(tx.db())
        .await?)
}

/// Whom the search had not thought of stands on the cards all the same, as who cannot.
async fn declined(tx: &Tx, row: &emergency::Model, his: &Assignment) -> Result<()> {
    let (now, agent_id) = (tx.now(), his.agent.agent_id);
    let loads = agents::loads(tx.db(), &[agent_id]).await?;
    let offer = emergency_offer::ActiveModel {
        emergency_id: Set(row.id),
        agent_id: Set(agent_id),
        ring: Set(row.ring),
        state: Set(OfferState::Declined),
        distance_m: Set(None),
        position_age_s: Set(None),
        position_accuracy_m: Set(None),
        load: Set(loads.get(&agent_id).copied().unwrap_or(0) as i32),
        why: Set(None),
        rings: Set(0),
        at: Set(now),
        offered_at: Set(Some(his.offered_at)),
        sent_at: Set(his.sent_at),
        answered_at: Set(Some(now)),
        ..Default::default()
    };
    emergency_offer::Entity::insert(offer)
        .exec_without_returning(tx.db())
        .await?;
    by_hand::in_no_ring(tx, row.id, &[his.agent.agent_id], OfferState::Declined).await
}

/// Whoever sent him and those in command who know of the call, beside those who answer for its task and are told anyhow.
async fn tell_command(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    his: &Assignment,
    notice: &Notice,
) -> Result<()> {
    let mut people: BTreeMap<i64, i64> =
        voice::command_told(tx, task.id, his.agent.user_id).await?;
    let sender = Condition::all().add(user::Column::Id.is_in(his.offered_by));
    people.extend(people::linked(tx, sender, his.agent.user_id).await?);
    let known = assignment::responsible(tx, task).await?;
    people.retain(|user_id, chat| {
        row.raised_by != Some(*user_id) && !known.contains(&(*chat, *user_id))
    });
    push(tx, task, people, notice).await
}

/// Whoever called, where he had been told that this one comes.
async fn tell_caller(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    his: &Assignment,
) -> Result<()> {
    if his.en_route_at.or(his.on_site_at).is_none() {
        return Ok(());
    }
    let caller = Condition::all().add(user::Column::Id.is_in(row.raised_by));
    let people = people::linked(tx, caller, None).await?;
    let notice = Notice::EmergencyLeft {
        emergency_id: row.id,
        agent_id: his.agent.agent_id,
    };
    push(tx, task, people, &notice).await
}

async fn push(tx: &mut Tx, task: &Task, people: BTreeMap<i64, i64>, notice: &Notice) -> Result<()> {
    let told = people.into_iter().map(|(user_id, chat)| {
        Message::about(chat, Some(user_id), task.id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, told.collect()).await
}
