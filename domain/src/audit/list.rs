//! The record as auditors read it, newest first.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use ::entity::{audit, history::Channel, user};

use crate::{Actor, Page, Refusal, Result, Store, actor::Permission, page::Window, task::UserRef};

/// Which entries are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub user_id: Option<i64>,
    /// Such as `task.created`, or with a dot at the end all of a kind: `task.`
    pub action: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// One entry of the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// Nobody for the system.
    pub user: Option<UserRef>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    pub channel: Channel,
    pub data: Value,
    /// Its place in the chain, when it is there already.
    pub number: Option<i64>,
    pub hash: Option<String>,
}

/// Only those with the permission read the record.
pub fn allow(actor: &Actor) -> Result<(), Refusal> {
    if actor.has(Permission::Audit) {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// A page of the record, newest first.
///
/// # Errors
/// Refused without the permission `audit`.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Page<Entry>> {
    allow(actor)?;
    let mut query = filtered(filter);
    if let Some(id) = window.after::<i64>()? {
        query = query.filter(audit::Column::Id.lt(id));
    }
    let rows = query
        .order_by_desc(audit::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let users = users(store, &rows).await?;
    Ok(Page::cut(rows, &window, |row| row.id).map(|row| entry(row, &users)))
}

async fn users(store: &Store, rows: &[audit::Model]) -> Result<HashMap<i64, String>> {
    let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.user_id).collect();
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .all(store.reader())
        .await?;
    Ok(users.into_iter().map(|user| (user.id, user.name)).collect())
}

fn filtered(filter: Filter) -> sea_orm::Select<audit::Entity> {
    use audit::Column::{Action, At, SubjectId, SubjectKind, UserId};
    let mut query = audit::Entity::find();
    if let Some(id) = filter.user_id {
        query = query.filter(UserId.eq(id));
    }
    if let Some(action) = filter.action {
        query = match action.ends_with('.') {
            true => query.filter(Action.starts_with(action)),
            false => query.filter(Action.eq(action)),
        };
    }
    if let Some(kind) = filter.subject_kind {
        query = query.filter(SubjectKind.eq(kind));
    }
    if let Some(id) = filter.subject_id {
        query = query.filter(SubjectId.eq(id));
    }
    if let Some(from) = filter.from {
        query = query.filter(At.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(At.lt(to));
    }
    query
}

fn entry(row: audit::Model, users: &HashMap<i64, String>) -> Entry {
    let user = |user_id| UserRef {
        user_id,
        name: users.get(&user_id).cloned().unwrap_or_default(),
    };
    Entry {
        id: row.id,
        at: row.at,
        user: row.user_id.map(user),
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        channel: row.channel,
        data: row.data,
        number: row.number,
        hash: row.hash,
    }
}
