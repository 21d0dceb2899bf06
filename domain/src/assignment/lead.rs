//! Who leads a task.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{agent, task};

use super::{Crew, offer::chats_of};
use crate::{
    Refusal, Result, Tx, agent as agents,
    availability::Availability,
    emergency,
    error::Problem,
    outbox::{self, Message},
    task::{Task, load},
};

/// The named one, else the present one if he stays, else the first linked.
pub(super) async fn pick_lead(
    tx: &Tx,
    task: &Task,
    wanted: &BTreeSet<i64>,
    named: Option<i64>,
) -> Result<Option<i64>> {
    if let Some(id) = named {
        let row = agent::Entity::find_by_id(id).one(tx.db()).await?;
        return match row {
            Some(agent) if agent.active => Ok(Some(id)),
            Some(agent) => Err(Refusal::AgentInactive { agent: agent.name }.into()),
            None => Err(Refusal::invalid("lead_agent_id", Problem::Unknown).into()),
        };
    }
    let present = task.lead.as_ref().map(|lead| lead.agent_id);
    if let Some(id) = present.filter(|id| wanted.contains(id)) {
        return Ok(Some(id));
    }
    first_linked(tx, task.id).await
}

/// Who will lead a new task with these people: the one for whose unit it is.
pub(crate) async fn will_lead(tx: &Tx, crew: &Crew) -> Result<Option<i64>> {
    if crew.lead_agent_id.is_some() {
        return Ok(crew.lead_agent_id);
    }
    let agents = agent::Entity::find()
        .filter(agent::Column::Id.is_in(crew.agent_ids.iter().copied()))
        .order_by_asc(agent::Column::Id)
        .all(tx.db())
        .await?;
    let chats = chats_of(tx, &agents).await?;
    let linked = agents.iter().find(|agent| chats.contains_key(&agent.id));
    Ok(linked.or(agents.first()).map(|agent| agent.id))
}

/// The first one on the task who can be reached by Telegram.
pub(crate) async fn first_linked(tx: &Tx, task_id: i64) -> Result<Option<i64>> {
    let task = load::one(tx.db(), task_id).await?;
    let linked = task
        .as_ref()
        .and_then(|task| task.held().find(|one| one.agent.telegram_id.is_some()));
    Ok(linked.map(|one| one.agent.agent_id))
}

/// A task that is open again is led by somebody who is on it: whoever led it, if he is back, else the first whom Telegram
/// reaches; while nobody is, by nobody.
pub(crate) async fn led_again(tx: &mut Tx, task: &Task) -> Result<()> {
    let stays = match &task.lead {
        Some(lead) => goes_on(tx, task, lead.agent_id).await?,
        None => false,
    };
    if stays {
        return Ok(());
    }
    let next = first_linked(tx, task.id).await?;
    set_lead(tx, task, next).await
}

/// Whether whoever led it goes on: he is back, or was never one of its people, is in service and not on leave. A call for
/// help is led by nobody who is not on it.
async fn goes_on(tx: &Tx, task: &Task, lead: i64) -> Result<bool> {
    if task.kind.code == emergency::KIND || task.assignment_of(lead).is_some() {
        let now = load::one(tx.db(), task.id).await?;
        let mut held = now.iter().flat_map(Task::held);
        return Ok(held.any(|one| one.agent.agent_id == lead));
    }
    let row = agent::Entity::find_by_id(lead).one(tx.db()).await?;
    let states = agents::availabilities(tx.db(), &[lead], tx.now()).await?;
    let on_leave = states.get(&lead) == Some(&Availability::OnLeave);
    Ok(row.is_some_and(|row| row.active) && !on_leave)
}

pub(crate) async fn set_lead(tx: &mut Tx, task: &Task, lead: Option<i64>) -> Result<()> {
    task::Entity::update_many()
        .col_expr(task::Column::LeadAgentId, Expr::value(lead))
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .col_expr(task::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(task::Column::Id.eq(task.id))
        .exec(tx.db())
        .await?;
    let Some(lead) = lead else { return Ok(()) };
    let Some(agent) = agent::Entity::find_by_id(lead).one(tx.db()).await? else {
        return Ok(());
    };
    // A lead who is not one of the assignees sees the card all the same.
    let chats = chats_of(tx, std::slice::from_ref(&agent)).await?;
    let card = chats
        .get(&agent.id)
        .map(|chat_id| Message::card(*chat_id, agent.user_id, task.id));
    outbox::push(tx, card.into_iter().collect()).await
}
