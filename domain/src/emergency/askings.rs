//! When somebody was asked, also before he was asked last: his row has the last time only, and the record has each.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use ::entity::{audit as entry, emergency};

use super::read::Offer;
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    audit::{self, Subject},
};

/// How the record calls it.
pub(crate) const ASK: &str = "emergency.ask";

/// The search asks these agents now.
pub(super) async fn record(tx: &Tx, row: &emergency::Model, agent_ids: &[i64]) -> Result<()> {
    let Some(task_id) = row.task_id else {
        return Ok(());
    };
    let search = Actor::system(Channel::Timer);
    let data = json!({ "emergency": row.id, "ring": row.ring, "agents": agent_ids });
    audit::record(tx, &search, ASK, Subject::Task(task_id), data).await
}

/// Whom an entry says that the search asked.
pub(crate) fn agents(data: &Value) -> Vec<i64> {
    let ids = data.get("agents").and_then(Value::as_array);
    ids.into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

/// Adds to these offers when the search asked each.
pub(super) async fn add(
    db: &impl ConnectionTrait,
    rows: &[emergency::Model],
    offers: &mut HashMap<i64, Vec<Offer>>,
) -> Result<()> {
    use entry::Column::{Action, Id, SubjectId, SubjectKind};
    let with_task = rows.iter().filter_map(|row| Some((row.task_id?, row.id)));
    let calls: HashMap<i64, i64> = with_task.collect();
    let found = entry::Entity::find()
        .filter(SubjectKind.eq("task"))
        .filter(SubjectId.is_in(calls.keys().copied()))
        .filter(Action.eq(ASK))
        .order_by_asc(Id)
        .all(db)
        .await?;
    for one in found {
        let call = one.subject_id.and_then(|task_id| calls.get(&task_id));
        let asked = agents(&one.data);
        let of_call = call.and_then(|id| offers.get_mut(id));
        for offer in of_call.into_iter().flatten() {
            if asked.contains(&offer.agent.agent_id) {
                offer.askings.push(one.at);
            }
        }
    }
    Ok(())
}
