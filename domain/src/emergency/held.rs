//! The calls for help that somebody is on, whether he said that he goes or was put on their tasks and has seen it.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use ::entity::{assignment, assignment::AssignmentState, emergency};

use super::EmergencyStatus;
use crate::{Result, Store};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: i64,
    /// When he said how far he is.
    pub at: DateTime<Utc>,
    pub drill: bool,
    /// He said that he goes, or is there.
    pub going: bool,
}

/// The open ones that an agent is on, in the order in which he answered; what he has not answered is none of them.
pub async fn held_by(store: &Store, agent_id: i64) -> Result<Vec<Held>> {
    use AssignmentState::{Acknowledged, EnRoute, OnSite};
    let found = assignment::Entity::find()
        .filter(assignment::Column::AgentId.eq(agent_id))
        .filter(assignment::Column::State.is_in([Acknowledged, EnRoute, OnSite]))
        .all(store.reader())
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let calls = emergency::Entity::find()
        .filter(emergency::Column::TaskId.is_in(found.iter().map(|one| one.task_id)))
        .filter(
            emergency::Column::Status.is_in([EmergencyStatus::Active, EmergencyStatus::Answered]),
        )
        .all(store.reader())
        .await?;
    let held = calls.into_iter().filter_map(|call| {
        let his = found.iter().find(|one| Some(one.task_id) == call.task_id)?;
        Some(Held {
            id: call.id,
            at: his.state_at,
            drill: call.drill,
            going: his.state != Acknowledged,
        })
    });
    let mut held: Vec<Held> = held.collect();
    held.sort_by_key(|one| one.at);
    Ok(held)
}
