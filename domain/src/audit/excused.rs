//! Why people were put on a task although something soft stood against them. The record says for whom that was, and their
//! rows on the task say why: so the words go when somebody is erased, and the chain stays whole.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

use ::entity::{assignment, audit, former_assignment};

use crate::Result;

/// The reasons of these entries, by their ids. Nothing of somebody who was erased.
pub(super) async fn reasons(
    db: &impl ConnectionTrait,
    entries: &[audit::Model],
) -> Result<HashMap<i64, String>> {
    let about: Vec<(&audit::Model, Vec<i64>)> = entries
        .iter()
        .filter_map(|entry| Some((entry, agents(entry)?)))
        .collect();
    if about.is_empty() {
        return Ok(HashMap::new());
    }
    let tasks: BTreeSet<i64> = about
        .iter()
        .filter_map(|(entry, _)| entry.subject_id)
        .collect();
    let people: BTreeSet<i64> = about.iter().flat_map(|(_, ids)| ids).copied().collect();
    let mut said = now(db, &tasks, &people).await?;
    said.extend(before(db, &tasks, &people).await?);
    let reason = |(entry, ids): (&audit::Model, Vec<i64>)| {
        let one = said.iter().find(|one| {
            Some(one.task_id) == entry.subject_id
                && one.offered_at == entry.at
                && ids.contains(&one.agent_id)
        })?;
        Some((entry.id, one.override_reason.clone()?))
    };
    Ok(about.into_iter().filter_map(reason).collect())
}

/// Why somebody was put on a task then.
#[derive(FromQueryResult)]
struct Said {
    task_id: i64,
    agent_id: i64,
    offered_at: DateTime<Utc>,
    override_reason: Option<String>,
}

/// Of those who stand on these tasks.
async fn now(
    db: &impl ConnectionTrait,
    tasks: &BTreeSet<i64>,
    people: &BTreeSet<i64>,
) -> Result<Vec<Said>> {
    use assignment::{Column, Entity};
    Ok(Entity::find()
        .filter(Column::TaskId.is_in(tasks.iter().copied()))
        .filter(Column::AgentId.is_in(people.iter().copied()))
        .filter(Column::OverrideReason.is_not_null())
        .into_model()
        .all(db)
        .await?)
}

/// The same of those who were asked anew since.
async fn before(
    db: &impl ConnectionTrait,
    tasks: &BTreeSet<i64>,
    people: &BTreeSet<i64>,
) -> Result<Vec<Said>> {
    use former_assignment::{Column, Entity};
    Ok(Entity::find()
        .filter(Column::TaskId.is_in(tasks.iter().copied()))
        .filter(Column::AgentId.is_in(people.iter().copied()))
        .filter(Column::OverrideReason.is_not_null())
        .into_model()
        .all(db)
        .await?)
}

/// For whom a reason was needed.
fn agents(entry: &audit::Model) -> Option<Vec<i64>> {
    let ids = entry.data.get("excused")?.as_array()?;
    Some(ids.iter().filter_map(serde_json::Value::as_i64).collect())
}
