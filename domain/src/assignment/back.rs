//! Who comes back to a task that is open again, and what keeps the others.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use ::entity::assignment::AssignmentState;
use ::entity::{agent, assignment};

use crate::{
    Result, Tx, agent as agents,
    availability::Availability,
    emergency,
    task::{
        Task,
        window::{self, Conflict, Span},
    },
    timer::{self, Due},
};

/// Somebody who was on a task when it ended and is not put back on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotBack {
    pub agent_id: i64,
    pub kept: Kept,
}

/// What keeps him from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Leave {
        until: DateTime<Utc>,
    },
    /// Another task has him in the same time.
    Task {
        code: String,
    },
    /// He calls for help himself.
    Call,
    /// His account is switched off.
    Removed,
}

impl From<Conflict> for Kept {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Leave { until } => Self::Leave { until },
            Conflict::Task { code } => Self::Task { code },
        }
    }
}

/// Takes back those of the former people whom nothing keeps from it; returns the others.
pub(crate) async fn take_back(
    tx: &mut Tx,
    task: &Task,
    span: Span,
    former: &[(i64, AssignmentState)],
) -> Result<Vec<NotBack>> {
    let rows = lock_agents_leniently(tx, former).await?;
    let mut kept = kept_away(tx, task, &rows, span).await?;
    let mut not_back = Vec::new();
    for (agent_id, state) in former {
        let agent_id = *agent_id;
        match kept.remove(&agent_id) {
            None => restore(tx, task, agent_id, *state).await?,
            Some(kept) => not_back.push(NotBack { agent_id, kept }),
        }
    }
    Ok(not_back)
}

/// What keeps those of these who are kept from the rest of the task.
async fn kept_away(
    tx: &Tx,
    task: &Task,
    rows: &[agent::Model],
    span: Span,
) -> Result<HashMap<i64, Kept>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut kept = match task.kind.code == emergency::KIND {
        true => at_present(tx, task, &ids).await?,
        false => {
            let rest = Span {
                start: tx.now(),
                ..span.at_least_until(tx.now())
            };
            against(tx, task, &ids, rest).await?
        }
    };
    let removed = rows.iter().filter(|agent| !agent.active);
    kept.extend(removed.map(|agent| (agent.id, Kept::Removed)));
    Ok(kept)
}

/// From a call for help only what he is at now keeps anybody, as when he says that he comes.
async fn at_present(tx: &Tx, task: &Task, ids: &[i64]) -> Result<HashMap<i64, Kept>> {
    let now = Span {
        start: tx.now(),
        end: tx.now() + TimeDelta::seconds(1),
    };
    let mut why = against(tx, task, ids, now).await?;
    let states = agents::availabilities(tx.db(), ids, tx.now()).await?;
    let away = [Availability::OnTask, Availability::OnLeave];
    let away = states.into_iter().filter(|(_, state)| away.contains(state));
    Ok(away
        .map(|(agent_id, _)| (agent_id, why.remove(&agent_id).unwrap_or(Kept::Call)))
        .collect())
}

async fn against(tx: &Tx, task: &Task, ids: &[i64], span: Span) -> Result<HashMap<i64, Kept>> {
    let found = window::conflicts(tx.db(), tx.now(), ids, (span, task.id)).await?;
    Ok(found
        .into_iter()
        .map(|(agent_id, conflict)| (agent_id, conflict.into()))
        .collect())
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
