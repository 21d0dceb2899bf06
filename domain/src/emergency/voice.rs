//! Whose reports on the task of a call for help are passed on, and who hears them.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Query, SelectStatement},
};

use ::entity::{agent, assignment, emergency, user};

use super::{
    OfferState,
    after::{AFTERWARDS, is_his},
    is_open, offers_in, people, quoted,
};
use crate::{
    Actor, Result, Tx,
    actor::{Level, Permission},
    availability::HELD,
};

/// As what somebody reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// He called.
    Caller,
    /// He comes, or was put on its task.
    Helper,
    /// He commands, or sends broadcasts.
    Command,
    /// He was asked to come, and has something to ask or to say about it.
    Asked,
}

/// As what this person is heard, while what he reports can be about the call; nothing of anybody else.
pub(super) async fn of(tx: &Tx, row: &emergency::Model, actor: &Actor) -> Result<Option<Voice>> {
    if is_his(tx, row, actor) {
        return Ok(Some(Voice::Caller));
    }
    let lately = row.ended_at.is_some_and(|end| tx.now() - end < AFTERWARDS);
    if !is_open(row.status) && !lately {
        return Ok(None);
    }
    if helps(tx, row, actor).await? {
        return Ok(Some(Voice::Helper));
    }
    if commands(actor) {
        return Ok(Some(Voice::Command));
    }
    let asked = match actor.agent_id.filter(|_| is_open(row.status)) {
        Some(agent_id) => quoted::asks(tx, row.id, agent_id).await?,
        None => false,
    };
    Ok(asked.then_some(Voice::Asked))
}

/// What those in command report is meant for the people who are there.
fn commands(actor: &Actor) -> bool {
    let watches = actor.may_command() || actor.has(Permission::Broadcast);
    actor.user_id.is_some() && watches
}

/// Whether he said that he comes, or those in command put him on its task and he has not said no.
async fn helps(tx: &Tx, row: &emergency::Model, actor: &Actor) -> Result<bool> {
    let Some(agent_id) = actor.agent_id else {
        return Ok(false);
    };
    let coming = offers_in(tx, row.id, OfferState::Taken).await?;
    if coming.iter().any(|one| one.agent_id == agent_id) {
        return Ok(true);
    }
    let sent = assignment::Entity::find()
        .filter(assignment::Column::TaskId.eq(row.task_id))
        .filter(assignment::Column::AgentId.eq(agent_id))
        .filter(assignment::Column::State.is_in(HELD));
    Ok(sent.count(tx.db()).await? > 0)
}

/// Chats by account of whoever called, of those who come or were put on its task, of those in command who were told of it, and
/// of whoever ended it; never of the author himself.
pub(super) async fn listeners(
    tx: &Tx,
    row: &emergency::Model,
    task_id: i64,
    author: Option<i64>,
) -> Result<BTreeMap<i64, i64>> {
    let coming = offers_in(tx, row.id, OfferState::Taken).await?;
    let come = accounts(coming.iter().map(|one| one.agent_id).collect(), task_id);
    let which = Condition::any()
        .add(user::Column::Id.in_subquery(come))
        .add(user::Column::Id.is_in(row.raised_by))
        .add(user::Column::Id.is_in(row.ended_by))
        .add(in_command_of(tx, task_id).await?);
    people::linked(tx, which, author).await
}

/// Chats by account of those in command who were told of the call with this task.
pub(super) async fn command_told(
    tx: &Tx,
    task_id: i64,
    except: Option<i64>,
) -> Result<BTreeMap<i64, i64>> {
    people::linked(tx, in_command_of(tx, task_id).await?, except).await
}

async fn in_command_of(tx: &Tx, task_id: i64) -> Result<Condition> {
    let command = Condition::any()
        .add(user::Column::Level.gte(Level::Supervisor as i16))
        .add(Permission::Broadcast.granted());
    let told = user::Column::Id.is_in(people::told(tx, task_id).await?);
    Ok(Condition::all().add(told).add(command))
}

/// The accounts of those who come, and of whom those in command put on the task and who has not said no.
fn accounts(coming: Vec<i64>, task_id: i64) -> SelectStatement {
    let put_on = Query::select()
        .column(assignment::Column::AgentId)
        .from(assignment::Entity)
        .and_where(assignment::Column::TaskId.eq(task_id))
        .and_where(assignment::Column::State.is_in(HELD))
        .to_owned();
    let theirs = Condition::any()
        .add(agent::Column::Id.is_in(coming))
        .add(agent::Column::Id.in_subquery(put_on));
    Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .cond_where(theirs)
        .to_owned()
}
