//! Accounts that Telegram cannot reach, and that it reaches again.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Query,
};

use ::entity::assignment::AssignmentState;
use ::entity::{agent, assignment, user};

use super::{bump, offer::lane, scope::scope, unheard::pass_on};
use crate::{
    Result, Tx,
    event::Event,
    outbox::{self, Message},
    task::{Task, load},
    timer::{self, Due},
};

/// Telegram refused a message to this chat for good: whoever was to answer there is unreachable.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let user = user::Entity::find()
        .filter(user::Column::TelegramId.eq(chat_id))
        .one(tx.db())
        .await?;
    let Some(user) = user else { return Ok(()) };
    let update = user::ActiveModel {
        id: Set(user.id),
        unreachable_at: Set(Some(tx.now())),
        ..Default::default()
    };
    user::Entity::update(update).exec(tx.db()).await?;
    let Some(agent) = agent::Entity::find()
        .filter(agent::Column::UserId.eq(user.id))
        .one(tx.db())
        .await?
    else {
        return Ok(());
    };
    let waiting = assignment::Entity::find()
        .filter(assignment::Column::AgentId.eq(agent.id))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::UnreachableAt.is_null())
        .all(tx.db())
        .await?;
    for row in waiting {
        mark_unreachable(tx, &row).await?;
    }
    Ok(())
}

/// Somebody can be reached again, or for the first time: what he could not hear is asked now.
pub(crate) async fn reachable(tx: &mut Tx, user_id: i64) -> Result<()> {
    let his = Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(agent::Column::UserId.eq(user_id))
        .to_owned();
    let unheard = assignment::Entity::find()
        .filter(assignment::Column::AgentId.in_subquery(his))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::UnreachableAt.is_not_null())
        .order_by_asc(assignment::Column::TaskId)
        .all(tx.db())
        .await?;
    for row in unheard {
        ask_now(tx, &row).await?;
    }
    Ok(())
}

async fn ask_now(tx: &mut Tx, row: &assignment::Model) -> Result<()> {
    let task = load::lock(tx, row.task_id).await?;
    let agent = task
        .assignment_of(row.agent_id)
        .filter(|one| one.state == AssignmentState::Offered && task.is_open())
        .map(|one| one.agent.clone());
    let Some((chat_id, agent)) = agent.and_then(|agent| Some((agent.telegram_id?, agent))) else {
        return Ok(());
    };
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let update = assignment::ActiveModel {
        id: Set(row.id),
        rings: Set(0),
        unreachable_at: Set(None),
        escalated_at: Set(None),
        unheard_at: Set(None),
        ack_due_at: Set(Some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    let due = Due::Ack {
        assignment_id: row.id,
    };
    timer::set(tx, &due, due_at).await?;
    bump(tx, task.id).await?;
    let code = task.code.clone();
    tx.log(Event::TaskUpdated { id: task.id, code }, &scope(&task));
    outbox::refresh_cards(tx, task.id).await?;
    let ring = Message::ring(chat_id, agent.user_id, task.id, lane(task.priority));
    outbox::push(tx, vec![ring]).await
}

async fn mark_unreachable(tx: &mut Tx, row: &assignment::Model) -> Result<()> {
    let Some(task) = load::one(tx.db(), row.task_id).await?.filter(Task::is_open) else {
        return Ok(());
    };
    let update = assignment::ActiveModel {
        id: Set(row.id),
        unreachable_at: Set(Some(tx.now())),
        ack_due_at: Set(None),
        ..Default::default()
    };
    let row = assignment::Entity::update(update).exec(tx.db()).await?;
    timer::cancel(
        tx,
        &Due::Ack {
            assignment_id: row.id,
        },
    )
    .await?;
    pass_on(tx, &task, &row, false).await
}
