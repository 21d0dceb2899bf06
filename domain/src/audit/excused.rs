//! Why people were put on a task although something soft stood against them. The record says for whom that was, and their
//! rows on the task say why: so the words go when somebody is erased, and the chain stays whole.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use ::entity::{assignment, audit};

use crate::Result;

/// The reasons of these entries, by their ids. Nothing of somebody who was asked anew since, or erased.
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
    let rows = assignment::Entity::find()
        .filter(assignment::Column::TaskId.is_in(tasks))
        .filter(assignment::Column::AgentId.is_in(people))
        .filter(assignment::Column::OverrideReason.is_not_null())
        .all(db)
        .await?;
    let reason = |(entry, ids): (&audit::Model, Vec<i64>)| {
        let row = rows.iter().find(|row| {
            Some(row.task_id) == entry.subject_id
                && row.offered_at == entry.at
                && ids.contains(&row.agent_id)
        })?;
        Some((entry.id, row.override_reason.clone()?))
    };
    Ok(about.into_iter().filter_map(reason).collect())
}

/// For whom a reason was needed.
fn agents(entry: &audit::Model) -> Option<Vec<i64>> {
    let ids = entry.data.get("excused")?.as_array()?;
    Some(ids.iter().filter_map(serde_json::Value::as_i64).collect())
}
