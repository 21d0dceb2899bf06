//! Whom those in command put on the task of an emergency: he is asked by them and not by the search, and once he has answered
//! he is one of its people. Among those who come he counts only when he says that he goes.

use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    assignment::{self, AssignmentState},
    emergency,
};

use super::{OfferState, announce, answer, crew, is_open, locks, offers_in};
use crate::{
    Actor, Refusal, Result, Tx,
    error::Thing,
    task::{Task, load},
};

/// Whoever called for help with this task: he is not sent to himself.
pub(crate) fn agent_calling(task_id: i64) -> SelectStatement {
    Query::select()
        .column(emergency::Column::AgentId)
        .from(emergency::Entity)
        .and_where(Expr::col(emergency::Column::TaskId).eq(task_id))
        .and_where(Expr::col(emergency::Column::AgentId).is_not_null())
        .to_owned()
}

/// Whom those in command asked themselves: he has their question, or has said no to it.
pub(super) fn by_hand(task_id: i64) -> SelectStatement {
    Query::select()
        .column(assignment::Column::AgentId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::TaskId).eq(task_id))
        .and_where(Expr::col(assignment::Column::State).ne(AssignmentState::Released))
        .to_owned()
}

/// Everybody who was ever put on this task, or took it on.
pub(super) async fn ever_on(tx: &Tx, task_id: i64) -> Result<Vec<i64>> {
    Ok(assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .filter(assignment::Column::TaskId.eq(task_id))
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// The people of a task are others now: whoever is on it is not asked by the search as well, and every card shows him.
pub(crate) async fn assigned(tx: &mut Tx, task: &Task) -> Result<()> {
    let Some(row) = open_of(tx, task).await? else {
        return Ok(());
    };
    let asked = offers_in(tx, row.id, OfferState::Offered).await?;
    let on_it = |agent_id: i64| task.held().any(|one| one.agent.agent_id == agent_id);
    let twice = asked.iter().filter(|one| on_it(one.agent_id));
    crew::stand_down_these(tx, twice.map(|one| one.id).collect(), None).await?;
    if crew::changed(tx, row.clone(), task).await? {
        return Ok(());
    }
    announce(tx, &row, task).await
}

/// Whoever goes to an emergency does not go to the others that asked him: locks all of their tasks, before that of his answer
/// is locked.
pub(crate) async fn lock_for(tx: &Tx, actor: &Actor, task_id: i64) -> Result<()> {
    let Some(agent_id) = actor.agent_id else {
        return Ok(());
    };
    let of_it = emergency::Entity::find().filter(emergency::Column::TaskId.eq(task_id));
    match of_it.count(tx.db()).await? {
        0 => Ok(()),
        _ => locks::lock_all_with(tx, agent_id, task_id).await,
    }
}

/// Somebody who is on the task has answered: unless he cannot, he is one of its people, and with the first the work begins.
pub(crate) async fn answered(tx: &mut Tx, actor: &Actor, task: Task) -> Result<Task> {
    let Some(agent_id) = comes(tx, actor, &task).await? else {
        return Ok(task);
    };
    Box::pin(answer::begin(tx, actor, &task, agent_id)).await?;
    Ok(load::one(tx.db(), task.id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?)
}

/// The same where the work has begun. The agent, when he comes to an emergency that goes on.
pub(crate) async fn comes(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<Option<i64>> {
    let Some(row) = open_of(tx, task).await? else {
        return Ok(None);
    };
    let id = row.id;
    crew::changed(tx, row, task).await?;
    let goes = actor.agent_id.filter(|agent_id| goes(task, *agent_id));
    if let Some(agent_id) = goes {
        crew::not_elsewhere(tx, agent_id, id).await?;
    }
    Ok(goes)
}

/// Somebody who comes got further with his part of the task: on his way, or there. Every card and every board shows it.
pub(crate) async fn went_on(tx: &mut Tx, task: &Task) -> Result<()> {
    match open_of(tx, task).await? {
        Some(row) => crew::went_on(tx, row, task).await,
        None => Ok(()),
    }
}

fn goes(task: &Task, agent_id: i64) -> bool {
    task.assignment_of(agent_id)
        .is_some_and(|one| one.is_held() && one.state != AssignmentState::Offered)
}

/// The emergency of a task, while it goes on.
async fn open_of(tx: &Tx, task: &Task) -> Result<Option<emergency::Model>> {
    let row = crew::of_task(tx, task).await?;
    Ok(row.filter(|row| is_open(row.status)))
}
