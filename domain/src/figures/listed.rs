//! What a figure counts, one by one, what ended last first: a page is read along an index however long the period is.

use chrono::{DateTime, Days, Utc};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::former_assignment;

use super::{
    Whose,
    count::{each, worked},
    unit_or_scope,
};
use crate::{
    Actor, Page, Refusal, Result, Store,
    asked::Asked,
    ledger::Wanted,
    page::Window,
    task::{Task, load},
    zone,
};

/// A figure of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Completed,
    Cancelled,
    /// Completed, and it was known when they should end.
    Timed,
    /// Those of them that ended by then.
    OnTime,
    /// Those of them that ended later.
    Overdue,
}

impl Counted {
    fn condition(self) -> &'static str {
        match self {
            Self::Completed => "t.status = 'completed'",
            Self::Cancelled => "t.status = 'cancelled'",
            Self::Timed => "t.status = 'completed' AND t.window_end_at IS NOT NULL",
            Self::OnTime => "t.status = 'completed' AND t.ended_at <= t.window_end_at",
            Self::Overdue => "t.status = 'completed' AND t.ended_at > t.window_end_at",
        }
    }
}

/// A figure of answers: what lies between two moments of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    OfferedToAcknowledged,
    AcknowledgedToOnSite,
    OnSiteToCompleted,
}

impl Stretch {
    /// Where it begins, where it ends, and of which answers it is known.
    fn of(self) -> (&'static str, &'static str, String) {
        match self {
            Self::OfferedToAcknowledged => (
                "a.offered_at",
                "a.acknowledged_at",
                "a.acknowledged_at IS NOT NULL".into(),
            ),
            Self::AcknowledgedToOnSite => (
                "a.acknowledged_at",
                "a.on_site_at",
                "a.on_site_at IS NOT NULL AND a.acknowledged_at IS NOT NULL".into(),
            ),
            Self::OnSiteToCompleted => ("a.on_site_at", "t.ended_at", worked("t.ended_at")),
        }
    }
}

/// What somebody did with a task that was completed.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Answered {
    /// Its number; that of an earlier round is negative.
    pub id: i64,
    pub task_id: i64,
    pub code: String,
    pub title: String,
    pub agent_id: i64,
    pub agent: String,
    /// When the stretch began and ended.
    pub begins: DateTime<Utc>,
    pub ends: DateTime<Utc>,
    /// When the task ended.
    pub at: DateTime<Utc>,
}

/// The tasks that a figure counts.
///
/// # Errors
/// As the figure itself: refused for units of others.
pub async fn tasks(
    store: &Store,
    actor: &Actor,
    counted: Counted,
    wanted: Wanted,
    window: Window,
) -> Result<Page<Task>> {
    let whose = unit_or_scope(store, actor, wanted.unit_id).await?;
    let part = Part::of(store, wanted, &window)?;
    let mut asked = Asked::of(store.reader());
    let select = "SELECT t.id, t.ended_at AS at FROM tasks t";
    for way in ways(&mut asked, &whose) {
        let limits = part.limits(&mut asked, "0");
        add_way(
            &mut asked,
            &format!(
                "{select} WHERE {} AND {limits}{way} ORDER BY t.ended_at DESC, t.id DESC LIMIT {}",
                counted.condition(),
                part.rows
            ),
        );
    }
    asked.add(&format!(
        " ORDER BY at DESC, id DESC LIMIT {rows}",
        rows = part.rows
    ));
    let keys: Vec<Key> = asked.all(store.reader()).await?;
    let page = Page::cut(keys, &window, |row| (row.at, row.id, 0_i64));
    let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
    Ok(Page {
        items: load::these(store.reader(), &ids).await?,
        next_cursor: page.next_cursor,
    })
}

#[derive(FromQueryResult)]
struct Key {
    id: i64,
    at: DateTime<Utc>,
}

/// What was answered in the last round of a task, and in rounds before, with its number; only the latter may be few.
const ROUNDS: [(&str, &str, bool); 2] = [
    ("assignments", "a.id", false),
    ("former_assignments", "-a.id", true),
];

/// So many earlier rounds are gone through for a page; where there are more, some of them are found soon among the tasks.
const FEW: u64 = 5000;

/// The answers that a figure counts.
///
/// # Errors
/// As the figure itself: refused for units of others.
pub async fn answers(
    store: &Store,
    actor: &Actor,
    stretch: Stretch,
    wanted: Wanted,
    window: Window,
) -> Result<Page<Answered>> {
    let whose = unit_or_scope(store, actor, wanted.unit_id).await?;
    let part = Part::of(store, wanted, &window)?;
    let few = are_few(store, &whose).await?;
    let mut asked = Asked::of(store.reader());
    for way in ways(&mut asked, &whose) {
        for (table, id, may_be_few) in ROUNDS {
            let of = (table, id, may_be_few && few);
            let round = round(&mut asked, &whose, of, stretch);
            let limits = part.limits(&mut asked, id);
            add_way(
                &mut asked,
                &format!(
                    "{round} AND {limits}{way} ORDER BY t.ended_at DESC, t.id DESC, {id} DESC LIMIT {}",
                    part.rows
                ),
            );
        }
    }
    asked.add(&format!(
        " ORDER BY at DESC, task_id DESC, id DESC LIMIT {rows}",
        rows = part.rows
    ));
    let rows: Vec<Answered> = asked.all(store.reader()).await?;
    Ok(Page::cut(rows, &window, |row| {
        (row.at, row.task_id, row.id)
    }))
}

/// Whether there are so few earlier rounds that looking for them at each task of a period would be mostly in vain.
async fn are_few(store: &Store, whose: &Whose) -> Result<bool> {
    use former_assignment::{Column, Entity};
    let mut rounds = Entity::find().select_only().column(Column::Id);
    if let Whose::Person { agent_id, .. } = whose {
        rounds = rounds.filter(Column::AgentId.eq(*agent_id));
    }
    let one_more: Option<i64> = rounds
        .order_by_asc(Column::Id)
        .offset(FEW)
        .limit(1)
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(one_more.is_none())
}

/// The answers of one table on completed tasks; a person's own only, where they are asked for.
fn round(
    asked: &mut Asked,
    whose: &Whose,
    (table, id, few): (&str, &str, bool),
    stretch: Stretch,
) -> String {
    let own = match whose {
        Whose::Person { agent_id, .. } => format!(" AND a.agent_id = {}", asked.bind(*agent_id)),
        _ => String::new(),
    };
    let (begins, ends, known) = stretch.of();
    let found = match few {
        true => format!(
            "{} WHERE t.status = 'completed' AND {known}{own}",
            by_answers(asked.backend, table)
        ),
        false => format!(
            "{} WHERE t.status = 'completed' AND {known}",
            by_tasks(asked.backend, table, &own)
        ),
    };
    format!(
        "SELECT {id} AS id, t.id AS task_id, t.code, t.title, a.agent_id, g.name AS agent,
           {begins} AS begins, {ends} AS ends, t.ended_at AS at
         FROM {found}"
    )
}

/// The tasks in the order of the list, and the answers of each.
fn by_tasks(backend: DbBackend, table: &str, own: &str) -> String {
    let crew = each(backend, table, "a", &format!("a.task_id = t.id{own}"));
    format!("tasks t{crew}{}", named(backend))
}

/// The answers, and the task of each.
fn by_answers(backend: DbBackend, table: &str) -> String {
    let task = match backend {
        DbBackend::Postgres => each(backend, "tasks", "t", "t.id = a.task_id"),
        // The words by which SQLite keeps the order of its tables.
        _ => " CROSS JOIN tasks t ON t.id = a.task_id".into(),
    };
    format!("{table} a{task}{}", named(backend))
}

fn named(backend: DbBackend) -> String {
    each(backend, "agents", "g", "g.id = a.agent_id")
}

/// More units than these are read at once rather than one by one.
const MOST_WAYS: usize = 24;

/// Whose tasks, as conditions of which each is read along its index.
fn ways(asked: &mut Asked, whose: &Whose) -> Vec<String> {
    match whose {
        Whose::Everybody => vec![String::new()],
        Whose::Units(ids) if ids.is_empty() || ids.len() > MOST_WAYS => {
            vec![format!(" AND t.unit_id IN ({})", asked.bind_each(ids))]
        }
        Whose::Units(ids) => ids
            .iter()
            .map(|id| format!(" AND t.unit_id = {}", asked.bind(*id)))
            .collect(),
        Whose::Person { agent_id, .. } => {
            let agent = asked.bind(*agent_id);
            vec![format!(
                " AND EXISTS (SELECT 1 FROM assignments m WHERE m.task_id = t.id AND m.agent_id = {agent}
                   AND m.state = 'released' AND m.released_at >= t.ended_at)"
            )]
        }
    }
}

/// SQLite takes a limited part of a union only as a table.
fn add_way(asked: &mut Asked, select: &str) {
    let union = if asked.sql.is_empty() {
        ""
    } else {
        " UNION ALL "
    };
    asked.add(&format!("{union}SELECT * FROM ({select}) AS way"));
}

/// The part of a period that lies behind the page before.
struct Part {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// When the task of the last row ended, which one it was, and which row of it.
    last: (DateTime<Utc>, i64, i64),
    rows: u64,
}

impl Part {
    fn of(store: &Store, wanted: Wanted, window: &Window) -> Result<Self, Refusal> {
        let zone = store.rules().zone;
        let from = zone::midnight(wanted.period.from, zone);
        let until = zone::midnight(wanted.period.until + Days::new(1), zone);
        let (at, task, row) =
            window
                .after::<(DateTime<Utc>, i64, i64)>()?
                .unwrap_or((until, i64::MAX, i64::MAX));
        Ok(Self {
            from,
            until,
            last: (at.clamp(from, until), task, row),
            rows: window.probe(),
        })
    }

    /// The first terms tell a database where in the index to begin and to end. Drills do not count.
    fn limits(&self, asked: &mut Asked, row: &str) -> String {
        let (at, task, last) = self.last;
        let (from, until) = (asked.bind(self.from), asked.bind(self.until));
        let (at, before) = (asked.bind(at), asked.bind(at));
        let (task, same, last) = (asked.bind(task), asked.bind(task), asked.bind(last));
        format!(
            "t.drill = FALSE AND t.ended_at >= {from} AND t.ended_at < {until} AND t.ended_at <= {at}
             AND (t.ended_at < {before} OR t.id < {task} OR (t.id = {same} AND {row} < {last}))"
        )
    }
}
