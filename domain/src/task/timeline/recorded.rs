//! What only the record tells of a task: who changed what it says, and for an emergency whom the search asked, each time.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use ::entity::{agent, audit};

use super::{Entry, Key, RECORD, What, Who, behind, entry, known, names};
use crate::{
    Actor, Result, Store,
    actor::Permission,
    emergency::askings::{self, ASK},
    task::edit::EDIT,
};

/// More than are asked at once.
const EACH: i64 = 100_000;

/// What it tells behind a page; whom the search asked is for those in command.
pub(super) async fn entries(
    store: &Store,
    actor: &Actor,
    task_id: i64,
    after: Option<Key>,
) -> Result<Vec<(Key, Entry)>> {
    use audit::Column::{Action, At, Id, SubjectId, SubjectKind};
    let commands = actor.may_command() || actor.has(Permission::Broadcast);
    let actions = [EDIT].into_iter().chain(commands.then_some(ASK));
    let from = after.map(|(at, sort, id)| match sort {
        // Of the entry with which the page ended more may follow.
        RECORD => (at, sort, id / EACH - 1),
        _ => (at, sort, id),
    });
    let rows = audit::Entity::find()
        .filter(SubjectKind.eq("task"))
        .filter(SubjectId.eq(task_id))
        .filter(Action.is_in(actions))
        .filter(behind(At, Id, RECORD, from))
        .order_by_asc(Id)
        .all(store.reader())
        .await?;
    let agents = people(store, &rows).await?;
    let users = rows.iter().filter_map(|row| row.user_id).collect();
    let names = names(store.reader(), users).await?;
    let told = rows.into_iter().flat_map(|row| match row.action.as_str() {
        ASK => asked(&row, &agents),
        _ => edited(&row, known(&names, row.user_id)),
    });
    Ok(told
        .filter(|(key, _)| after.is_none_or(|after| *key > after))
        .collect())
}

/// Those who were asked, by their ids as agents.
async fn people(store: &Store, rows: &[audit::Model]) -> Result<HashMap<i64, Who>> {
    let ids: Vec<i64> = rows
        .iter()
        .filter(|row| row.action == ASK)
        .flat_map(|row| askings::agents(&row.data))
        .collect();
    let found = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids))
        .all(store.reader())
        .await?;
    let who = |row: agent::Model| {
        let one = Who {
            user_id: row.user_id,
            name: row.name,
        };
        (row.id, one)
    };
    Ok(found.into_iter().map(who).collect())
}

fn asked(row: &audit::Model, people: &HashMap<i64, Who>) -> Vec<(Key, Entry)> {
    let ids = askings::agents(&row.data);
    let told = (0..).zip(ids).filter_map(|(i, id)| {
        let offered = Entry {
            agent: Some(people.get(&id)?.clone()),
            ..entry(row.at, What::Offered, None)
        };
        Some(((row.at, RECORD, row.id * EACH + i), offered))
    });
    told.collect()
}

/// Nothing where all stayed as it was; of older entries nobody knows what it was.
fn edited(row: &audit::Model, by: Option<Who>) -> Vec<(Key, Entry)> {
    let changed = row.data.get("changed").and_then(Value::as_array);
    if changed.is_some_and(Vec::is_empty) {
        return Vec::new();
    }
    let words = changed.into_iter().flatten().filter_map(Value::as_str);
    let told = Entry {
        changed: words.map(str::to_owned).collect(),
        ..entry(row.at, What::Edited, by)
    };
    vec![((row.at, RECORD, row.id * EACH), told)]
}
