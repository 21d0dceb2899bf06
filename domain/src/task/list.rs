//! Lists of tasks: filters that combine, newest first, by cursor.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, QueryFilter,
    sea_query::{Expr, ExprTrait, LikeExpr, Query},
};

use ::entity::{task, task_kind};

use super::{
    Priority, Status, Task,
    create::plain,
    rows, visible,
    ways::{self, Sequence},
};
use crate::{Actor, Page, Result, Store, estimate::Band, geo::Bounds, late::is_late, page::Window};

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
    /// Only what the reader himself created, leads or was on.
    pub own: bool,
    /// Ended at or after.
    pub ended_since: Option<DateTime<Utc>>,
    /// Only completed ones, at or after.
    pub completed_from: Option<DateTime<Utc>>,
    /// Only completed ones, before.
    pub completed_to: Option<DateTime<Utc>>,
    /// Only those that the estimate of this band rests on.
    pub measured: Option<Band>,
}

impl TaskFilter {
    /// Whether the time of completion matters.
    pub(super) fn completed(&self) -> bool {
        self.completed_from.is_some() || self.completed_to.is_some()
    }
}

/// A page of the tasks that this person may see.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: TaskFilter,
    window: Window,
) -> Result<Page<Task>> {
    let newest = Sequence::Newest(window.after()?.unwrap_or(i64::MAX));
    let query = ways::first(store, actor, &filter, (newest, window.probe())).await?;
    let rows = rows::rows(store.reader(), query).await?;
    let page = Page::cut(rows, &window, |row| row.task.id);
    Ok(Page {
        items: rows::many(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// A page of those that are over, what ended last first; its cursor is when the last of the page ended, and its number.
pub async fn ended(
    store: &Store,
    actor: &Actor,
    filter: TaskFilter,
    window: Window,
) -> Result<Page<Task>> {
    let latest = Sequence::Ended(window.after()?);
    let query = ways::first(store, actor, &filter, (latest, window.probe())).await?;
    let rows = rows::rows(store.reader(), query).await?;
    let page = Page::cut(rows, &window, |row| (row.task.ended_at, row.task.id));
    Ok(Page {
        items: rows::many(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// Narrows a query to what is wanted.
pub(super) fn apply(
    query: sea_orm::Select<task::Entity>,
    actor: &Actor,
    filter: &TaskFilter,
    now: DateTime<Utc>,
) -> sea_orm::Select<task::Entity> {
    let statuses = (!filter.statuses.is_empty()).then(|| filter.statuses.iter().copied());
    let wanted = Condition::all()
        .add_option(statuses.map(|some| task::Column::Status.is_in(some)))
        .add_option(
            filter
                .kind
                .as_deref()
                .map(|code| Expr::col((task::Entity, task::Column::KindId)).eq(kind_id(code))),
        )
        .add_option(
            filter
                .priority
                .map(|one| task::Column::Priority.eq(one as i16)),
        )
        .add_option(filter.unit_id.map(|id| task::Column::UnitId.eq(id)))
        .add_option(filter.agent_id.map(|id| any_of(visible::of_agent(id))))
        .add_option(filter.created_by.map(|id| task::Column::CreatedBy.eq(id)))
        .add_option(
            filter
                .from
                .map(|from| task::Column::PlannedStartAt.gte(from)),
        )
        .add_option(filter.to.map(|to| task::Column::PlannedStartAt.lt(to)))
        .add_option(
            filter
                .ids
                .as_ref()
                .map(|ids| task::Column::Id.is_in(ids.iter().copied())),
        )
        .add_option(filter.late.then(|| is_late(now)))
        .add_option(filter.unanswered.then(unanswered))
        .add_option(filter.within.map(inside))
        .add_option(
            filter
                .own
                .then(|| any_of(visible::own(actor)).add(Expr::value(false))),
        )
        .add_option(
            filter
                .ended_since
                .map(|since| task::Column::EndedAt.gte(since)),
        )
        .add_option(filter.completed().then(|| completed(filter)))
        .add_option(filter.measured.map(measured));
    let words = filter
        .text
        .as_deref()
        .unwrap_or_default()
        .split_whitespace();
    words.fold(query.filter(wanted), |query, word| {
        query.filter(Expr::col((task::Entity, task::Column::Search)).like(containing(word)))
    })
}

fn any_of(conditions: Vec<Condition>) -> Condition {
    conditions
        .into_iter()
        .fold(Condition::any(), Condition::add)
}

fn completed(filter: &TaskFilter) -> Condition {
    let (from, to) = (filter.completed_from, filter.completed_to);
    Condition::all()
        .add(task::Column::Status.eq(Status::Completed))
        .add_option(from.map(|from| task::Column::EndedAt.gte(from)))
        .add_option(to.map(|to| task::Column::EndedAt.lt(to)))
}

/// The same that is reckoned with in [`crate::estimate`].
fn measured(band: Band) -> Condition {
    let word = match band {
        Band::Day => Some("day"),
        Band::Night => Some("night"),
        Band::All => None,
    };
    Condition::all()
        .add(task::Column::DurationSeconds.is_not_null())
        .add_option(word.map(|word| task::Column::Band.eq(word)))
}

fn unanswered() -> Condition {
    Condition::all()
        .add(task::Column::Status.is_in(OPEN))
        .add(visible::unanswered())
}

fn inside(bounds: Bounds) -> Condition {
    Condition::all()
        .add(task::Column::Lat.between(bounds.south, bounds.north))
        .add(task::Column::Lon.between(bounds.west, bounds.east))
}

fn kind_id(code: &str) -> Expr {
    let kind = Query::select()
        .column(task_kind::Column::Id)
        .from(task_kind::Entity)
        .and_where(Expr::col(task_kind::Column::Code).eq(code))
        .to_owned();
    Expr::SubQuery(None, Box::new(kind.into()))
}

/// A pattern in which the word stands for itself.
pub(crate) fn containing(word: &str) -> LikeExpr {
    let word = plain(word)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{word}%")).escape('\\')
}

/// What is left of what somebody looks for within so many bytes: whole words in the form in which they are compared.
pub fn wanted_words(text: &str, most: usize) -> String {
    let mut kept = String::new();
    for word in plain(text).split_whitespace() {
        let word = &word[..word.floor_char_boundary(most)];
        if kept.len() + usize::from(!kept.is_empty()) + word.len() > most {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_looked_for() {
        assert_eq!(wanted_words("  Plaza  de MAYO ", 40), "plaza de mayo");
        assert_eq!(wanted_words("Depósito Ñandú norte", 15), "deposito nandu");
        assert!(wanted_words(&"ж".repeat(90), 41).len() <= 41);
        assert_eq!(wanted_words("   ", 40), "");
    }
}
