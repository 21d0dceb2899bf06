//! Leave as it is read.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{attachment as files, leave, user};

use super::{Leave, LeaveStatus};
use crate::{
    Actor, Page, Refusal, Result, Store,
    agent::within_scope,
    attachment::{self, Owner},
    duty,
    error::Thing,
    page::Window,
    shift::names,
};

/// Which leaves are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct LeaveFilter {
    pub agent_id: Option<i64>,
    pub unit_id: Option<i64>,
    pub status: Option<LeaveStatus>,
    /// Those that end after.
    pub from: Option<DateTime<Utc>>,
    /// Those that start before.
    pub to: Option<DateTime<Utc>>,
    pub ids: Option<Vec<i64>>,
}

/// A page of leaves, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: LeaveFilter,
    window: Window,
) -> Result<Page<Leave>> {
    let query = filtered(filter).filter(within_scope(actor, leave::Column::AgentId));
    let rows = query
        .filter(window.before(leave::Column::Id)?)
        .order_by_desc(leave::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    Ok(Page {
        items: load(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

fn filtered(filter: LeaveFilter) -> sea_orm::Select<leave::Entity> {
    let mut query = leave::Entity::find();
    if let Some(id) = filter.agent_id {
        query = query.filter(leave::Column::AgentId.eq(id));
    }
    if let Some(id) = filter.unit_id {
        query = query.filter(leave::Column::AgentId.in_subquery(duty::members(&[id])));
    }
    if let Some(status) = filter.status {
        query = query.filter(leave::Column::Status.eq(status));
    }
    if let Some(from) = filter.from {
        query = query.filter(leave::Column::EndsAt.gt(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(leave::Column::StartsAt.lt(to));
    }
    if let Some(ids) = filter.ids {
        query = query.filter(leave::Column::Id.is_in(ids));
    }
    query
}

/// Leave that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Leave> {
    let filter = LeaveFilter {
        ids: Some(vec![id]),
        ..LeaveFilter::default()
    };
    let mut page = list(store, actor, filter, Window::first(1)).await?;
    page.items
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Leave).into())
}

pub(super) async fn reload(db: &impl ConnectionTrait, row: leave::Model) -> Result<Leave> {
    let mut found = load(db, vec![row]).await?;
    found
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Leave).into())
}

async fn load(db: &impl ConnectionTrait, rows: Vec<leave::Model>) -> Result<Vec<Leave>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(db, rows.iter().map(|row| row.agent_id)).await?;
    let deciders: HashMap<i64, String> = user::Entity::find()
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.decided_by)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let files = attachment::of(db, files::Column::LeaveId, ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| Leave {
            agent: names.get(&row.agent_id).cloned().unwrap_or_default(),
            decided_by: row.decided_by.and_then(|id| deciders.get(&id).cloned()),
            attachments: files
                .iter()
                .filter(|file| file.owner == Owner::Leave(row.id))
                .cloned()
                .collect(),
            id: row.id,
            agent_id: row.agent_id,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            reason: row.reason,
            decided_at: row.decided_at,
            decided_reason: row.decided_reason,
            withdrawn_at: row.withdrawn_at,
        })
        .collect())
}
