//! What happened to a task, told in order.

mod released;

use std::{cmp::Ordering, collections::HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;

use ::entity::{attachment, former_assignment, history, report, user};

use super::{AgentRef, Assignment, AssignmentState, Status, Task, UserRef, load};
use crate::{Actor, Page, Result, Store, emergency, geo::Point, page::Window, report::ReportKind};

mod recorded;

/// One entry of the story.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub what: What,
    /// Who did it; nobody for the system.
    pub actor: Option<Who>,
    /// Who was asked, or is no longer on it, and by whom is said in `actor`.
    pub agent: Option<Who>,
    /// A reason, of whoever asks why it is him all the same, or the text of a report.
    pub text: Option<String>,
    pub place: Option<Point>,
    pub attachments: Vec<Attachment>,
    /// What of the task says something else since.
    pub changed: Vec<String>,
}

/// Somebody in the story: two people may have one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// None when an agent has no account.
    pub user_id: Option<i64>,
    pub name: String,
}

impl From<&AgentRef> for Who {
    fn from(agent: &AgentRef) -> Self {
        Self {
            user_id: agent.user_id,
            name: agent.name.clone(),
        }
    }
}

impl From<&UserRef> for Who {
    fn from(user: &UserRef) -> Self {
        Self {
            user_id: Some(user.user_id),
            name: user.name.clone(),
        }
    }
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
    Edited,
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

/// The place of an entry in the story: when, of which sort, and which of them. What is told later of an earlier time
/// finds its place before the pages that follow, and moves none of them.
type Key = (DateTime<Utc>, u8, i64);

const CREATED: u8 = 0;
const FORMER: u8 = 1;
const STEP: u8 = 2;
const CHANGE: u8 = 3;
const REPORT: u8 = 4;
const RECORD: u8 = 5;

/// A page of what happened, oldest first.
pub async fn timeline(
    store: &Store,
    actor: &Actor,
    task_id: i64,
    window: Window,
) -> Result<Page<Entry>> {
    let task = load::find(store, actor, task_id).await?;
    let after = window.after::<Key>()?;
    let creator = task.created_by.as_ref().map(Who::from);
    let mut entries = vec![(
        (task.created_at, CREATED, 0),
        entry(task.created_at, What::Created, creator),
    )];
    entries.extend(crew(store, &task).await?);
    entries.retain(|(key, _)| after.is_none_or(|after| *key > after));
    let limit = window.probe();
    entries.extend(recorded::entries(store, actor, task_id, after).await?);
    entries.extend(changes(store, task_id, after, limit).await?);
    entries.extend(reports(store, task_id, after, limit).await?);
    entries.sort_by_key(|(key, _)| *key);
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Page::cut(entries, &window, |(key, _)| *key).map(|(_, entry)| entry))
}

/// The rows of one sort that lie behind a page.
fn behind(at: impl ColumnTrait, id: impl ColumnTrait, sort: u8, after: Option<Key>) -> Condition {
    let Some((last, last_sort, last_id)) = after else {
        return Condition::all();
    };
    let later = Condition::any().add(at.gt(last));
    match sort.cmp(&last_sort) {
        Ordering::Less => later,
        Ordering::Equal => later.add(Condition::all().add(at.eq(last)).add(id.gt(last_id))),
        Ordering::Greater => later.add(at.eq(last)),
    }
}

fn entry(at: DateTime<Utc>, what: What, actor: Option<Who>) -> Entry {
    Entry {
        at,
        what,
        actor,
        agent: None,
        text: None,
        place: None,
        attachments: Vec::new(),
        changed: Vec::new(),
    }
}

/// What the agents did, now and before they were asked anew.
async fn crew(store: &Store, task: &Task) -> Result<Vec<(Key, Entry)>> {
    let former = former_assignment::Entity::find()
        .filter(former_assignment::Column::TaskId.eq(task.id))
        .all(store.reader())
        .await?;
    let ends = task.assignments.iter().filter_map(|one| one.released_at);
    let ended = former.iter().filter_map(|one| one.released_at);
    let let_go = released::by(store.reader(), task.id, ends.chain(ended).collect()).await?;
    let now = task.assignments.iter().filter_map(|one| one.offered_by);
    let then = former.iter().filter_map(|one| one.offered_by);
    let doers = now.chain(then).chain(let_go.values().copied());
    let names = names(store.reader(), doers.collect()).await?;
    let mut entries = Vec::new();
    for one in &task.assignments {
        entries.extend(steps(STEP, one, &names, &let_go));
    }
    for row in former {
        let agent = task.assignment_of(row.agent_id).map(|one| &one.agent);
        if let Some(agent) = agent {
            let before = before(row, agent.clone());
            entries.extend(steps(FORMER, &before, &names, &let_go));
        }
    }
    if task.kind.code == emergency::KIND {
        // Whoever comes by himself was asked by the search, when the record says.
        entries.retain(|(_, one)| one.what != What::Offered || one.actor != one.agent);
    }
    Ok(entries)
}

/// An earlier round of somebody, as it was.
fn before(row: former_assignment::Model, agent: AgentRef) -> Assignment {
    Assignment {
        id: row.id,
        agent,
        state: row.state,
        at: row.state_at,
        reason: row.reason,
        override_reason: row.override_reason,
        offered_by: row.offered_by,
        offered_at: row.offered_at,
        acknowledged_at: row.acknowledged_at,
        en_route_at: row.en_route_at,
        on_site_at: row.on_site_at,
        released_at: row.released_at,
        rings: 0,
        sent_at: None,
        rung_at: None,
        escalated_at: row.escalated_at,
        unheard_at: None,
        unreachable_at: row.unreachable_at,
    }
}

/// What one agent did, from the times of his assignment, and who let him go.
fn steps(
    sort: u8,
    one: &Assignment,
    names: &HashMap<i64, String>,
    let_go: &HashMap<DateTime<Utc>, i64>,
) -> Vec<(Key, Entry)> {
    let himself = || Some(Who::from(&one.agent));
    let asked = known(names, one.offered_by);
    let declined = (one.state == AssignmentState::Declined).then_some(one.at);
    let times = [
        (Some(one.offered_at), What::Offered),
        (one.acknowledged_at, What::Acknowledged),
        (one.en_route_at, What::EnRoute),
        (one.on_site_at, What::OnSite),
        (one.escalated_at, What::Escalated),
        (one.unreachable_at, What::Unreachable),
        (one.released_at, What::Released),
        (declined, What::Declined),
    ];
    let told = |(i, (at, what)): (i64, (Option<DateTime<Utc>>, What))| {
        let at = at?;
        let step = match what {
            What::Offered => Entry {
                agent: himself(),
                text: one.override_reason.clone(),
                ..entry(at, what, asked.clone())
            },
            What::Released => Entry {
                agent: himself(),
                ..entry(at, what, known(names, let_go.get(&at).copied()))
            },
            What::Declined => Entry {
                text: one.reason.clone(),
                ..entry(at, what, himself())
            },
            _ => entry(at, what, himself()),
        };
        Some(((at, sort, one.id * STEPS + i), step))
    };
    (0..).zip(times).filter_map(told).collect()
}

/// More than the steps of one assignment.
const STEPS: i64 = 16;

async fn changes(
    store: &Store,
    task_id: i64,
    after: Option<Key>,
    limit: u64,
) -> Result<Vec<(Key, Entry)>> {
    use history::Column::{HappenedAt, Id, TaskId};
    let rows = history::Entity::find()
        .filter(TaskId.eq(task_id))
        .filter(behind(HappenedAt, Id, CHANGE, after))
        .order_by_asc(HappenedAt)
        .order_by_asc(Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    let users = rows.iter().filter_map(|row| row.user_id).collect();
    let names = names(store.reader(), users).await?;
    let change = |row: history::Model| Entry {
        text: row.reason,
        place: Point::of(row.lat, row.lon),
        ..entry(
            row.happened_at,
            What::Status {
                from: row.from_status,
                to: row.to_status,
            },
            known(&names, row.user_id),
        )
    };
    Ok(rows
        .into_iter()
        .map(|row| ((row.happened_at, CHANGE, row.id), change(row)))
        .collect())
}

async fn reports(
    store: &Store,
    task_id: i64,
    after: Option<Key>,
    limit: u64,
) -> Result<Vec<(Key, Entry)>> {
    use report::Column::{HappenedAt, Id, TaskId};
    let rows = report::Entity::find()
        .filter(TaskId.eq(task_id))
        .filter(behind(HappenedAt, Id, REPORT, after))
        .order_by_asc(HappenedAt)
        .order_by_asc(Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    let users = rows.iter().filter_map(|row| row.user_id).collect();
    let names = names(store.reader(), users).await?;
    let files = attachment::Entity::find()
        .filter(attachment::Column::TaskId.eq(task_id))
        .filter(attachment::Column::ReportId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(attachment::Column::Id)
        .all(store.reader())
        .await?;
    let told = |row: report::Model| Entry {
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
            known(&names, row.user_id),
        )
    };
    Ok(rows
        .into_iter()
        .map(|row| ((row.happened_at, REPORT, row.id), told(row)))
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

fn known(names: &HashMap<i64, String>, user_id: Option<i64>) -> Option<Who> {
    Some(Who {
        name: names.get(&user_id?)?.clone(),
        user_id,
    })
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
