//! The record as auditors read it, newest first.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;

use ::entity::{audit, user};

use super::excused;
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
    /// The door, as [`crate::actor::Channel`] has it; a newer release may have written another.
    pub channel: String,
    pub data: Value,
    /// Why people were put on a task all the same, while the words are kept; not in the chain.
    pub reason: Option<String>,
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
    let mut query = filtered(filter, store.reader().get_database_backend());
    if let Some(last) = window.after()? {
        query = query.filter(before(last));
    }
    let rows = query
        .order_by_desc(audit::Column::At)
        .order_by_desc(audit::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let users = users(store, &rows).await?;
    let mut reasons = excused::reasons(store.reader(), &rows).await?;
    Ok(
        Page::cut(rows, &window, |row| (row.at, row.id)).map(|row| Entry {
            reason: reasons.remove(&row.id),
            ..entry(row, &users)
        }),
    )
}

/// What lies behind this entry. The first term says again what the others say: from it a database knows where in the
/// index to begin.
fn before((at, id): (DateTime<Utc>, i64)) -> Condition {
    use audit::Column::{At, Id};
    let earlier = Condition::any().add(At.lt(at)).add(Id.lt(id));
    Condition::all().add(At.lte(at)).add(earlier)
}

/// What stands before the first dot of an action; the words are those of its index.
fn kind(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::Sqlite => "substr(action, 1, instr(action, '.') - 1)",
        _ => "split_part(action, '.', 1)",
    })
}

async fn users(store: &Store, rows: &[audit::Model]) -> Result<HashMap<i64, String>> {
    let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.user_id).collect();
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .all(store.reader())
        .await?;
    Ok(users.into_iter().map(|user| (user.id, user.name)).collect())
}

fn filtered(filter: Filter, backend: DbBackend) -> sea_orm::Select<audit::Entity> {
    use audit::Column::{Action, At, SubjectId, SubjectKind, UserId};
    let mut query = audit::Entity::find();
    if let Some(id) = filter.user_id {
        query = query.filter(UserId.eq(id));
    }
    if let Some(action) = filter.action {
        query = match action.strip_suffix('.') {
            Some(of) => query.filter(kind(backend).eq(of)),
            None => query.filter(Action.eq(action)),
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
        reason: None,
        number: row.number,
        hash: row.hash,
    }
}
