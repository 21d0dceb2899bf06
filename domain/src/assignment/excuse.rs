//! Why people are put on a task although something soft stands against them: somebody says it, and it is recorded.

use serde_json::{Value, json};

use ::entity::agent;

use super::span;
use crate::{
    Refusal, Result, Tx,
    error::SoftConflict,
    task::{Task, create::text, window},
};

/// What somebody said for those whom it stands against; for the others nothing was needed.
#[derive(Default)]
pub(super) struct Excuse {
    reason: Option<String>,
    agent_ids: Vec<i64>,
}

impl Excuse {
    fn of(reason: Option<&str>, conflicts: Vec<SoftConflict>) -> Result<Self, Refusal> {
        let reason = text(reason);
        if reason.is_none() && !conflicts.is_empty() {
            return Err(Refusal::Soft { conflicts });
        }
        Ok(Self {
            reason,
            agent_ids: conflicts.iter().map(|one| one.agent_id).collect(),
        })
    }

    /// Why this agent is asked all the same.
    pub fn reason(&self, agent_id: i64) -> Option<String> {
        let needed = self.agent_ids.contains(&agent_id);
        self.reason.clone().filter(|_| needed)
    }

    /// Puts into the record for whom it was, which finds the words by that: it bears no texts itself, for what stands in it can
    /// never be erased.
    pub fn note(&self, data: &mut Value) {
        if !self.agent_ids.is_empty() {
            data["excused"] = json!(self.agent_ids);
        }
    }
}

/// Refuses what stands against these people for this task, as far as no reason is given that covers it.
pub(super) async fn check(
    tx: &Tx,
    task: &Task,
    agents: &[agent::Model],
    reason: Option<&str>,
) -> Result<Excuse> {
    let span = span(tx, task.id).await?;
    window::check_hard(tx, agents, span, task.id).await?;
    let conflicts = window::soft(tx, agents, span).await?;
    Ok(Excuse::of(reason, conflicts)?)
}
