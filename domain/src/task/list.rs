//! Lists of tasks: filters that combine, newest first, by cursor.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LikeExpr},
};

use ::entity::{task, task_kind};

use super::{Priority, Status, Task, create::plain, rows, visible};
use crate::{Actor, Page, Result, Store, geo::Bounds, page::Window, stats::is_late};

/// Which tasks are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// One of these; any when empty.
    pub statuses: Vec<Status>,
    /// The code of the kind.
    pub kind: Option<String>,
    pub priority: Option<Priority>,
    pub unit_id: Option<i64>,
    /// Whoever holds an assignment of it or leads it.
    pub agent_id: Option<i64>,
    /// Whoever created it.
    pub created_by: Option<i64>,
    /// Words in code, title or place.
    pub text: Option<String>,
    /// Planned to start at or after.
    pub from: Option<DateTime<Utc>>,
    /// Planned to start before.
    pub to: Option<DateTime<Utc>>,
    /// Only those that should have started or ended by now.
    pub late: bool,
    /// Only open ones with an offer that nobody has answered.
    pub unanswered: bool,
    /// Only these.
    pub ids: Option<Vec<i64>>,
    /// Only those with a place in here.
    pub within: Option<Bounds>,
}

/// A page of the tasks that this person may see.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: TaskFilter,
    window: Window,
) -> Result<Page<Task>> {
    let mut query = task::Entity::find().filter(visible::to(actor));
    if let Some(before) = window.after::<i64>()? {
        query = query.filter(task::Column::Id.lt(before));
    }
    if filter.late {
        query = query.filter(is_late(store.now()));
    }
    let query = apply(query, filter)
        .order_by_desc(task::Column::Id)
        .limit(window.probe());
    let rows = rows::rows(store.reader(), query).await?;
    let page = Page::cut(rows, &window, |row| row.task.id);
    Ok(Page {
        items: rows::many(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

fn apply(
    mut query: sea_orm::Select<task::Entity>,
    filter: TaskFilter,
) -> sea_orm::Select<task::Entity> {
    if !filter.statuses.is_empty() {
        query = query.filter(task::Column::Status.is_in(filter.statuses));
    }
    if let Some(code) = filter.kind {
        query = query.filter(task::Column::KindId.in_subquery(kind_ids(&code)));
    }
    if let Some(priority) = filter.priority {
        query = query.filter(task::Column::Priority.eq(priority as i16));
    }
    if let Some(unit_id) = filter.unit_id {
        query = query.filter(task::Column::UnitId.eq(unit_id));
    }
    if let Some(agent_id) = filter.agent_id {
        query = query.filter(
            task::Column::LeadAgentId
                .eq(agent_id)
                .or(Expr::exists(visible::held_by(agent_id))),
        );
    }
    if let Some(user_id) = filter.created_by {
        query = query.filter(task::Column::CreatedBy.eq(user_id));
    }
    if let Some(from) = filter.from {
        query = query.filter(task::Column::PlannedStartAt.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(task::Column::PlannedStartAt.lt(to));
    }
    if let Some(ids) = filter.ids {
        query = query.filter(task::Column::Id.is_in(ids));
    }
    if filter.unanswered {
        query = query
            .filter(task::Column::Status.is_in([
                Status::Scheduled,
                Status::InProgress,
                Status::Paused,
            ]))
            .filter(Expr::exists(visible::offered()));
    }
    if let Some(Bounds {
        west,
        south,
        east,
        north,
    }) = filter.within
    {
        query = query
            .filter(task::Column::Lat.between(south, north))
            .filter(task::Column::Lon.between(west, east));
    }
    for word in filter.text.unwrap_or_default().split_whitespace() {
        query =
            query.filter(Expr::col((task::Entity, task::Column::Search)).like(containing(word)));
    }
    query
}

fn kind_ids(code: &str) -> sea_orm::sea_query::SelectStatement {
    sea_orm::sea_query::Query::select()
        .column(task_kind::Column::Id)
        .from(task_kind::Entity)
        .and_where(Expr::col(task_kind::Column::Code).eq(code))
        .to_owned()
}

/// A pattern in which the word stands for itself.
pub(crate) fn containing(word: &str) -> LikeExpr {
    let word = plain(word)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{word}%")).escape('\\')
}

/// The most open tasks of one person that are looked at.
const MINE: u64 = 200;

/// The open tasks of one agent, those in progress first.
pub async fn open_of(store: &Store, actor: &Actor, agent_id: i64) -> Result<Vec<Task>> {
    let filter = TaskFilter {
        statuses: OPEN.to_vec(),
        agent_id: Some(agent_id),
        ..TaskFilter::default()
    };
    let tasks = list(store, actor, filter, Window::first(MINE)).await?.items;
    Ok(ordered(tasks))
}

/// The open tasks a person is on, leads or created, those in progress first.
pub async fn mine(store: &Store, actor: &Actor) -> Result<Vec<Task>> {
    let mut tasks = match actor.agent_id {
        Some(id) => open_of(store, actor, id).await?,
        None => Vec::new(),
    };
    if let Some(user_id) = actor.user_id {
        let filter = TaskFilter {
            statuses: OPEN.to_vec(),
            created_by: Some(user_id),
            ..TaskFilter::default()
        };
        let created = list(store, actor, filter, Window::first(MINE)).await?.items;
        let fresh: Vec<Task> = created
            .into_iter()
            .filter(|one| tasks.iter().all(|task| task.id != one.id))
            .collect();
        tasks.extend(fresh);
    }
    Ok(ordered(tasks))
}

const OPEN: [Status; 3] = [Status::InProgress, Status::Paused, Status::Scheduled];

fn ordered(mut tasks: Vec<Task>) -> Vec<Task> {
    tasks.sort_by_key(|task| {
        (
            OPEN.iter().position(|status| *status == task.status),
            task.planned_start,
            task.id,
        )
    });
    tasks
}
