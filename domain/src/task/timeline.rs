//! What happened to a task, told in order.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use ::entity::{attachment, history, report, user};

use super::{Status, load};
use crate::{Actor, Page, Result, Store, geo::Point, page::Window, report::ReportKind};

/// One entry of the story.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub what: What,
    /// Who did it; nobody for the system.
    pub actor: Option<String>,
    /// A reason, or the text of a report.
    pub text: Option<String>,
    pub place: Option<Point>,
    pub attachments: Vec<Attachment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Created,
    Status { from: Option<Status>, to: Status },
    Offered,
    Acknowledged,
    EnRoute,
    OnSite,
    Declined,
    Released,
    Escalated,
    Unreachable,
    Report { kind: ReportKind },
}

/// Evidence, as a timeline names it.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: i64,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
    /// Whether the file is here already.
    pub stored: bool,
}

/// The most entries of each sort that are read.
const MOST: u64 = 2000;

/// A page of what happened, oldest first.
pub async fn timeline(
    store: &Store,
    actor: &Actor,
    task_id: i64,
    window: Window,
) -> Result<Page<Entry>> {
    let task = load::find(store, actor, task_id).await?;
    let skip = window.after::<usize>()?.unwrap_or(0);
    let mut entries = vec![entry(
        task.created_at,
        What::Created,
        task.created_by.as_ref().map(|user| user.name.clone()),
    )];
    for one in &task.assignments {
        entries.extend(steps(one));
    }
    entries.extend(changes(store, task_id).await?);
    entries.extend(reports(store, task_id).await?);
    entries.sort_by_key(|entry| entry.at);
    let numbered: Vec<(usize, Entry)> = entries
        .into_iter()
        .enumerate()
        .skip(skip)
        .take(window.probe() as usize)
        .collect();
    Ok(Page::cut(numbered, &window, |(index, _)| index + 1).map(|(_, entry)| entry))
}

fn entry(at: DateTime<Utc>, what: What, actor: Option<String>) -> Entry {
    Entry {
        at,
        what,
        actor,
        text: None,
        place: None,
        attachments: Vec::new(),
    }
}

/// What one agent did, from the times of his assignment.
fn steps(one: &super::Assignment) -> Vec<Entry> {
    let name = || Some(one.agent.name.clone());
    let mut steps = vec![entry(one.offered_at, What::Offered, name())];
    let times = [
        (one.acknowledged_at, What::Acknowledged),
        (one.en_route_at, What::EnRoute),
        (one.on_site_at, What::OnSite),
        (one.escalated_at, What::Escalated),
        (one.unreachable_at, What::Unreachable),
        (one.released_at, What::Released),
    ];
    steps.extend(
        times
            .into_iter()
            .filter_map(|(at, what)| Some(entry(at?, what, name()))),
    );
    if one.state == super::AssignmentState::Declined {
        steps.push(Entry {
            text: one.reason.clone(),
            ..entry(one.at, What::Declined, name())
        });
    }
    steps
}

async fn changes(store: &Store, task_id: i64) -> Result<Vec<Entry>> {
    let rows = history::Entity::find()
        .filter(history::Column::TaskId.eq(task_id))
        .order_by_asc(history::Column::Id)
        .limit(MOST)
        .all(store.reader())
        .await?;
    let names = names(
        store.reader(),
        rows.iter().filter_map(|row| row.user_id).collect(),
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            text: row.reason,
            place: Point::of(row.lat, row.lon),
            ..entry(
                row.happened_at,
                What::Status {
                    from: row.from_status,
                    to: row.to_status,
                },
                row.user_id.and_then(|id| names.get(&id).cloned()),
            )
        })
        .collect())
}

async fn reports(store: &Store, task_id: i64) -> Result<Vec<Entry>> {
    let rows = report::Entity::find()
        .filter(report::Column::TaskId.eq(task_id))
        .order_by_asc(report::Column::Id)
        .limit(MOST)
        .all(store.reader())
        .await?;
    let names = names(
        store.reader(),
        rows.iter().filter_map(|row| row.user_id).collect(),
    )
    .await?;
    let files = attachment::Entity::find()
        .filter(attachment::Column::TaskId.eq(task_id))
        .order_by_asc(attachment::Column::Id)
        .limit(MOST)
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            place: Point::of(row.lat, row.lon),
            attachments: files
                .iter()
                .filter(|file| file.report_id == Some(row.id))
                .map(attached)
                .collect(),
            text: row.text,
            ..entry(
                row.happened_at,
                What::Report { kind: row.kind },
                row.user_id.and_then(|id| names.get(&id).cloned()),
            )
        })
        .collect())
}

fn attached(file: &attachment::Model) -> Attachment {
    Attachment {
        id: file.id,
        name: file.name.clone(),
        mime: file.mime.clone(),
        bytes: file.bytes,
        stored: file.state == attachment::FetchState::Stored,
    }
}

async fn names(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
