//! Whom events of a task concern.

use std::collections::BTreeSet;

use crate::{
    Error, Result, Tx,
    event::Scope,
    task::{Task, load},
};

/// Whom events of a task concern: its unit, the units of its people, those people, its creator.
pub(crate) async fn scope_of(tx: &Tx, task_id: i64) -> Result<Scope> {
    let task = load::one(tx.db(), task_id).await?;
    let task = task.ok_or_else(|| Error::Data(format!("task {task_id} is not there")))?;
    Ok(scope(&task))
}

/// The same of a task at hand.
pub(crate) fn scope(task: &Task) -> Scope {
    let mut unit_ids: BTreeSet<i64> = task.agent_unit_ids.iter().copied().collect();
    unit_ids.extend(task.unit.iter().map(|unit| unit.id));
    let mut user_ids: BTreeSet<i64> = task
        .assignments
        .iter()
        .filter_map(|one| one.agent.user_id)
        .collect();
    user_ids.extend(task.lead.iter().filter_map(|lead| lead.user_id));
    user_ids.extend(task.created_by.iter().map(|user| user.user_id));
    Scope {
        unit_ids: unit_ids.into_iter().collect(),
        user_ids: user_ids.into_iter().collect(),
    }
}
