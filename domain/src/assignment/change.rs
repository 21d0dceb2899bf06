//! Some people more on a task and some fewer: whoever else is on it by now stays.

use super::{Crew, assign};
use crate::{
    Actor, Result, Tx,
    task::{Task, load},
};

/// What somebody chose, who looked at the people of a task a while ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub add: Vec<i64>,
    pub remove: Vec<i64>,
    /// As in [`Crew`]; nobody is named who is not on the task then.
    pub lead_agent_id: Option<i64>,
    pub override_reason: Option<String>,
}

impl Change {
    /// Those who are on the task then.
    fn crew(self, held: impl Iterator<Item = i64>) -> Crew {
        let mut agent_ids: Vec<i64> = held.filter(|id| !self.remove.contains(id)).collect();
        for id in self.add {
            if !agent_ids.contains(&id) {
                agent_ids.push(id);
            }
        }
        Crew {
            lead_agent_id: self.lead_agent_id.filter(|id| agent_ids.contains(id)),
            agent_ids,
            override_reason: self.override_reason,
        }
    }
}

/// Adds people to a task and takes others from it.
///
/// # Errors
/// As [`assign`].
pub async fn change(tx: &mut Tx, actor: &Actor, task_id: i64, change: Change) -> Result<Task> {
    let task = load::locked(tx, actor, task_id).await?;
    let crew = change.crew(task.held().map(|one| one.agent.agent_id));
    assign(tx, actor, task_id, crew).await
}
