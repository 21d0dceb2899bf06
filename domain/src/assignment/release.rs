//! Letting people go, and taking them back when a task is reopened.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use ::entity::assignment::AssignmentState;
use ::entity::{agent, assignment};

use crate::{
    Result, Tx, agent as agents,
    availability::Availability,
    emergency,
    outbox::{self, Message, Notice},
    task::{Assignment, Task, window},
    timer::{self, Due},
};

/// Takes agents off the task and tells them.
pub(super) async fn dismiss(tx: &mut Tx, task: &Task, gone: &[&Assignment]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    release(tx, gone).await?;
    let told = gone.iter().filter_map(|one| {
        let notice = Notice::Unassigned { task_id: task.id };
        Some(Message::about(
            one.agent.telegram_id?,
            one.agent.user_id,
            task.id,
            notice,
        ))
    });
    outbox::push(tx, told.collect()).await
}

/// Ends these assignments and stops waiting for answers.
pub(super) async fn release(tx: &Tx, gone: &[&Assignment]) -> Result<()> {
    let asked = gone
        .iter()
        .filter(|one| one.state == AssignmentState::Offered);
    timer::cancel_all(
        tx,
        asked
            .map(|one| Due::Ack {
                assignment_id: one.id,
            })
            .collect(),
    )
    .await?;
    assignment::Entity::update_many()
        .col_expr(
            assignment::Column::State,
            Expr::value(AssignmentState::Released),
        )
        .col_expr(assignment::Column::StateAt, Expr::value(tx.now()))
        .col_expr(assignment::Column::ReleasedAt, Expr::value(tx.now()))
        .col_expr(
            assignment::Column::AckDueAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(assignment::Column::Id.is_in(gone.iter().map(|one| one.id)))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Releases everybody who is on the task; returns who was in which state.
pub(crate) async fn release_all(tx: &Tx, task: &Task) -> Result<Vec<(i64, AssignmentState)>> {
    let held: Vec<&Assignment> = task.held().collect();
    release(tx, &held).await?;
    Ok(held
        .iter()
        .map(|one| (one.agent.agent_id, one.state))
        .collect())
}

/// Takes back those of the former people who are free; returns the names of the others.
pub(crate) async fn take_back(
    tx: &mut Tx,
    task: &Task,
    span: window::Span,
    former: &[(i64, AssignmentState)],
) -> Result<Vec<String>> {
    let rows = lock_agents_leniently(tx, former).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let rest = window::Span {
        start: tx.now(),
        ..span.at_least_until(tx.now())
    };
    let busy = kept_away(tx, task, &ids, rest).await?;
    let mut missing = Vec::new();
    for (agent_id, state) in former {
        let Some(agent) = rows.iter().find(|agent| agent.id == *agent_id) else {
            continue;
        };
        if agent.active && !busy.contains(agent_id) {
            restore(tx, task, *agent_id, *state).await?;
        } else {
            missing.push(agent.name.clone());
        }
    }
    Ok(missing)
}

/// Who of these is kept from it: from a call for help only by what he is at now, as when he says that he comes.
async fn kept_away(tx: &Tx, task: &Task, ids: &[i64], rest: window::Span) -> Result<BTreeSet<i64>> {
    if task.kind.code != emergency::KIND {
        let busy = window::conflicts(tx.db(), tx.now(), ids, (rest, task.id)).await?;
        return Ok(busy.into_keys().collect());
    }
    let states = agents::availabilities(tx.db(), ids, tx.now()).await?;
    let away = [Availability::OnTask, Availability::OnLeave];
    let away = states.into_iter().filter(|(_, state)| away.contains(state));
    Ok(away.map(|(agent_id, _)| agent_id).collect())
}

async fn lock_agents_leniently(
    tx: &Tx,
    former: &[(i64, AssignmentState)],
) -> Result<Vec<agent::Model>> {
    Ok(agent::Entity::find()
        .filter(agent::Column::Id.is_in(former.iter().map(|(id, _)| *id)))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?)
}

async fn restore(tx: &mut Tx, task: &Task, agent_id: i64, state: AssignmentState) -> Result<()> {
    let Some(one) = task.assignment_of(agent_id) else {
        return Ok(());
    };
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    // While nobody in command could be told of him that is tried on.
    let known = one.escalated_at.is_some() || one.unreachable_at.is_some();
    let given_up = known && one.unheard_at.is_none();
    let asked = state == AssignmentState::Offered && !given_up;
    let update = assignment::ActiveModel {
        id: Set(one.id),
        state: Set(state),
        state_at: Set(one.reached(state).unwrap_or(tx.now())),
        released_at: Set(None),
        ack_due_at: Set(asked.then_some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    if asked {
        timer::set(
            tx,
            &Due::Ack {
                assignment_id: one.id,
            },
            due_at,
        )
        .await?;
    }
    Ok(())
}
